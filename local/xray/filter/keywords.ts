import type { Operator, Scope } from './expression.ts';

export type KeywordType = 'boolean' | 'number' | 'string' | 'annotation';

export interface Keyword {
  readonly name: string;
  readonly type: KeywordType;
  /** Where it is known. */
  readonly scopes: readonly Scope[];
  /** What it means, for the list of completions. */
  readonly meaning: string;
  /** Lantern's, not X-Ray's. */
  readonly ours?: true;
}

const CAUSES: readonly Scope[] = ['cause service', 'cause entity', 'cause exception', 'response time entity'];
const REQUEST: readonly Scope[] = ['trace', 'service', 'edge'];

/** X-Ray developer guide, "Using filter expressions". Upper and lower case are the same. */
const KEYWORDS: readonly Keyword[] = [
  { name: 'ok', type: 'boolean', scopes: REQUEST, meaning: 'neither error, throttle nor fault' },
  { name: 'error', type: 'boolean', scopes: REQUEST, meaning: "the caller's mistake (4xx)" },
  { name: 'throttle', type: 'boolean', scopes: REQUEST, meaning: 'too many requests (429)' },
  { name: 'fault', type: 'boolean', scopes: REQUEST, meaning: "the service's failure (5xx)" },
  { name: 'partial', type: 'boolean', scopes: REQUEST, meaning: 'something has not ended or not arrived' },
  {
    name: 'inferred',
    type: 'boolean',
    scopes: ['trace', 'service', 'cause service'],
    meaning: 'known from its caller alone',
  },
  { name: 'root', type: 'boolean', scopes: ['service'], meaning: 'where the trace begins' },
  { name: 'first', type: 'boolean', scopes: CAUSES, meaning: 'the first of its root cause' },
  { name: 'last', type: 'boolean', scopes: CAUSES, meaning: 'the last of its root cause' },
  {
    name: 'remote',
    type: 'boolean',
    scopes: ['cause entity', 'response time entity'],
    meaning: 'a call to another service',
  },
  { name: 'responsetime', type: 'number', scopes: REQUEST, meaning: 'seconds until the answer' },
  { name: 'duration', type: 'number', scopes: REQUEST, meaning: 'seconds until everything had ended' },
  { name: 'http.status', type: 'number', scopes: REQUEST, meaning: 'status of the response' },
  { name: 'index', type: 'number', scopes: CAUSES, meaning: 'place in its root cause, from 0' },
  {
    name: 'coverage',
    type: 'number',
    scopes: ['response time entity'],
    meaning: "share of the root's response time, from 0 to 1",
  },
  { name: 'http.url', type: 'string', scopes: REQUEST, meaning: 'URL of the request' },
  { name: 'http.method', type: 'string', scopes: REQUEST, meaning: 'method of the request' },
  { name: 'http.useragent', type: 'string', scopes: REQUEST, meaning: 'user agent of the request' },
  { name: 'http.clientip', type: 'string', scopes: REQUEST, meaning: 'address of the client' },
  { name: 'user', type: 'string', scopes: REQUEST, meaning: 'user of a segment' },
  {
    name: 'name',
    type: 'string',
    scopes: ['service', ...CAUSES],
    meaning: 'name of the service, entity or exception',
  },
  { name: 'type', type: 'string', scopes: ['service', 'cause service'], meaning: 'type of the service' },
  { name: 'message', type: 'string', scopes: ['cause exception'], meaning: 'message of the exception' },
  { name: 'availabilityzone', type: 'string', scopes: REQUEST, meaning: 'availability zone of a segment' },
  { name: 'instance.id', type: 'string', scopes: REQUEST, meaning: 'EC2 instance of a segment' },
  { name: 'resource.arn', type: 'string', scopes: REQUEST, meaning: 'ARN of the resource of a segment' },
  { name: 'annotation', type: 'annotation', scopes: REQUEST, meaning: 'value of an annotation' },
  {
    name: 'source.annotation',
    type: 'annotation',
    scopes: ['edge'],
    meaning: "annotation of the caller's segment",
  },
  {
    name: 'destination.annotation',
    type: 'annotation',
    scopes: ['edge'],
    meaning: "annotation of the called service's segment",
  },
  {
    name: 'coldstart',
    type: 'boolean',
    scopes: ['trace', 'service'],
    meaning: 'a function was started for it (only in Lantern)',
    ours: true,
  },
  {
    name: 'correlationid',
    type: 'string',
    scopes: ['trace', 'service'],
    meaning: 'the id that the request keeps through all services (only in Lantern)',
    ours: true,
  },
  {
    name: 'requestid',
    type: 'string',
    scopes: ['trace', 'service'],
    meaning: 'the id of one invocation of a function, as in its log (only in Lantern)',
    ours: true,
  },
];

const BY_NAME: ReadonlyMap<string, Keyword> = new Map(KEYWORDS.map((keyword) => [keyword.name, keyword]));

export function findKeyword(word: string): Keyword | undefined {
  return BY_NAME.get(word.toLowerCase());
}

export function keywordsIn(scope: Scope): readonly Keyword[] {
  return KEYWORDS.filter(({ scopes }) => scopes.includes(scope));
}

const EQUALITY: readonly Operator[] = ['=', '!='];
const ORDER: readonly Operator[] = ['<', '<=', '>', '>='];
const TEXT: readonly Operator[] = ['CONTAINS', 'BEGINSWITH', 'ENDSWITH'];

/** The operators that fit a keyword. */
export const OPERATORS: Readonly<Record<KeywordType, readonly Operator[]>> = {
  boolean: EQUALITY,
  number: [...EQUALITY, ...ORDER],
  string: [...EQUALITY, ...TEXT],
  annotation: [...EQUALITY, ...ORDER, ...TEXT],
};

/** The types of values that an operator compares with. */
export function valueTypesOf(operator: Operator): readonly ('boolean' | 'number' | 'string')[] {
  if (ORDER.includes(operator)) return ['number'];
  return TEXT.includes(operator) ? ['string'] : ['boolean', 'number', 'string'];
}

/** Keywords that are not compared by themselves. `rootcause.…` stand with all their parts. */
export const COMPLEX_KEYWORDS: readonly string[] = [
  'service',
  'edge',
  'group.name',
  'group.arn',
  'rootcause.json',
  ...['fault', 'error', 'responsetime'].flatMap((cause) =>
    ['service', 'entity', 'exception'].map((part) => `rootcause.${cause}.${part}`),
  ),
];

/** For messages: where a keyword is known. */
export const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  trace: 'outside of braces',
  service: 'in service(…) {…}',
  edge: 'in edge(…) {…}',
  'cause service': 'in rootcause.….service {…}',
  'cause entity': 'in rootcause.….entity {…}',
  'cause exception': 'in rootcause.….exception {…}',
  'response time entity': 'in rootcause.responsetime.entity {…}',
};
