/** The exact length of a short secret helps to guess it; a class of lengths does not. */
export function lengthClass(length: number, unit: 'character' | 'byte' = 'character'): string {
  if (length === 0) return 'empty';
  if (length < 16) return `below 16 ${unit}s`;
  return length < 256 ? `below 256 ${unit}s` : `256 ${unit}s or more`;
}

/** The shape of a string; constants, because it is the shape of most of what there is. */
export function shapeOfString(length: number): string {
  if (length === 0) return '<string, empty>';
  if (length < 16) return '<string, below 16 characters>';
  return length < 256 ? '<string, below 256 characters>' : '<string, 256 characters or more>';
}

/** `1,204 more items`. */
export function count(amount: number, noun: string): string {
  const digits = amount < 1000 ? String(amount) : String(amount).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${digits} ${noun}${amount === 1 ? '' : 's'}`;
}
