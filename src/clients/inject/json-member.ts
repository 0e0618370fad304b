import { nameForId } from './id-name.ts';

const OPENING_BRACE = 0x7b;

/** JSON's white space: space, tab, line feed, carriage return. */
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * A JSON object with the correlation id as one more member; anything else is returned as it is, and so is an object
 * that has the member. The text around it stays as the caller wrote it: parsing and printing it again would change
 * large numbers, the order of keys, and with them every hash of the payload.
 *
 * @param payload text, or the same as UTF-8; what comes back is of the same type.
 */
export function withCorrelationMember(payload: unknown, correlationId: string): unknown {
  if (typeof payload === 'string') return inText(payload, correlationId) ?? payload;
  return payload instanceof Uint8Array ? (inBytes(payload, correlationId) ?? payload) : payload;
}

function inText(text: string, correlationId: string): string | undefined {
  const start = text.search(/[^ \t\n\r]/);
  if (text.charCodeAt(start) !== OPENING_BRACE) return undefined;
  const member = memberFor(text, correlationId);
  return member === undefined ? undefined : `${text.slice(0, start + 1)}${member}${text.slice(start + 1)}`;
}

function inBytes(bytes: Uint8Array, correlationId: string): Uint8Array | undefined {
  const start = bytes.findIndex((byte) => !WHITE_SPACE.includes(byte));
  if (bytes[start] !== OPENING_BRACE) return undefined;
  const text = decode(bytes);
  const member = text === undefined ? undefined : memberFor(text, correlationId);
  if (member === undefined) return undefined;
  return Buffer.concat([bytes.subarray(0, start + 1), Buffer.from(member), bytes.subarray(start + 1)]);
}

/** What to insert behind the opening brace; undefined where nothing is to be inserted. */
function memberFor(text: string, correlationId: string): string | undefined {
  const keys = keysOf(text);
  const name = keys && nameForId(keys);
  if (keys === undefined || name === undefined) return undefined;
  const comma = keys.length > 0 ? ',' : '';
  return `${JSON.stringify(name)}:${JSON.stringify(correlationId)}${comma}`;
}

/** The keys of a JSON object; undefined when the text is not one. */
function keysOf(text: string): string[] | undefined {
  try {
    return Object.keys(JSON.parse(text) as object);
  } catch {
    return undefined;
  }
}

/** UTF-8 as text; undefined when it is not UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
