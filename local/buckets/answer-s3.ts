/**
 * S3 as its clients see it: fauxqs keeps the bytes, puts the parts of uploads together and copies; what it leaves out or
 * would confirm without doing it stands here, in `operations/`. What neither has is refused.
 */
import type { BucketStore } from './bucket-store.ts';
import { createBucket, deleteBucket, headBucket, locateBucket } from './operations/buckets.ts';
import { copyObject } from './operations/copy.ts';
import { deleteObject, deleteObjects } from './operations/delete.ts';
import { listBuckets, listObjects, listParts, listUploads } from './operations/list.ts';
import { readAttributes, readObject, readTags } from './operations/read.ts';
import { abortUpload, completeUpload, copyPart, createUpload, uploadPart } from './operations/uploads.ts';
import { deleteTags, postObject, putObject, putTags } from './operations/write.ts';
import type { S3Answer, S3Request } from './s3-exchange.ts';
import type { S3Operation } from './s3-operation.ts';
import type { StoredBucket } from './stored-objects.ts';

type Operation = (
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
) => S3Answer | Promise<S3Answer>;

const OPERATIONS: Readonly<Record<Exclude<S3Operation, 'ListBuckets' | 'CreateBucket'>, Operation>> = {
  HeadBucket: headBucket,
  GetBucketLocation: locateBucket,
  DeleteBucket: deleteBucket,
  ListObjects: listObjects,
  ListMultipartUploads: listUploads,
  ListParts: listParts,
  GetObject: readObject,
  HeadObject: readObject,
  GetObjectAttributes: readAttributes,
  GetObjectTagging: readTags,
  PutObject: putObject,
  PostObject: postObject,
  CopyObject: copyObject,
  PutObjectTagging: putTags,
  DeleteObjectTagging: deleteTags,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  UploadPartCopy: copyPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
};

/** Work on an object that has to wait for what is being written of it. */
const WRITES: ReadonlySet<S3Operation> = new Set<S3Operation>([
  'PutObject',
  'CopyObject',
  'DeleteObject',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
]);

/** @throws S3Error */
export async function answerS3(store: BucketStore, request: S3Request): Promise<S3Answer> {
  const { operation, bucket: name, key } = request;
  if (operation === 'ListBuckets') return listBuckets(request, store);
  if (operation === 'CreateBucket') return createBucket(request, store);
  const bucket = store.bucket(name);
  const operate = OPERATIONS[operation];
  if (!WRITES.has(operation)) return operate(request, bucket, store);
  return store.inTurn(`${name}/${key}`, () => operate(request, bucket, store));
}
