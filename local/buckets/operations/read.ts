/** Reading objects, and what is said of them. */
import type { BucketStore } from '../bucket-store.ts';
import { checkRead } from '../conditions.ts';
import { ofEngine } from '../object-headers.ts';
import { S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { textOf } from '../s3-exchange.ts';
import type { StoredBucket } from '../stored-objects.ts';
import { tagDocument } from '../tags.ts';

/** Parameters of an address by which the headers of an answer are set, as in links for downloads. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** GetObject and HeadObject. */
export async function readObject(
  { operation, key, query, headers }: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const object = bucket.object(key);
  checkRead(object, headers);
  const partNumber = query.get('partNumber');
  const range = partNumber === null ? rangeOf(headers.range, object.size) : undefined;
  const mode = textOf(headers['x-amz-checksum-mode']);
  const answer = await store.engine.send({
    method: operation === 'HeadObject' ? 'HEAD' : 'GET',
    bucket: bucket.definition.name,
    key,
    headers: {
      ...(range !== undefined && { range: `bytes=${range.start}-${range.end}` }),
      ...(mode !== undefined && range === undefined && { 'x-amz-checksum-mode': mode }),
    },
    ...(partNumber !== null && { query: { partNumber } }),
  });
  const { tags } = object;
  const overrides = OVERRIDES.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    status: range === undefined ? answer.status : 206,
    headers: {
      ...ofEngine(answer),
      ...object.headers,
      'accept-ranges': 'bytes',
      ...(range !== undefined && {
        'content-range': `bytes ${range.start}-${range.end}/${object.size}`,
        'content-length': String(range.end - range.start + 1),
      }),
      ...(tags.length > 0 && { 'x-amz-tagging-count': String(tags.length) }),
      ...Object.fromEntries(overrides),
    },
    body: answer.body,
  };
}

export async function readAttributes(
  { key, headers }: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  bucket.object(key);
  const wanted = ['x-amz-object-attributes', 'x-amz-max-parts', 'x-amz-part-number-marker'] as const;
  const answer = await store.engine.send({
    method: 'GET',
    bucket: bucket.definition.name,
    key,
    query: { attributes: '' },
    headers: Object.fromEntries(
      wanted.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
    ),
  });
  return { status: answer.status, headers: ofEngine(answer), body: answer.body };
}

export function readTags({ key }: S3Request, bucket: StoredBucket): S3Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: tagDocument(bucket.object(key).tags),
  };
}

/**
 * The bytes that are asked for; undefined for all of them, also where the header is none that S3 knows: several ranges, for one.
 *
 * @throws S3Error where there are none of them.
 */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return { start, end };
  throw new S3Error(
    416,
    'InvalidRange',
    `The requested range is not satisfiable: ${String(header)} of ${size} bytes`,
    {
      'content-range': `bytes */${size}`,
    },
  );
}
