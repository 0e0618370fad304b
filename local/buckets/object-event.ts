/** What happens to objects, and the two forms in which S3 tells it: a record of a notification, and an event of EventBridge. */
import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { present } from '../json.ts';
import type { BucketDefinition } from '../template/service.ts';

/** As a configuration names it, without `s3:`. */
export type ObjectEventType =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Post'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete'
  | 'ObjectRemoved:DeleteMarkerCreated'
  | 'ObjectTagging:Put'
  | 'ObjectTagging:Delete';

export interface ObjectEvent {
  readonly type: ObjectEventType;
  readonly bucket: BucketDefinition;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Hexadecimal digits, which grow with every change of the key. */
  readonly sequencer: string;
  readonly time: Date;
  /** Of the request that did it. */
  readonly requestId: string;
  /** The access key of who did it; undefined for nobody in particular. */
  readonly caller: string | undefined;
  readonly traceHeader: string | undefined;
}

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** Whether a configuration for `pattern`, which may end in `*`, is for such an event: `s3:ObjectCreated:*`. */
export function isOfType(pattern: string, type: ObjectEventType): boolean {
  const wanted = pattern.replace(/^s3:/, '');
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** What is named of every event, whatever has become of the object. */
const SCHEMA_VERSION = '1.0';

/** The digest of nothing, which a delete marker has. */
const EMPTY_DIGEST = createHash('md5').digest('hex');

/** "Event message structure" of the user guide. */
export function notificationOf(event: ObjectEvent, configurationId: string, { region }: Account): JsonObject {
  const { type, bucket, key, size, etag, sequencer, time, requestId, caller } = event;
  const record = {
    eventVersion: type.startsWith('ObjectTagging') ? '2.3' : '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: time.toISOString(),
    eventName: type,
    userIdentity: { principalId: caller === undefined ? 'Anonymous' : `AWS:${caller}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': hostIdOf(requestId) },
    s3: {
      s3SchemaVersion: SCHEMA_VERSION,
      configurationId,
      bucket: { name: bucket.name, ownerIdentity: { principalId: 'LANTERNLOCAL' }, arn: bucket.arn },
      object: present<JsonObject>({
        key: formEncoded(key),
        size: type.startsWith('ObjectCreated') ? size : undefined,
        eTag: eTagIn(type, etag),
        sequencer: type.startsWith('ObjectTagging') ? undefined : sequencer,
      }),
    },
  };
  return { Records: [record] };
}

/** A deleted object has no tag any more; the marker in its place has that of nothing. */
function eTagIn(type: ObjectEventType, etag: string): string | undefined {
  if (type === 'ObjectRemoved:Delete') return undefined;
  return type === 'ObjectRemoved:DeleteMarkerCreated' ? EMPTY_DIGEST : etag;
}

/** As forms encode: a space is a plus, and slashes stay. */
function formEncoded(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

/** What S3 calls `x-amz-id-2`: one for each request. */
export function hostIdOf(requestId: string): string {
  return createHash('sha256').update(requestId).digest('base64');
}

const DETAIL_TYPES = {
  'ObjectCreated:Put': ['Object Created', { reason: 'PutObject' }],
  'ObjectCreated:Post': ['Object Created', { reason: 'POST Object' }],
  'ObjectCreated:Copy': ['Object Created', { reason: 'CopyObject' }],
  'ObjectCreated:CompleteMultipartUpload': ['Object Created', { reason: 'CompleteMultipartUpload' }],
  'ObjectRemoved:Delete': [
    'Object Deleted',
    { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' },
  ],
  'ObjectRemoved:DeleteMarkerCreated': [
    'Object Deleted',
    { reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' },
  ],
  'ObjectTagging:Put': ['Object Tags Added', {}],
  'ObjectTagging:Delete': ['Object Tags Deleted', {}],
} as const satisfies Record<ObjectEventType, readonly [string, JsonObject]>;

/** "EventBridge event message structure" of the user guide; keys are as they are there. */
export function eventBridgeEventOf(event: ObjectEvent, { region, accountId }: Account): JsonObject {
  const { type, bucket, key, size, etag, sequencer, time, requestId } = event;
  const [detailType, more] = DETAIL_TYPES[type];
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.s3',
    account: accountId,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [bucket.arn],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: present<JsonObject>({
        key,
        size: type.startsWith('ObjectCreated') ? size : undefined,
        etag: eTagIn(type, etag),
        sequencer: type.startsWith('ObjectTagging') ? undefined : sequencer,
      }),
      'request-id': requestId,
      requester: accountId,
      'source-ip-address': '127.0.0.1',
      ...more,
    },
  };
}
