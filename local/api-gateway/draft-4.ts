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

/** Of later drafts, by the keyword that draft 4 makes exclusive. */
const EXCLUSIVE = { maximum: 'exclusiveMaximum', minimum: 'exclusiveMinimum' } as const;

/**
 * The same schema for a validator of draft 7: there `id` is `$id`, and an exclusive limit is a number. There is a package that adds draft 4 to
 * the validator, but it finds the validator by where both are installed, and Yarn 1 and `npm install --legacy-peer-deps` put it beside
 * another version where a service has one.
 *
 * @throws Error for an exclusive limit that is not true or false.
 */
export function fromDraft4(schema: JsonObject): JsonObject {
  const { id, ...rest } = schema;
  const read: Record<string, unknown> = { ...(typeof id === 'string' && { $id: id }) };
  for (const [keyword, value] of Object.entries(rest)) {
    if (ONE_OR_LIST.has(keyword)) read[keyword] = Array.isArray(value) ? value.map(within) : within(value);
    else if (BY_NAME.has(keyword) && isObject(value)) {
      read[keyword] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, within(each)]));
    } else read[keyword] = value;
  }
  for (const [limit, exclusive] of Object.entries(EXCLUSIVE)) {
    const isExclusive = read[exclusive] ?? false;
    if (typeof isExclusive !== 'boolean') {
      throw new Error(`expected ${exclusive} to be true or false, as draft 4 of JSON Schema has it`);
    }
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- two keywords, of an object of ours
    delete read[exclusive];
    if (isExclusive && read[limit] !== undefined) {
      read[exclusive] = read[limit];
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as above
      delete read[limit];
    }
  }
  return read;
}

function within(value: unknown): unknown {
  return isObject(value) ? fromDraft4(value) : value;
}
