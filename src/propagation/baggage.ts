/** One member of W3C's `baggage`. */
export interface BaggageMember {
  readonly key: string;
  /** Decoded. */
  readonly value: string;
  /** `key` or `key=value`, as received. */
  readonly properties: readonly string[];
}

/** What everyone must pass on at least (W3C Baggage, section "Limits"); we pass on no more. */
export const MAX_BAGGAGE_MEMBERS = 64;
export const MAX_BAGGAGE_BYTES = 8192;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const OCTETS = '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*';
const MEMBER = new RegExp(`^(${TOKEN})[ \\t]*=[ \\t]*(${OCTETS})$`);
const PROPERTY = new RegExp(`^${TOKEN}([ \\t]*=[ \\t]*${OCTETS})?$`);
const TO_ENCODE = /[^\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+/g;
const ENCODED = /(?:%[0-9A-Fa-f]{2})+/g;

/** Reads `baggage`. Members of the wrong form are skipped, and so is what is beyond the limits. Never throws. */
export function parseBaggage(header: unknown): readonly BaggageMember[] {
  if (typeof header !== 'string') return [];
  const members: BaggageMember[] = [];
  for (const text of withinLimit(header).split(',')) {
    const [pair = '', ...properties] = text.split(';').map((part) => part.trim());
    const [, key, value] = MEMBER.exec(pair) ?? [];
    if (key === undefined || value === undefined) continue;
    if (!properties.every((one) => PROPERTY.test(one))) continue;
    members.push({ key, value: decode(value), properties });
    if (members.length === MAX_BAGGAGE_MEMBERS) break;
  }
  return members;
}

/** Writes `baggage`; an empty text for no members. Members that no longer fit into the limits are left out. */
export function formatBaggage(members: readonly BaggageMember[]): string {
  let header = '';
  for (const { key, value, properties } of members.slice(0, MAX_BAGGAGE_MEMBERS)) {
    const text = [`${key}=${encode(value)}`, ...properties].join(';');
    const longer = header === '' ? text : `${header},${text}`;
    if (longer.length <= MAX_BAGGAGE_BYTES) header = longer;
  }
  return header;
}

/** Cut between two members: half a member would be a wrong one. */
function withinLimit(header: string): string {
  if (header.length <= MAX_BAGGAGE_BYTES) return header;
  return header.slice(0, Math.max(0, header.lastIndexOf(',', MAX_BAGGAGE_BYTES)));
}

function encode(value: string): string {
  return value.toWellFormed().replace(TO_ENCODE, encodeURIComponent);
}

/** Octets that are not UTF-8 become U+FFFD, as the standard asks. */
function decode(value: string): string {
  return value.replace(ENCODED, (octets) => Buffer.from(octets.replaceAll('%', ''), 'hex').toString('utf8'));
}
