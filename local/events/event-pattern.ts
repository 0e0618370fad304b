/**
 * Event patterns: what rules of EventBridge and filters of event source mappings are written in ("Comparison operators for
 * use in event patterns" of the EventBridge user guide, "Control which events Lambda sends to your function").
 */
import { isObject } from '../json.ts';

/** Says whether an event, which is JSON, has all that the pattern asks for. */
export type EventPattern = (event: unknown) => boolean;

/** A pattern that AWS would refuse. The message begins with the place in it. */
export class EventPatternError extends Error {
  override readonly name = 'EventPatternError';
}

/** The numbers that a pattern may compare with, on either side of 0 (the page of EventBridge). */
const MAX_NUMBER = 5_000_000_000;

/**
 * Reads a pattern: each field that it names must have one of the values that it lists. Of a list in the event one element is
 * enough; of a list of objects, one object has to fit alone.
 *
 * @throws EventPatternError
 */
export function parseEventPattern(pattern: unknown): EventPattern {
  if (!isObject(pattern)) refuse('', 'an object with at least one field', pattern);
  return fieldsOf(pattern, '');
}

/** Takes the value where the pattern says something of it: undefined where the event has nothing there. */
type Match = (value: unknown) => boolean;

function fieldsOf(pattern: Readonly<Record<string, unknown>>, path: string): Match {
  const fields = Object.entries(pattern).map(([name, expected]): Match => {
    const here = path === '' ? name : `${path}.${name}`;
    if (name === '$or' && isAlternatives(expected)) return alternativesOf(expected, path, here);
    const match = valueOf(expected, here);
    return (value) => match(isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  });
  if (fields.length === 0) refuse(path, 'an object with at least one field', pattern);
  return (value) => fields.every((field) => field(value));
}

function valueOf(expected: unknown, path: string): Match {
  if (Array.isArray(expected)) return leafOf(expected, path);
  if (!isObject(expected)) return refuse(path, 'a list of values, or an object of fields', expected);
  const match = fieldsOf(expected, path);
  const matchAny: Match = (value) => (Array.isArray(value) ? value.some(matchAny) : match(value));
  return matchAny;
}

/** `$or` is the name of a field as well, where it does not stand over a list of patterns. */
function isAlternatives(expected: unknown): expected is ReadonlyArray<Readonly<Record<string, unknown>>> {
  return (
    Array.isArray(expected) &&
    expected.length > 0 &&
    expected.every((item) => isObject(item) && !Object.keys(item).some((key) => OPERATORS.has(key)))
  );
}

function alternativesOf(
  patterns: ReadonlyArray<Readonly<Record<string, unknown>>>,
  path: string,
  here: string,
): Match {
  if (patterns.length < 2) refuse(here, 'at least two patterns', patterns);
  const alternatives = patterns.map((pattern) => fieldsOf(pattern, path));
  return (value) => alternatives.some((alternative) => alternative(value));
}

type Scalar = string | number | boolean | null;

/** The values in an event that a list in a pattern is held against: whatever is no object, in lists however deep. */
function leavesIn(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap(leavesIn);
  return isScalar(value) ? [value] : [];
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function leafOf(allowed: readonly unknown[], path: string): Match {
  if (allowed.length === 0) refuse(path, 'a list of at least one value', allowed);
  const matches = allowed.map((item): ((leaves: readonly Scalar[]) => boolean) => {
    if (isScalar(item)) return (leaves) => leaves.includes(item);
    const [operator, operand] = operationIn(item, path);
    if (operator === 'exists') {
      if (typeof operand !== 'boolean') refuse(`${path}.exists`, 'true or false', operand);
      return (leaves) => leaves.length > 0 === operand;
    }
    const test = testOf(operator, operand, path);
    return (leaves) => leaves.some(test);
  });
  return (value) => {
    const leaves = leavesIn(value);
    return matches.some((match) => match(leaves));
  };
}

function operationIn(item: unknown, path: string): [operator: string, operand: unknown] {
  const [operation, ...others] = isObject(item) ? Object.entries(item) : [];
  if (operation === undefined || others.length > 0) {
    return refuse(path, 'values, or objects with one operator each', item);
  }
  return operation;
}

type Test = (value: Scalar) => boolean;

const OPERATORS = new Map<string, (operand: unknown, path: string) => Test>([
  ['prefix', (operand, path) => textOrIgnoringCase(operand, path, (text, part) => text.startsWith(part))],
  ['suffix', (operand, path) => textOrIgnoringCase(operand, path, (text, part) => text.endsWith(part))],
  ['equals-ignore-case', (operand, path) => ignoringCase(operand, path, (text, part) => text === part)],
  ['wildcard', wildcard],
  ['anything-but', anythingBut],
  ['numeric', numeric],
  ['cidr', cidr],
  // Asked of the whole field, in leafOf.
  ['exists', () => () => false],
]);

function testOf(operator: string, operand: unknown, path: string): Test {
  const create = OPERATORS.get(operator);
  if (create !== undefined) return create(operand, `${path}.${operator}`);
  return refuse(path, `one of the operators ${[...OPERATORS.keys()].join(', ')}`, operator);
}

type Comparison = (text: string, part: string) => boolean;

function textOrIgnoringCase(operand: unknown, path: string, compare: Comparison): Test {
  if (typeof operand === 'string') return (value) => typeof value === 'string' && compare(value, operand);
  const [operator, inner] = operationIn(operand, path);
  if (operator !== 'equals-ignore-case') refuse(path, 'a text, or { "equals-ignore-case": … }', operand);
  return ignoringCase(inner, path, compare);
}

function ignoringCase(operand: unknown, path: string, compare: Comparison): Test {
  if (typeof operand !== 'string') refuse(path, 'a text', operand);
  const part = operand.toLowerCase();
  return (value) => typeof value === 'string' && compare(value.toLowerCase(), part);
}

/** `*` stands for any characters, `\*` for itself, and `\\` for a backslash. */
function wildcard(operand: unknown, path: string): Test {
  if (typeof operand !== 'string') refuse(path, 'a text', operand);
  if (/^(?:[^\\]|\\.)*?\*\*/s.test(operand)) refuse(path, 'no * right behind another one', operand);
  const parts: string[] = [];
  let part = '';
  for (const [token] of operand.matchAll(/\\.?|[^\\]/gsu)) {
    if (token === '\\' || (token.startsWith('\\') && !/^\\[\\*]$/.test(token))) {
      refuse(path, 'a backslash only before * or a backslash', operand);
    }
    if (token === '*') {
      parts.push(part);
      part = '';
    } else part += token.replace(/^\\/, '');
  }
  parts.push(part);
  return (value) => typeof value === 'string' && fitsParts(value, parts);
}

/** Whether the parts stand in the text in this order, the first at its begin and the last at its end. */
function fitsParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}

/** Each of these takes a text or a list of texts behind `anything-but`. */
const NEGATED: ReadonlySet<string> = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']);

function anythingBut(operand: unknown, path: string): Test {
  const expected = `texts, numbers, or an object with one of ${[...NEGATED].join(', ')}`;
  if (isObject(operand)) {
    const [operator, inner] = operationIn(operand, path);
    if (!NEGATED.has(operator)) refuse(path, expected, operand);
    const refused = listOf(inner, `${path}.${operator}`).map((each) => testOf(operator, each, path));
    return (value) => !refused.some((test) => test(value));
  }
  const refused: readonly unknown[] = listOf(operand, path);
  if (!refused.every((each) => ['string', 'number'].includes(typeof each))) {
    refuse(path, expected, operand);
  }
  return (value) => !refused.includes(value);
}

function listOf(operand: unknown, path: string): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return list.length > 0 ? list : refuse(path, 'at least one value', operand);
}

