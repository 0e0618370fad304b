/** Multipart uploads, from their beginning to their end. */
import { elementsIn, textsIn } from '../../http/xml.ts';
import type { BucketStore } from '../bucket-store.ts';
import { checkWrite } from '../conditions.ts';
import { DEFAULT_TYPE, forEngine, keptFrom, ofEngine } from '../object-headers.ts';
import { readPayload } from '../payload.ts';
import { S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { document, textOf } from '../s3-exchange.ts';
import type { StoredBucket, Upload } from '../stored-objects.ts';
import { parseTagHeader } from '../tags.ts';
import { copySource } from './copy.ts';

/** Parts of an upload ("Amazon S3 multipart upload limits"). */
const MAX_PART = 10_000;

export async function createUpload(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { key, headers } = request;
  const algorithm = textOf(headers['x-amz-checksum-algorithm']);
  const answer = await store.engine.send({
    method: 'POST',
    bucket: bucket.definition.name,
    key,
    query: { uploads: '' },
    headers: {
      ...forEngine(headers, headers['content-encoding']),
      ...(algorithm !== undefined && { 'x-amz-checksum-algorithm': algorithm }),
    },
    body: Buffer.alloc(0),
  });
  const id = textsIn(answer.body.toString(), 'UploadId')[0] ?? '';
  bucket.uploads.set(id, {
    id,
    key,
    initiated: new Date(),
    tags: parseTagHeader(headers['x-amz-tagging']),
    headers: keptFrom(headers),
    parts: new Map(),
  });
  return { status: answer.status, headers: ofEngine(answer), body: answer.body };
}

export async function uploadPart(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { upload, number } = partOf(request, bucket);
  const { body, checksums } = readPayload(request.headers, request.body);
  const answer = await store.engine.send({
    method: 'PUT',
    bucket: bucket.definition.name,
    key: request.key,
    query: { uploadId: upload.id, partNumber: String(number) },
    headers: { 'content-type': DEFAULT_TYPE, ...checksums },
    body,
  });
  const etag = answer.headers.etag ?? '';
  upload.parts.set(number, { number, size: body.length, etag, lastModified: new Date() });
  return { status: answer.status, headers: ofEngine(answer) };
}

export async function copyPart(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { upload, number } = partOf(request, bucket);
  const source = copySource(store, request.headers);
  const range = textOf(request.headers['x-amz-copy-source-range']);
  const answer = await store.engine.send({
    method: 'PUT',
    bucket: bucket.definition.name,
    key: request.key,
    query: { uploadId: upload.id, partNumber: String(number) },
    headers: {
      'x-amz-copy-source': source.address,
      ...(range !== undefined && { 'x-amz-copy-source-range': range }),
    },
  });
  const [, first = 0, last = source.object.size - 1] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const size = Math.min(Number(last), source.object.size - 1) - Number(first) + 1;
  const etag = textsIn(answer.body.toString(), 'ETag')[0] ?? '';
  upload.parts.set(number, { number, size, etag, lastModified: new Date() });
  return { status: answer.status, headers: ofEngine(answer), body: answer.body };
}

export async function completeUpload(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { key, query, headers } = request;
  const upload = bucket.upload(query.get('uploadId'), key);
  const { body } = readPayload(headers, request.body);
  if (elementsIn(body.toString(), 'Part').length === 0)
    throw new S3Error(400, 'MalformedXML', 'Expected a CompleteMultipartUpload document with parts.');
  checkWrite(key, bucket.objects.get(key), headers);
  await store.engine.send({
    method: 'POST',
    bucket: bucket.definition.name,
    key,
    query: { uploadId: upload.id },
    headers: { 'content-type': 'application/xml' },
    body,
  });
  bucket.uploads.delete(upload.id);
  const object = await store.keep(bucket, key, upload);
  store.tell(request, bucket, object, 'ObjectCreated:CompleteMultipartUpload');
  return document('CompleteMultipartUploadResult', {
    Location: `${request.origin}/${bucket.definition.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.definition.name,
    Key: key,
    ETag: object.etag,
  });
}

export async function abortUpload(
  { key, query }: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { id } = bucket.upload(query.get('uploadId'), key);
  await store.engine.send({
    method: 'DELETE',
    bucket: bucket.definition.name,
    key,
    query: { uploadId: id },
  });
  bucket.uploads.delete(id);
  return { status: 204 };
}

/** What an upload is, of a request for one of its parts. */
function partOf({ key, query }: S3Request, bucket: StoredBucket): { upload: Upload; number: number } {
  const upload = bucket.upload(query.get('uploadId'), key);
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART) return { upload, number };
  const message = `Part number must be an integer between 1 and ${MAX_PART}, inclusive; got ${String(query.get('partNumber'))}`;
  throw new S3Error(400, 'InvalidArgument', message);
}
