/** What a request asks of S3: the bucket and the key in its address, and the operation. What is not known here is refused by name. */
import type { IncomingHttpHeaders } from 'node:http';
import { notImplemented, S3Error } from './s3-error.ts';

export interface S3Address {
  /** Undefined for the list of buckets. */
  readonly bucket: string | undefined;
  /** Undefined for the bucket itself. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

/** `bucket.s3.localhost`, `bucket.s3.eu-west-1.localhost`, `bucket.localhost`; without a bucket where it is in the path. */
const BUCKET_IN_HOST = /^(?:(.+?)\.)??(?:s3(?:[.-][\w-]+)?\.)?localhost$/;

/** Bytes of a key ("Naming Amazon S3 objects" of the user guide). */
const MAX_KEY_BYTES = 1024;

/** @throws S3Error for an address that cannot be read. */
export function addressOf(host: string, url: string): S3Address {
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  // S3 reads a plus in a path as a space, as forms do.
  const path = decoded((mark < 0 ? url : url.slice(0, mark)).replaceAll('+', '%20')).slice(1);
  const inHost = BUCKET_IN_HOST.exec(host.toLowerCase().replace(/:\d+$/, ''))?.[1];
  const slash = path.indexOf('/');
  const [bucket, key] =
    inHost === undefined
      ? slash < 0
        ? [path, '']
        : [path.slice(0, slash), path.slice(slash + 1)]
      : [inHost, path];
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new S3Error(400, 'KeyTooLongError', `Your key is too long: it may have ${MAX_KEY_BYTES} bytes.`);
  if (key === '.' || key === '..')
    throw new S3Error(400, 'InvalidArgument', `A key of dots alone (${key}) cannot be kept here.`);
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : key, query };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error(400, 'InvalidURI', `Couldn't parse the specified URI: ${path}`);
  }
}

/** By the method, what is meant (`*` all buckets, `bucket`, `object`), and the parameter that makes it special. */
const OPERATIONS = {
  'GET *': 'ListBuckets',
  'GET bucket': 'ListObjects',
  'GET bucket location': 'GetBucketLocation',
  'GET bucket uploads': 'ListMultipartUploads',
  'HEAD bucket': 'HeadBucket',
  'PUT bucket': 'CreateBucket',
  'DELETE bucket': 'DeleteBucket',
  'POST bucket': 'PostObject',
  'POST bucket delete': 'DeleteObjects',
  'GET object': 'GetObject',
  'GET object attributes': 'GetObjectAttributes',
  'GET object tagging': 'GetObjectTagging',
  'GET object uploadId': 'ListParts',
  'HEAD object': 'HeadObject',
  'PUT object': 'PutObject',
  'PUT object tagging': 'PutObjectTagging',
  'PUT object uploadId': 'UploadPart',
  'POST object uploads': 'CreateMultipartUpload',
  'POST object uploadId': 'CompleteMultipartUpload',
  'DELETE object': 'DeleteObject',
  'DELETE object tagging': 'DeleteObjectTagging',
  'DELETE object uploadId': 'AbortMultipartUpload',
} as const;

export type S3Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS] | 'CopyObject' | 'UploadPartCopy';

/** Parameters that make another operation of a request; all others are its options, or nobody's. */
const SPECIAL = [
  ...[
    'abac',
    'accelerate',
    'acl',
    'analytics',
    'attributes',
    'cors',
    'delete',
    'encryption',
    'intelligent-tiering',
  ],
  ...[
    'inventory',
    'legal-hold',
    'lifecycle',
    'location',
    'logging',
    'metadataConfiguration',
    'metadataTable',
    'metrics',
  ],
  ...[
    'notification',
    'object-lock',
    'ownershipControls',
    'policy',
    'policyStatus',
    'publicAccessBlock',
    'renameObject',
  ],
  ...[
    'replication',
    'requestPayment',
    'restore',
    'retention',
    'select',
    'session',
    'tagging',
    'torrent',
    'uploadId',
  ],
  ...['uploads', 'versioning', 'versions', 'website'],
];

/** Headers that change what is written in ways that nothing here knows. */
const REFUSED_HEADERS: Readonly<Record<string, string>> = {
  'x-amz-write-offset-bytes': 'appending (x-amz-write-offset-bytes)',
  'x-amz-server-side-encryption-customer-key': 'encryption with keys of the caller',
  'x-amz-object-lock-mode': 'object lock',
  'x-amz-object-lock-legal-hold': 'object lock',
};

const INSTEAD =
  'set it in the template where it belongs to the bucket, or point custom.lantern.local.endpoints.s3 at an emulator that has it';

/** @throws S3Error that names what is asked for, where it is not known here. */
export function operationOf(method: string, address: S3Address, headers: IncomingHttpHeaders): S3Operation {
  const { bucket, key, query } = address;
  const what = bucket === undefined ? '*' : key === undefined ? 'bucket' : 'object';
  const special = SPECIAL.filter((name) => query.has(name));
  const wanted = [method, what, ...special].join(' ');
  const version = query.get('versionId');
  if (version !== null && version !== 'null')
    throw notImplemented('versions of objects (versionId)', 'buckets keep the newest only');
  for (const [name, feature] of Object.entries(REFUSED_HEADERS))
    if (headers[name] !== undefined) throw notImplemented(feature, INSTEAD);
  if (!(wanted in OPERATIONS)) {
    const asked = `${method} ${what === '*' ? '/' : `of ${what === 'bucket' ? 'a bucket' : 'an object'}`}`;
    if (special.length === 0)
      throw new S3Error(
        405,
        'MethodNotAllowed',
        `The specified method is not allowed against this resource: ${asked}.`,
      );
    throw notImplemented([asked, ...special.map((name) => `?${name}`)].join(' '), INSTEAD);
  }
  const operation = OPERATIONS[wanted as keyof typeof OPERATIONS];
  if (headers['x-amz-copy-source'] === undefined) return operation;
  if (operation === 'PutObject') return 'CopyObject';
  return operation === 'UploadPart' ? 'UploadPartCopy' : operation;
}

/** Milliseconds that a clock may be ahead of ours ("RequestTimeTooSkewed": 15 minutes). */
const MAX_SKEW_MS = 15 * 60_000;

/** @throws S3Error when a presigned address is no longer, or not yet, in force. No signature is checked. */
export function checkExpiry(query: URLSearchParams, now: number): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const seconds = query.get('X-Amz-Expires');
  const until = query.get('Expires');
  if (year !== undefined && seconds !== null) {
    const from = Date.parse(
      `${year}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}Z`,
    );
    if (now > from + Number(seconds) * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
    if (now < from - MAX_SKEW_MS) throw new S3Error(403, 'AccessDenied', 'Request is not valid yet');
  } else if (until !== null && query.has('Signature') && now > Number(until) * 1000) {
    throw new S3Error(403, 'AccessDenied', 'Request has expired');
  }
}
