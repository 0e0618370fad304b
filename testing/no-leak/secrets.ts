import { types } from 'node:util';
import {
  compilePaths,
  isPath,
  pathEnds,
  stepInto,
  stepIntoItem,
} from '../../src/redaction/policy/allowed-paths.ts';
import type { PathState } from '../../src/redaction/policy/allowed-paths.ts';
import { Described } from '../../src/redaction/walk/described.ts';
import { isItemIdentifier } from '../../src/redaction/walk/envelope.ts';
import { read } from '../../src/redaction/walk/members.ts';
import { decodeBody, decodeCookies, decodeText, safeHeaders } from './decode-response.ts';
import { createDataKeyTest } from './like-data.ts';

/** A value of the response that must not be seen. */
export interface Secret {
  /** Where it stands in the response; keys that are data are not repeated. */
  readonly path: string;
  readonly text: string;
  /** So many characters of it in a row must be seen for it to count; for encodings, where few say nothing. */
  readonly least?: number;
}

export interface Secrets {
  readonly secrets: readonly Secret[];
  /** Names of fields, which a capture may repeat. */
  readonly names: ReadonlySet<string>;
  /** Values that may be shown. */
  readonly allowed: ReadonlySet<string>;
}

/** Digits of a number that says something; fewer are in every text. */
const FEWEST_DIGITS = 4;
/** Characters in a row of base64 that are no coincidence: 64 ^ 8 are more than any test has. */
const LEAST_OF_BASE64 = 8;

interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly key?: string;
  readonly state: PathState;
  readonly isAllowed: boolean;
  readonly isRoot?: boolean;
}

/** Everything in a value that must not be seen in a capture of it, decoded as redaction decodes it. */
export function secretsOf(
  response: unknown,
  allow: readonly string[],
  fieldNames: readonly string[],
): Secrets {
  const root = compilePaths(allow.filter(isPath));
  const names = new Set(allow.filter((entry) => !isPath(entry)));
  const collector = new Collector(new Set(names), createDataKeyTest(fieldNames));
  const places: Place[] = [
    { value: response, path: 'response', state: root ? [root] : [], isAllowed: false, isRoot: true },
  ];
  // A list of what is left to do, not a recursion: values may be nested deeper than the stack.
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    for (const inner of collector.visit(place).reverse()) places.push(inner);
  }
  return collector;
}

/** What a client reads of an object that writes itself as JSON. */
function written(value: object, place: Place): Place[] {
  const toJson = read(value, 'toJSON');
  if (typeof toJson !== 'function') return [];
  try {
    const json: unknown = Reflect.apply(toJson, value, []);
    return json === value ? [] : [{ ...place, value: json }];
  } catch {
    return [];
  }
}

class Collector implements Secrets {
  readonly secrets: Secret[] = [];
  readonly names = new Set<string>();
  readonly allowed = new Set<string>();
  readonly #allowedKeys: ReadonlySet<string>;
  /** Objects that were looked at, apart by whether their items are allowed: a path may allow one place only. */
  readonly #seen = { allowed: new Set<object>(), others: new Set<object>() };

  readonly #looksLikeData: (key: string) => boolean;

  constructor(allowedKeys: ReadonlySet<string>, looksLikeData: (key: string) => boolean) {
    this.#allowedKeys = allowedKeys;
    this.#looksLikeData = looksLikeData;
  }

  /** Takes the secrets of one place, and says which places are in it. */
  visit(place: Place): Place[] {
    const { value } = place;
    switch (typeof value) {
      case 'string':
        return this.#text(value, place);
      case 'number':
      case 'bigint': {
        const text = String(value);
        if (text.replaceAll(/\D/g, '').length >= FEWEST_DIGITS) this.#add(text, place);
        return [];
      }
      case 'object':
        return value === null || value instanceof Described ? [] : this.#object(value, place);
      default:
        return [];
    }
  }

  #add(text: string, { path, isAllowed }: Place, least?: number): void {
    if (isAllowed) this.allowed.add(text);
    else this.secrets.push({ path, text, ...(least !== undefined && { least }) });
  }

  #text(text: string, place: Place): Place[] {
    if (place.key === 'itemIdentifier' && isItemIdentifier(text)) return [];
    const { decoded, encoded } = decodeText(text);
    if (decoded === undefined) {
      this.#add(text, place);
      return [];
    }
    if (encoded) this.#add(text, place, LEAST_OF_BASE64);
    return [{ ...place, value: decoded, isRoot: false }];
  }

  #object(value: object, place: Place): Place[] {
    // Paths end, so where one still leads on nothing goes round in circles.
    if (place.state.length === 0) {
      const seen = place.isAllowed ? this.#seen.allowed : this.#seen.others;
      if (seen.has(value)) return [];
      seen.add(value);
    }
    if (Array.isArray(value)) return (value as unknown[]).map((each, at) => this.#item(each, at, place));
    if (value instanceof Set) return [...value].map((each, at) => this.#item(each, at, place));
    if (value instanceof Map) {
      return [...(value as Map<unknown, unknown>)].flatMap(([key, each]) => {
        if (typeof key === 'string' || typeof key === 'number') {
          return [this.#member(String(key), each, place, true)];
        }
        return [
          { ...place, value: key },
          { ...place, value: each },
        ];
      });
    }
    if (types.isDate(value)) {
      if (!Number.isNaN(value.getTime())) this.#add(value.toISOString(), place);
      return [];
    }
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.#add(bytes.toString('base64'), place, LEAST_OF_BASE64);
      return [{ ...place, value: bytes.toString('utf8'), isRoot: false }];
    }
    if (value instanceof URL) return [{ ...place, value: value.href }];
    return [...this.#members(value, place), ...written(value, place)];
  }

  #members(value: object, place: Place): Place[] {
    const own = Object.keys(value);
    const hidden = value instanceof Error ? ['message', 'cause', 'errors'] : [];
    const safe = place.isRoot === true ? safeHeaders(value) : undefined;
    return [...new Set([...own, ...hidden])].flatMap((key) => {
      const member = this.#member(key, read(value, key), place, false);
      if (safe === undefined) return [member];
      if (key === 'body') return [{ ...member, value: decodeBody(value, member.value) }];
      if (key === 'cookies') return [{ ...member, value: decodeCookies(member.value) }];
      if (key === 'headers' || key === 'multiValueHeaders') {
        return [{ ...member, value: safe(key, member.value) }];
      }
      return [member];
    });
  }

  #member(key: string, value: unknown, place: Place, isData: boolean): Place {
    const state = stepInto(place.state, key);
    const isAllowed = this.#allowedKeys.has(key) || pathEnds(state);
    const likeData = isData || this.#looksLikeData(key);
    if (!likeData) this.names.add(key);
    else if (!isAllowed) this.#add(key, { ...place, path: `a key of ${place.path}`, isAllowed: false });
    const path = `${place.path}.${likeData ? '<key>' : key}`;
    return { value, path, key, state, isAllowed };
  }

  #item(value: unknown, at: number, place: Place): Place {
    const state = stepIntoItem(place.state);
    const isAllowed = place.isAllowed || pathEnds(state);
    return { ...place, value, path: `${place.path}[${at}]`, state, isAllowed, isRoot: false };
  }
}
