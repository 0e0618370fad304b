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

/** A value, and where it stands. */
interface Located {
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
  const toVisit: Located[] = [
    { value: response, path: 'response', state: root ? [root] : [], isAllowed: false, isRoot: true },
  ];
  // A list of what is left to do, not a recursion: values may be nested deeper than the stack.
  for (let located = toVisit.pop(); located !== undefined; located = toVisit.pop()) {
    for (const inner of collector.visit(located).reverse()) toVisit.push(inner);
  }
  return collector;
}

/** What a client reads of an object that writes itself as JSON. */
function written(value: object, located: Located): Located[] {
  const toJson = read(value, 'toJSON');
  if (typeof toJson !== 'function') return [];
  try {
    const json: unknown = Reflect.apply(toJson, value, []);
    return json === value ? [] : [{ ...located, value: json }];
  } catch {
    return [];
  }
}

class Collector implements Secrets {
  readonly secrets: Secret[] = [];
  readonly names = new Set<string>();
  readonly allowed = new Set<string>();
  readonly #allowedKeys: ReadonlySet<string>;
  /** Objects that were looked at, apart by whether their items are allowed: a path may allow one of them only. */
  readonly #seen = { allowed: new Set<object>(), others: new Set<object>() };

  readonly #looksLikeData: (key: string) => boolean;

  constructor(allowedKeys: ReadonlySet<string>, looksLikeData: (key: string) => boolean) {
    this.#allowedKeys = allowedKeys;
    this.#looksLikeData = looksLikeData;
  }

  /** Takes the secrets of one value, and gives the values in it. */
  visit(located: Located): Located[] {
    const { value } = located;
    switch (typeof value) {
      case 'string':
        return this.#text(value, located);
      case 'number':
      case 'bigint': {
        const text = String(value);
        if (text.replaceAll(/\D/g, '').length >= FEWEST_DIGITS) this.#add(text, located);
        return [];
      }
      case 'object':
        return value === null || value instanceof Described ? [] : this.#object(value, located);
      default:
        return [];
    }
  }

  #add(text: string, { path, isAllowed }: Located, least?: number): void {
    if (isAllowed) this.allowed.add(text);
    else this.secrets.push({ path, text, ...(least !== undefined && { least }) });
  }

  #text(text: string, located: Located): Located[] {
    if (located.key === 'itemIdentifier' && isItemIdentifier(text)) return [];
    const { decoded, encoded } = decodeText(text);
    if (decoded === undefined) {
      this.#add(text, located);
      return [];
    }
    if (encoded) this.#add(text, located, LEAST_OF_BASE64);
    return [{ ...located, value: decoded, isRoot: false }];
  }

  #object(value: object, located: Located): Located[] {
    // Paths end, so where one still leads on nothing goes round in circles.
    if (located.state.length === 0) {
      const seen = located.isAllowed ? this.#seen.allowed : this.#seen.others;
      if (seen.has(value)) return [];
      seen.add(value);
    }
    if (Array.isArray(value)) return (value as unknown[]).map((each, at) => this.#item(each, at, located));
    if (value instanceof Set) return [...value].map((each, at) => this.#item(each, at, located));
    if (value instanceof Map) {
      return [...(value as Map<unknown, unknown>)].flatMap(([key, each]) => {
        if (typeof key === 'string' || typeof key === 'number') {
          return [this.#member(String(key), each, located, true)];
        }
        return [
          { ...located, value: key },
          { ...located, value: each },
        ];
      });
    }
    if (types.isDate(value)) {
      if (!Number.isNaN(value.getTime())) this.#add(value.toISOString(), located);
      return [];
    }
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.#add(bytes.toString('base64'), located, LEAST_OF_BASE64);
      return [{ ...located, value: bytes.toString('utf8'), isRoot: false }];
    }
    if (value instanceof URL) return [{ ...located, value: value.href }];
    return [...this.#members(value, located), ...written(value, located)];
  }

  #members(value: object, located: Located): Located[] {
    const own = Object.keys(value);
    const hidden = value instanceof Error ? ['message', 'cause', 'errors'] : [];
    const safe = located.isRoot === true ? safeHeaders(value) : undefined;
    return [...new Set([...own, ...hidden])].flatMap((key) => {
      const member = this.#member(key, read(value, key), located, false);
      if (safe === undefined) return [member];
      if (key === 'body') return [{ ...member, value: decodeBody(value, member.value) }];
      if (key === 'cookies') return [{ ...member, value: decodeCookies(member.value) }];
      if (key === 'headers' || key === 'multiValueHeaders') {
        return [{ ...member, value: safe(key, member.value) }];
      }
      return [member];
    });
  }

  #member(key: string, value: unknown, located: Located, isData: boolean): Located {
    const state = stepInto(located.state, key);
    const isAllowed = this.#allowedKeys.has(key) || pathEnds(state);
    const likeData = isData || this.#looksLikeData(key);
    if (!likeData) this.names.add(key);
    else if (!isAllowed) this.#add(key, { ...located, path: `a key of ${located.path}`, isAllowed: false });
    const path = `${located.path}.${likeData ? '<key>' : key}`;
    return { value, path, key, state, isAllowed };
  }

  #item(value: unknown, at: number, located: Located): Located {
    const state = stepIntoItem(located.state);
    const isAllowed = located.isAllowed || pathEnds(state);
    return { ...located, value, path: `${located.path}[${at}]`, state, isAllowed, isRoot: false };
  }
}
