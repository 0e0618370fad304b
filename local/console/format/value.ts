/*
 * Documents come from anyone: what their type promises is checked here before it is shown, always as text.
 */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of an object, and none of anything else. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string or a number as text; undefined for anything else and for the empty string. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Any value in one line: strings as they are, the rest as JSON. */
export function inlineText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
