import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';

/** Keywords that hold schemas: one, a list of them, or some by name. */
const ONE_OR_LIST = new Set([
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'items',
  'not',
  'oneOf',
]);
const BY_NAME = new Set(['definitions', 'dependencies', 'patternProperties', 'properties']);

/**
 * The same schema for a validator of draft 7: there `id` is `$id`, and an exclusive limit is a number. There is a package that adds draft 4 to
 * the validator, but it finds the validator by where both are installed, and Yarn 1 and `npm install --legacy-peer-deps` put it beside
 * another version where a service has one.
 *
 * @throws Error for an exclusive limit that is not true or false.
 */
export function fromDraft4(schema: JsonObject): JsonObject {
  const { id, minimum, exclusiveMinimum, maximum, exclusiveMaximum, ...rest } = schema;
  return {
    ...(typeof id === 'string' && { $id: id }),
    ...Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, valueOf(keyword, value)])),
    ...limit('minimum', minimum, 'exclusiveMinimum', exclusiveMinimum ?? false),
    ...limit('maximum', maximum, 'exclusiveMaximum', exclusiveMaximum ?? false),
  };
}

function valueOf(keyword: string, value: unknown): unknown {
  if (ONE_OR_LIST.has(keyword)) return Array.isArray(value) ? value.map(within) : within(value);
  if (!BY_NAME.has(keyword) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, within(each)]));
}

function within(value: unknown): unknown {
  return isObject(value) ? fromDraft4(value) : value;
}

/** Later drafts have the number with the keyword that draft 4 makes exclusive. */
function limit(name: string, value: unknown, exclusive: string, isExclusive: unknown): JsonObject {
  if (typeof isExclusive !== 'boolean') {
    throw new Error(`expected ${exclusive} to be true or false, as draft 4 of JSON Schema has it`);
  }
  return value === undefined ? {} : { [isExclusive ? exclusive : name]: value };
}
