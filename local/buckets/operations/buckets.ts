/** Buckets themselves: made, looked for and deleted. */
import type { BucketStore } from '../bucket-store.ts';
import { S3Error } from '../s3-error.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { document } from '../s3-exchange.ts';
import type { StoredBucket } from '../stored-objects.ts';

export async function createBucket({ bucket }: S3Request, store: BucketStore): Promise<S3Answer> {
  const isThere = store.definitionOf(bucket) !== undefined;
  // The oldest region alone says yes to a bucket that is the caller's already.
  if (isThere && store.region !== 'us-east-1') {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new S3Error(409, 'BucketAlreadyOwnedByYou', message);
  }
  if (!isThere) {
    const arn = `arn:aws:s3:::${bucket}`;
    await store.create({
      name: bucket,
      arn,
      versioned: false,
      eventBridge: false,
      cors: [],
      notifications: [],
    });
  }
  return { status: 200, headers: { location: `/${bucket}` } };
}

export async function deleteBucket(
  { bucket: name }: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  if (bucket.objects.size > 0)
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.');
  await store.remove(name);
  return { status: 204 };
}

export function headBucket(_request: S3Request, _bucket: StoredBucket, store: BucketStore): S3Answer {
  return { status: 200, headers: { 'x-amz-bucket-region': store.region } };
}

export function locateBucket(_request: S3Request, _bucket: StoredBucket, store: BucketStore): S3Answer {
  return document('LocationConstraint', {}, store.region);
}
