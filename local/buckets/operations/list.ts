/** What lists: buckets, objects, uploads under way and their parts. */
import type { BucketStore } from '../bucket-store.ts';
import { S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { document } from '../s3-exchange.ts';
import type { ListQuery, StoredBucket } from '../stored-objects.ts';
import { compareBytes, listObjects as listed } from '../stored-objects.ts';

const OWNER = { ID: '7e39cdf5a1d9f0c2d9f7d0a3b6d0a8c50c3d9a3d54fbd8a6ef0d8a0d0e5f3a11' };

const MAX_LISTED = 1000;

export function listBuckets({ query }: S3Request, store: BucketStore): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const names = store.names.filter((name) => name.startsWith(prefix));
  return document('ListAllMyBucketsResult', {
    Owner: OWNER,
    Buckets: {
      Bucket: names.map((Name) => ({
        Name,
        CreationDate: store.bucket(Name).created.toISOString(),
        BucketRegion: store.region,
      })),
    },
  });
}

/** Both versions of the list: they differ in how one goes on. */
export function listObjects({ query, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const isSecond = query.get('list-type') === '2';
  const token = isSecond ? query.get('continuation-token') : null;
  const startAfter = isSecond ? query.get('start-after') : query.get('marker');
  const wanted: ListQuery = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token === null ? (startAfter ?? '') : Buffer.from(token, 'base64url').toString(),
    maxKeys: maxKeysOf(query.get('max-keys')),
  };
  const { objects, prefixes, next } = listed(bucket.objects.values(), wanted);
  const encode = encoderOf(query);
  const withOwner = !isSecond || query.get('fetch-owner') === 'true';
  return document('ListBucketResult', {
    Name: name,
    Prefix: encode(wanted.prefix),
    ...(isSecond
      ? {
          StartAfter: startAfter === null ? undefined : encode(startAfter),
          ContinuationToken: token ?? undefined,
          NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
          KeyCount: objects.length + prefixes.length,
        }
      : {
          Marker: encode(wanted.after),
          // Without a delimiter the last key says it.
          NextMarker: next === undefined || wanted.delimiter === '' ? undefined : encode(next),
        }),
    Delimiter: wanted.delimiter === '' ? undefined : encode(wanted.delimiter),
    MaxKeys: wanted.maxKeys,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: next !== undefined,
    Contents: objects.map(({ key, size, etag, lastModified, headers }) => ({
      Key: encode(key),
      LastModified: lastModified.toISOString(),
      ETag: etag,
      Size: size,
      StorageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
      ...(withOwner && { Owner: OWNER }),
    })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Entries of a list ("ListObjectsV2" in the API reference). @throws S3Error */
function maxKeysOf(text: string | null): number {
  if (text === null || text === '') return MAX_LISTED;
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_LISTED);
  throw new S3Error(
    400,
    'InvalidArgument',
    `Provided max-keys not an integer or within integer range: ${text}`,
  );
}

/** How keys are written in a list: some clients ask for keys that XML cannot harm. */
function encoderOf(query: URLSearchParams): (text: string) => string {
  return query.get('encoding-type') === 'url'
    ? (text) => encodeURIComponent(text).replaceAll('%2F', '/')
    : (text) => text;
}

export function listUploads({ query, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const encode = encoderOf(query);
  const uploads = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((one, other) => compareBytes(one.key, other.key));
  return document('ListMultipartUploadsResult', {
    Bucket: name,
    Prefix: encode(prefix),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: false,
    Upload: uploads.map(({ id, key, initiated }) => ({
      Key: encode(key),
      UploadId: id,
      Owner: OWNER,
      StorageClass: 'STANDARD',
      Initiated: initiated.toISOString(),
    })),
  });
}

export function listParts({ query, key, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const { id, parts } = bucket.upload(query.get('uploadId'), key);
  const after = Number(query.get('part-number-marker') ?? 0);
  const most = maxKeysOf(query.get('max-parts'));
  const waiting = [...parts.values()]
    .filter(({ number }) => number > after)
    .sort((one, other) => one.number - other.number);
  const shown = waiting.slice(0, most);
  return document('ListPartsResult', {
    Bucket: name,
    Key: key,
    UploadId: id,
    PartNumberMarker: after,
    NextPartNumberMarker: shown.at(-1)?.number ?? after,
    MaxParts: most,
    IsTruncated: waiting.length > shown.length,
    StorageClass: 'STANDARD',
    Part: shown.map(({ number, size, etag, lastModified }) => ({
      PartNumber: number,
      LastModified: lastModified.toISOString(),
      ETag: etag,
      Size: size,
    })),
  });
}
