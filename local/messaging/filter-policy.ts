/** Filter policies of subscriptions: which messages of a topic reach an endpoint. */
import { EventPatternError, parseEventPattern } from '../events/event-pattern.ts';
import { AwsApiError } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { isObject, parseObject } from '../json.ts';
import type { PublishedAttribute } from './notification.ts';

/** What a policy looks at; the first is SNS's default. */
const SCOPES = ['MessageAttributes', 'MessageBody'] as const;
type Scope = (typeof SCOPES)[number];

/** What a policy decides by. */
export interface FilteredMessage {
  readonly text: string;
  readonly attributes: ReadonlyMap<string, PublishedAttribute>;
}

export type MessageFilter = (message: FilteredMessage) => boolean;

/** "Filter policy constraints in Amazon SNS" has these four. */
const MAX_POLICY_BYTES = 256 * 1024;
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_NUMBER = 1_000_000_000;

/**
 * Reads a policy as Subscribe takes it. An empty one, as SNS has it, lets everything through.
 *
 * @param policy JSON; undefined and an empty text are no policy
 * @param scope `FilterPolicyScope`; undefined is `MessageAttributes`
 * @throws AwsApiError for a policy that SNS would refuse.
 */
export function parseFilterPolicy(policy: string | undefined, scope: string | undefined): MessageFilter {
  const [fallback] = SCOPES;
  const looksAt = scope === undefined || scope === '' ? fallback : SCOPES.find((known) => known === scope);
  if (looksAt === undefined) {
    refuse(`FilterPolicyScope is expected to be ${SCOPES.join(' or ')}, but is ${String(scope)}`);
  }
  if (policy === undefined || policy === '') return () => true;
  if (Buffer.byteLength(policy) > MAX_POLICY_BYTES) {
    refuse(`FilterPolicy is expected to have at most 256 KB, but has ${Buffer.byteLength(policy)} bytes`);
  }
  const parsed = parseObject(policy);
  if (parsed === undefined) refuse(`FilterPolicy is expected to be a JSON object, but is ${policy}`);
  if (Object.keys(parsed).length === 0) return () => true;
  const matches = read(parsed);
  checkLimits(parsed, looksAt);
  return looksAt === 'MessageBody'
    ? ({ text }) => {
        const body = parseObject(text);
        return body !== undefined && matches(body);
      }
    : ({ attributes }) => matches(valuesOf(attributes));
}

function read(policy: JsonObject): (event: unknown) => boolean {
  try {
    return parseEventPattern(policy);
  } catch (cause) {
    if (!(cause instanceof EventPatternError)) throw cause;
    return refuse(`FilterPolicy: ${cause.message}`, cause);
  }
}

/** What a policy may compare: attributes of other types, and those that cannot be read, are as if they were not there. */
function valuesOf(attributes: FilteredMessage['attributes']): JsonObject {
  return Object.fromEntries(
    [...attributes].flatMap(([name, { type, value }]) => {
      const compared = valueOf(type, value);
      return compared === undefined ? [] : [[name, compared]];
    }),
  );
}

function valueOf(type: string, value: string): unknown {
  switch (type) {
    case 'String':
      return value;
    case 'Number':
      return value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
    case 'String.Array':
    // Not a type that SNS's own page of attributes lists, but the page of numeric matching has it.
    case 'Number.Array':
      return arrayIn(value);
    default:
      return undefined;
  }
}

function arrayIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A list of a policy, with how many names lead to it. */
interface Leaf {
  readonly depth: number;
  readonly values: readonly unknown[];
}

function checkLimits(policy: JsonObject, scope: Scope): void {
  const leaves = leavesOf(policy, 1);
  if (scope === 'MessageAttributes' && leaves.some(({ depth }) => depth > 1)) {
    refuse('FilterPolicy: a policy of the scope MessageAttributes is expected to have no objects inside');
  }
  if (leaves.length > MAX_KEYS) {
    refuse(`FilterPolicy is expected to have at most ${MAX_KEYS} keys with values, but has ${leaves.length}`);
  }
  const combinations = leaves.reduce((product, { depth, values }) => product * depth * values.length, 1);
  if (combinations > MAX_COMBINATIONS) {
    refuse(
      `FilterPolicy is expected to have at most ${MAX_COMBINATIONS} combinations of values, but has ${combinations}`,
    );
  }
  for (const number of leaves.flatMap(({ values }) => values.flatMap(comparedNumbers))) {
    if (Math.abs(number) > MAX_NUMBER) {
      refuse(`FilterPolicy: numbers are expected to be from -10^9 to 10^9, but one is ${number}`);
    }
  }
}

/** Of alternatives (`$or`) the largest counts: which of them a message takes is not known. */
function leavesOf(policy: JsonObject, depth: number): Leaf[] {
  return Object.entries(policy).flatMap(([name, expected]) => {
    if (isObject(expected)) return leavesOf(expected, depth + 1);
    if (!Array.isArray(expected)) return [];
    const values: readonly unknown[] = expected;
    if (name !== '$or' || !values.every((value) => isObject(value) && Object.values(value).every(isNested))) {
      return [{ depth, values }];
    }
    const alternatives = values.filter(isObject).map((alternative) => leavesOf(alternative, depth));
    return alternatives.reduce((most, leaves) => (leaves.length > most.length ? leaves : most), []);
  });
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** In `5` and `{ "numeric": [">", 5] }`. */
function comparedNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  const operands = isObject(value) ? value.numeric : undefined;
  return Array.isArray(operands) ? operands.filter((operand) => typeof operand === 'number') : [];
}

/** As SNS begins what it says of parameters. */
function refuse(message: string, cause?: unknown): never {
  throw new AwsApiError(400, 'InvalidParameter', `Invalid parameter: ${message}`, { cause });
}
