/** Tags of objects: in a header as a query, in a document as a TagSet. */
import { elementsIn, textsIn } from '../http/xml.ts';
import { S3Error } from './s3-error.ts';
import type { Tags } from './stored-objects.ts';
import { xml } from './xml.ts';

/** "Categorizing your objects using tags" of the user guide. */
const LIMITS = { tags: 10, key: 128, value: 256 };

/** `key=value&…` of `x-amz-tagging`. @throws S3Error */
export function parseTagHeader(header: string | string[] | undefined): Tags {
  return checked([...new URLSearchParams(header === undefined ? '' : String(header))]);
}

/** @throws S3Error */
export function parseTagDocument(document: string): Tags {
  if (elementsIn(document, 'TagSet').length === 0)
    throw new S3Error(400, 'MalformedXML', 'Expected a Tagging document with a TagSet.');
  return checked(
    elementsIn(document, 'Tag').map(
      (tag) => [textsIn(tag, 'Key')[0] ?? '', textsIn(tag, 'Value')[0] ?? ''] as const,
    ),
  );
}

export function tagDocument(tags: Tags): string {
  return xml('Tagging', { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } });
}

function checked(tags: Tags): Tags {
  if (tags.length > LIMITS.tags)
    throw new S3Error(
      400,
      'BadRequest',
      `Object tags cannot be greater than ${LIMITS.tags}; got ${tags.length}`,
    );
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw new S3Error(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  for (const [key, value] of tags) {
    if (key === '' || key.length > LIMITS.key || value.length > LIMITS.value)
      throw new S3Error(
        400,
        'InvalidTag',
        `Expected a key of 1 to ${LIMITS.key} characters and a value of up to ${LIMITS.value}; got ${JSON.stringify({ key, value })}`,
      );
  }
  return tags;
}
