import { invalidParameterValue } from './api-request.ts';
import { MAX_TAGS, MAX_TAG_KEY, MAX_TAG_VALUE } from './limits.ts';

export type Tags = Readonly<Record<string, string>>;

/** What a tag may consist of ("Tag naming and usage conventions" of AWS). */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags of a function with more added to them.
 *
 * @throws AwsApiError that names the tag, when Lambda would refuse it.
 */
export function withTags(tags: Tags, added: unknown): Tags {
  if (typeof added !== 'object' || added === null || Array.isArray(added))
    throw invalidParameterValue('Tags is expected to be an object of texts.');
  for (const [key, value] of Object.entries(added)) checkTag(key, value);
  const all = { ...tags, ...(added as Record<string, string>) };
  const count = Object.keys(all).length;
  if (count > MAX_TAGS)
    throw invalidParameterValue(`A function has at most ${MAX_TAGS} tags; these would be ${count}.`);
  return all;
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

function checkTag(key: string, value: unknown): void {
  if (key.startsWith('aws:'))
    throw invalidParameterValue(`The tag ${key} begins with aws:, which is reserved.`);
  if (key.length === 0 || key.length > MAX_TAG_KEY || !ALLOWED.test(key))
    throw invalidParameterValue(
      `The tag key ${JSON.stringify(key)} is expected to have 1 to ${MAX_TAG_KEY} letters, digits, spaces or _.:/=+-@.`,
    );
  if (typeof value !== 'string' || value.length > MAX_TAG_VALUE || !ALLOWED.test(value))
    throw invalidParameterValue(
      `The value of the tag ${key} is expected to have at most ${MAX_TAG_VALUE} letters, digits, spaces or _.:/=+-@, ` +
        `but is ${JSON.stringify(value)}.`,
    );
}
