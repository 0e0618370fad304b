/**
 * Holds the options of a function of ours against what it has.
 *
 * @throws TypeError that names the function, the option, and what is taken.
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${where} has no option "${unknown}"; it has ${known.join(', ')}`);
}
