/** Copying an object, and finding what is copied. */
import type { IncomingHttpHeaders } from 'node:http';
import type { BucketStore } from '../bucket-store.ts';
import { checkCopySource, checkWrite } from '../conditions.ts';
import { encryptionOf, forEngine, inheritedFrom, keptFrom, ofEngine } from '../object-headers.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import type { StoredBucket, StoredObject } from '../stored-objects.ts';
import { parseTagHeader } from '../tags.ts';

export async function copyObject(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { key, headers } = request;
  const source = copySource(store, headers);
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  const isItself = source.bucket === bucket && source.object.key === key;
  const kept = keptFrom(headers);
  if (isItself && !replaces && Object.keys(kept).length === 0)
    throw new S3Error(
      400,
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  checkWrite(key, bucket.objects.get(key), headers);
  const tags =
    headers['x-amz-tagging-directive'] === 'REPLACE'
      ? parseTagHeader(headers['x-amz-tagging'])
      : source.object.tags;
  const answer = await store.engine.send({
    method: 'PUT',
    bucket: bucket.definition.name,
    key,
    headers: {
      ...forEngine(headers, headers['content-encoding']),
      'x-amz-copy-source': source.address,
      'x-amz-metadata-directive': replaces ? 'REPLACE' : 'COPY',
    },
  });
  const object = await store.keep(bucket, key, {
    tags,
    headers: replaces ? kept : { ...inheritedFrom(source.object), ...kept },
  });
  store.tell(request, bucket, object, 'ObjectCreated:Copy');
  return { status: 200, headers: { ...ofEngine(answer), ...encryptionOf(object) }, body: answer.body };
}

/** @throws S3Error where there is nothing to copy, or it is not what the caller takes it for. */
export function copySource(
  store: BucketStore,
  headers: IncomingHttpHeaders,
): { bucket: StoredBucket; object: StoredObject; address: string } {
  const [path = '', version] = String(headers['x-amz-copy-source']).split('?versionId=');
  if (version !== undefined && version !== 'null')
    throw notImplemented('versions of objects (versionId)', 'buckets keep the newest only');
  let plain = path;
  try {
    plain = decodeURIComponent(path.replaceAll('+', '%20'));
  } catch {
    throw new S3Error(400, 'InvalidArgument', `The copy source cannot be read: ${path}`);
  }
  const [, name = '', key = ''] = /^\/?([^/]+)\/([\s\S]+)$/.exec(plain) ?? [];
  if (key === '')
    throw new S3Error(400, 'InvalidArgument', `Expected a copy source of bucket and key, got ${path}`);
  const bucket = store.bucket(name);
  const object = bucket.object(key);
  checkCopySource(object, headers);
  return { bucket, object, address: `/${name}/${encodeURIComponent(key)}` };
}
