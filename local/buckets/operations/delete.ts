/** Deleting objects, one or many. */
import type { IncomingHttpHeaders } from 'node:http';
import { elementsIn, textsIn } from '../../http/xml.ts';
import type { BucketStore } from '../bucket-store.ts';
import { checkWrite } from '../conditions.ts';
import { readPayload } from '../payload.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { document } from '../s3-exchange.ts';
import type { StoredBucket } from '../stored-objects.ts';

/** Objects of one request ("DeleteObjects" in the API reference). */
const MAX_DELETED = 1000;

export async function deleteObject(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  await remove(store, request, bucket, request.key, request.headers);
  return { status: 204 };
}

export async function deleteObjects(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const text = readPayload(request.headers, request.body).body.toString();
  const entries = elementsIn(text, 'Object');
  if (entries.length === 0 || entries.length > MAX_DELETED) {
    const message = `Expected a Delete document with 1 to ${MAX_DELETED} objects, got ${entries.length}.`;
    throw new S3Error(400, 'MalformedXML', message);
  }
  const results = await Promise.all(
    entries.map(async (entry) => {
      const key = textsIn(entry, 'Key')[0] ?? '';
      const version = textsIn(entry, 'VersionId')[0] ?? 'null';
      try {
        if (version !== 'null')
          throw notImplemented('versions of objects (VersionId)', 'buckets keep the newest only');
        const match = textsIn(entry, 'ETag')[0];
        await store.inTurn(`${bucket.definition.name}/${key}`, () =>
          remove(store, request, bucket, key, match === undefined ? {} : { 'if-match': match }),
        );
        return { Deleted: { Key: key } };
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        return { Error: { Key: key, Code: error.code, Message: error.message } };
      }
    }),
  );
  const isQuiet = textsIn(text, 'Quiet')[0]?.toLowerCase() === 'true';
  return document('DeleteResult', {
    Deleted: isQuiet ? [] : results.flatMap(({ Deleted }) => Deleted ?? []),
    Error: results.flatMap(({ Error: failed }) => failed ?? []),
  });
}

/** Deleting what is not there is no error. */
async function remove(
  store: BucketStore,
  request: S3Request,
  bucket: StoredBucket,
  key: string,
  conditions: Pick<IncomingHttpHeaders, 'if-match'>,
): Promise<void> {
  const object = bucket.objects.get(key);
  checkWrite(key, object, { 'if-match': conditions['if-match'] });
  if (object === undefined) return;
  await store.engine.send({ method: 'DELETE', bucket: bucket.definition.name, key });
  bucket.objects.delete(key);
  const type = bucket.definition.versioned ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectRemoved:Delete';
  store.tell(request, bucket, object, type);
}
