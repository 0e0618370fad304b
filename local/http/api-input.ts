import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { RequestError } from './request-error.ts';

/*
 * Reads the input of an operation of an API of AWS. What is no valid input is refused with a message that names the member,
 * what it takes and what came; each API has its own name for such an error, see `toAwsApiError`.
 */

export function invalidRequest(message: string, options?: ErrorOptions): RequestError {
  return new RequestError('malformed', message, options);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
}

function refuse(name: string, takes: string, value: unknown): RequestError {
  return invalidRequest(`${name} is ${takes}; got ${show(value)}.`);
}

/** What clients send for "none" is nothing. */
export function given(input: JsonObject, name: string): unknown {
  const value = input[name];
  return value === null ? undefined : value;
}

/** @param longest in characters. An empty text is the same as none. */
export function optionalText(input: JsonObject, name: string, longest = Infinity): string | undefined {
  const value = given(input, name);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || value.length > longest) {
    throw refuse(name, `a string${longest === Infinity ? '' : ` of at most ${longest} characters`}`, value);
  }
  return value;
}

export function requiredText(input: JsonObject, name: string, longest = Infinity): string {
  const value = optionalText(input, name, longest);
  if (value === undefined) {
    throw refuse(
      name,
      `a string${longest === Infinity ? '' : ` of 1 to ${longest} characters`}`,
      input[name],
    );
  }
  return value;
}

export function optionalBoolean(input: JsonObject, name: string): boolean | undefined {
  const value = given(input, name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(name, 'true or false', value);
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

export function optionalNumber(input: JsonObject, name: string, range: NumberRange): number | undefined {
  const value = given(input, name);
  if (value === undefined) return undefined;
  const { from, to, whole = false } = range;
  const fits =
    typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
  if (fits) return value;
  const bounds = to === Infinity ? `of at least ${from}` : `from ${from} to ${to}`;
  throw refuse(name, `a ${whole ? 'whole ' : ''}number ${bounds}`, value);
}

export function requiredNumber(input: JsonObject, name: string, range: NumberRange): number {
  const value = optionalNumber(input, name, range);
  if (value === undefined) throw refuse(name, 'a number, and required', undefined);
  return value;
}

export function optionalChoice<Choice extends string>(
  input: JsonObject,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = given(input, name);
  if (value === undefined || value === '') return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw refuse(name, `one of ${choices.join(', ')}`, value);
  return choice;
}

/** A list without members is none, which is what the query protocol writes as an empty text. */
export function optionalTexts(input: JsonObject, name: string): readonly string[] | undefined {
  const value = given(input, name);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
  return requiredTexts(input, name);
}

export function requiredTexts(input: JsonObject, name: string): readonly string[] {
  const value = input[name];
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  throw refuse(name, 'an array of strings', value);
}

export function optionalObjects(input: JsonObject, name: string): readonly JsonObject[] | undefined {
  const value = given(input, name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw refuse(name, 'an array of objects', value);
}

export function requiredObjects(input: JsonObject, name: string): readonly JsonObject[] {
  const value = optionalObjects(input, name);
  if (value === undefined) throw refuse(name, 'an array of objects', undefined);
  return value;
}

export function optionalObject(input: JsonObject, name: string): JsonObject | undefined {
  const value = given(input, name);
  if (value === undefined || isObject(value)) return value;
  throw refuse(name, 'an object', value);
}

export function requiredObject(input: JsonObject, name: string): JsonObject {
  const value = optionalObject(input, name);
  if (value === undefined) throw refuse(name, 'an object', undefined);
  return value;
}

/** The year 5138: later "seconds" are milliseconds sent by mistake. */
const MAX_EPOCH_SECONDS = 1e11;

/** A moment in epoch seconds. Clients send a number; a number as text, ISO 8601 and the dates of HTTP are read too. */
export function requiredTime(input: JsonObject, name: string): number {
  const value = given(input, name);
  const seconds = secondsOf(value);
  if (seconds >= 0 && seconds < MAX_EPOCH_SECONDS) return seconds;
  throw refuse(name, 'a time, in seconds since 1970', value);
}

function secondsOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return NaN;
  return /^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000;
}

/** @throws RequestError unless `StartTime` is before `EndTime`. */
export function requiredRange(input: JsonObject): { readonly from: number; readonly to: number } {
  const range = { from: requiredTime(input, 'StartTime'), to: requiredTime(input, 'EndTime') };
  if (range.from < range.to) return range;
  throw invalidRequest(
    `StartTime is before EndTime; got ${show(input['StartTime'])} and ${show(input['EndTime'])}.`,
  );
}
