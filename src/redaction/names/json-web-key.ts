/**
 * Members of a JSON Web Key that only its owner may know (RFC 7518, sections 6.2.2, 6.3.2 and 6.4; RFC 8037, section 2). The
 * names are too short to say so elsewhere.
 */
export const PRIVATE_MEMBERS: ReadonlySet<string> = new Set([
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'oth',
  'k',
  'priv',
]);

/** Whether an object is a JSON Web Key: each says what kind of key it is. A getter is not run for that. */
export function isJsonWebKey(value: object): boolean {
  return typeof Object.getOwnPropertyDescriptor(value, 'kty')?.value === 'string';
}