const COMPARISONS = new Map<unknown, (value: number, limit: number) => boolean>([
  ['=', (value, limit) => value === limit],
  ['<', (value, limit) => value < limit],
  ['<=', (value, limit) => value <= limit],
  ['>', (value, limit) => value > limit],
  ['>=', (value, limit) => value >= limit],
]);

/** `['=', 5]`, `['<', 10]`, or a range: `['>', 0, '<=', 5]`. */
function numeric(operand: unknown, path: string): Test {
  const expected = `a comparison such as [">", 0] or [">", 0, "<=", 5], with numbers up to ${MAX_NUMBER}`;
  if (!Array.isArray(operand)) return refuse(path, expected, operand);
  const [from, low, to, high] = operand as readonly unknown[];
  const isRange = operand.length === 4;
  const limits = isRange ? [low, high] : [low];
  const isWritten =
    (operand.length === 2 && COMPARISONS.has(from)) ||
    (isRange && (from === '>' || from === '>=') && (to === '<' || to === '<='));
  if (!isWritten || !limits.every(isComparable)) return refuse(path, expected, operand);
  if (isRange && Number(low) >= Number(high)) refuse(path, 'a range that begins below its end', operand);
  const holds = (comparison: unknown, value: number, limit: unknown): boolean =>
    COMPARISONS.get(comparison)?.(value, Number(limit)) === true;
  return (value) =>
    typeof value === 'number' && holds(from, value, low) && (!isRange || holds(to, value, high));
}

function isComparable(limit: unknown): boolean {
  return typeof limit === 'number' && Math.abs(limit) <= MAX_NUMBER;
}

function cidr(operand: unknown, path: string): Test {
  const [, text = '', size = ''] = typeof operand === 'string' ? (/^(.+)\/(\d+)$/.exec(operand) ?? []) : [];
  const block = addressOf(text);
  if (block === undefined || Number(size) > block.length) {
    return refuse(path, 'a block of addresses such as 10.0.0.0/24 or 2600::/16', operand);
  }
  return (value) => {
    const address = typeof value === 'string' ? addressOf(value) : undefined;
    return address?.length === block.length && address.startsWith(block.slice(0, Number(size)));
  };
}

/** The bits of an address, 32 or 128 digits; undefined where it is none. Not by `node:net`: deployments load this file. */
function addressOf(text: string): string | undefined {
  const bits = (part: number, length: number): string => part.toString(2).padStart(length, '0');
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((part) => part <= 255) ? parts.map((part) => bits(part, 8)).join('') : undefined;
  }
  // The form that addresses have in a URL is always the same: eight numbers, the longest row of zeros left out.
  const address = /^[\da-f:.]*:[\da-f:.]*$/i.test(text) ? URL.parse(`http://[${text}]`)?.hostname : undefined;
  if (address === undefined) return undefined;
  const [before = [], after = []] = address
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((part) => bits(Number.parseInt(part, 16), 16)).join('');
}

function refuse(path: string, expected: string, came: unknown): never {
  const place = path === '' ? 'The pattern' : path;
  throw new EventPatternError(
    `${place}: expected ${expected}, got ${came === undefined ? 'nothing' : JSON.stringify(came)}`,
  );
}
