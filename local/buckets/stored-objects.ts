/** What the buckets hold: of each object what lists, conditions and notifications are about. The bytes are the engine's. */
import { noSuchKey, S3Error } from './s3-error.ts';
import type { BucketDefinition } from '../template/service.ts';

export type Tags = ReadonlyArray<readonly [key: string, value: string]>;

export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** In quotes, as it stands in headers. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly tags: Tags;
  /** Headers that belong to the object and that the engine does not keep. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/** A multipart upload that is under way. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly tags: Tags;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, UploadedPart>;
}

export class StoredBucket {
  definition: BucketDefinition;
  readonly created = new Date();
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();

  constructor(definition: BucketDefinition) {
    this.definition = definition;
  }

  /** @throws S3Error where there is no such object. */
  object(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  }

  /** @throws S3Error where there is no such upload of this key. */
  upload(id: string | null, key: string): Upload {
    const upload = this.uploads.get(id ?? '');
    if (upload?.key === key) return upload;
    throw new S3Error(
      404,
      'NoSuchUpload',
      'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    );
  }
}

export interface ListQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** What is listed comes after it: a key, or a prefix that was listed last. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** What the next list is to begin after; undefined where this one is the last. */
  readonly next: string | undefined;
}

/** Objects in the order of their keys' bytes; those that go on after a delimiter stand as one prefix. */
export function listObjects(objects: Iterable<StoredObject>, query: ListQuery): Listing {
  const { prefix, delimiter, after, maxKeys } = query;
  const sorted = [...objects]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((one, other) => compareBytes(one.key, other.key));
  const listed: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = '';
  if (maxKeys === 0) return { objects: [], prefixes, next: undefined };
  for (const object of sorted) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const entry = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    if (compareBytes(entry, after) <= 0 || entry === prefixes.at(-1)) continue;
    // What begins with the prefix that was listed last is in it.
    if (end >= 0 && after.startsWith(entry)) continue;
    if (listed.length + prefixes.length === maxKeys) return { objects: listed, prefixes, next: last };
    if (end < 0) listed.push(object);
    else prefixes.push(entry);
    last = entry;
  }
  return { objects: listed, prefixes, next: undefined };
}

/** In the order of UTF-8, in which S3 lists; JavaScript's own differs beyond the basic plane. */
export function compareBytes(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}
