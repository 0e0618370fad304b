/**
 * Headers of a request in every form that Node and undici take them: nothing, a plain object, a flat list of names and
 * values, or anything that iterates over pairs.
 */
export type HeaderBag = unknown;

/** Headers to add to a request; those without a value are left out. */
export type NewHeaders = ReadonlyArray<readonly [name: string, value: string | undefined]>;

/** A copy with the headers added that are not there yet, in the caller's own form. */
export function withHeaders(given: HeaderBag, added: NewHeaders): HeaderBag {
  const headers = rereadable(given);
  const names = new Set(pairs(headers).map(([name]) => name.toLowerCase()));
  const missing = added.filter(
    (header): header is [string, string] => header[1] !== undefined && !names.has(header[0].toLowerCase()),
  );
  if (missing.length === 0) return headers;
  if (!Array.isArray(headers))
    return { ...(headers as object | null | undefined), ...Object.fromEntries(missing) };
  return Array.isArray(headers[0])
    ? [...(headers as unknown[]), ...missing]
    : [...(headers as unknown[]), ...missing.flat()];
}

/** A copy without one header, whatever its case. */
export function withoutHeader(given: HeaderBag, name: string): HeaderBag {
  const headers = rereadable(given);
  const others = pairs(headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return Array.isArray(headers) ? others.flat() : Object.fromEntries(others);
}

/** Some iterables can be read once only: they become a flat list. */
function rereadable(headers: HeaderBag): HeaderBag {
  return isIterable(headers) && !Array.isArray(headers) ? [...headers].flat() : headers;
}

function pairs(headers: HeaderBag): Array<[string, unknown]> {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  const list = headers as unknown[];
  if (Array.isArray(list[0])) return list as Array<[string, unknown]>;
  return list.flatMap((name, index) => (index % 2 === 0 ? [[String(name), list[index + 1]]] : []));
}

function isIterable(value: unknown): value is Iterable<[string, unknown]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
