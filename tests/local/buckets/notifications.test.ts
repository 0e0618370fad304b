import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Notifications } from '../../../local/buckets/notifications.ts';
import { eventBridgeEventOf, notificationOf } from '../../../local/buckets/object-event.ts';
import type { Delivery } from '../../../local/events/targets.ts';
import type { JsonObject } from '../../../local/json.ts';
import { bucketDefinition, refusal, startBuckets } from './buckets-fixture.ts';

const account = { region: 'eu-west-1', accountId: '000000000000' };
const Bucket = 'uploads';
const HASH = /^[\da-f]{32}(-\d+)?$/;

async function uploadInParts(client: S3Client, Key: string): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const { ETag } = await client.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'part' }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

type Change = (client: S3Client, Key: string) => Promise<unknown>;

const put: Change = (client, Key) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'text' }));
const tags = { TagSet: [{ Key: 'a', Value: 'b' }] };

const CHANGES: readonly [
  name: string,
  change: Change,
  eventBridge: [string, JsonObject],
  removed?: boolean,
][] = [
  ['ObjectCreated:Put', put, ['Object Created', { reason: 'PutObject' }]],
  [
    'ObjectCreated:Copy',
    async (client, Key) => {
      await put(client, 'source');
      await client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source` }));
    },
    ['Object Created', { reason: 'CopyObject' }],
  ],
  [
    'ObjectCreated:CompleteMultipartUpload',
    uploadInParts,
    ['Object Created', { reason: 'CompleteMultipartUpload' }],
  ],
  [
    'ObjectRemoved:Delete',
    async (client, Key) => {
      await put(client, Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    ['Object Deleted', { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' }],
    true,
  ],
  [
    'ObjectTagging:Put',
    async (client, Key) => {
      await put(client, Key);
      await client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: tags }));
    },
    ['Object Tags Added', {}],
  ],
  [
    'ObjectTagging:Delete',
    async (client, Key) => {
      await put(client, Key);
      await client.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
    },
    ['Object Tags Deleted', {}],
  ],
];

describe('what happens to an object', () => {
  it.each(CHANGES)('is told as S3 does: %s', async (name, change, [detailType, more], isRemoved = false) => {
    const { client, events, url } = await startBuckets(bucketDefinition(Bucket));
    const Key = "in/ä b+c(1)&d='e'.csv";
    await change(client, Key);
    const event = events.at(-1);
    if (event === undefined) throw new Error('Nothing was told.');
    const [record] = notificationOf(event, 'config-1', account).Records as JsonObject[];
    const isCreated = name.startsWith('ObjectCreated');
    const size = name.endsWith('Upload') || isCreated ? { size: 4 } : {};
    const sequencer = name.startsWith('ObjectTagging')
      ? {}
      : { sequencer: expect.stringMatching(/^[\dA-F]{16,18}$/) as string };
    expect(record).toEqual({
      eventVersion: name.startsWith('ObjectTagging') ? '2.3' : '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      eventName: name,
      userIdentity: { principalId: 'AWS:LANTERNLOCAL' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: {
        'x-amz-request-id': expect.stringMatching(/^[\dA-F]{16}$/) as string,
        'x-amz-id-2': expect.any(String) as string,
      },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'config-1',
        bucket: {
          name: Bucket,
          ownerIdentity: { principalId: expect.any(String) as string },
          arn: `arn:aws:s3:::${Bucket}`,
        },
        object: {
          key: 'in/%C3%A4+b%2Bc%281%29%26d%3D%27e%27.csv',
          ...size,
          ...(!isRemoved && { eTag: expect.stringMatching(HASH) as string }),
          ...sequencer,
        },
      },
    });
    expect(eventBridgeEventOf(event, account)).toMatchObject({
      'detail-type': detailType,
      source: 'aws.s3',
      account: '000000000000',
      region: 'eu-west-1',
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: {
        version: '0',
        bucket: { name: Bucket },
        object: { key: Key },
        requester: '000000000000',
        ...more,
      },
    });
    expect(url).toMatch(/^http/);
  });

  it('of a bucket with versions leaves a marker where something is deleted', async () => {
    const { client, events } = await startBuckets(bucketDefinition(Bucket, { versioned: true }));
    await put(client, 'a');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const [, deleted] = events;
    expect(deleted?.type).toBe('ObjectRemoved:DeleteMarkerCreated');
    expect(deleted && eventBridgeEventOf(deleted, account).detail).toMatchObject({
      'deletion-type': 'Delete Marker Created',
    });
  });

  it('is told once it has happened, in order, and never where it is refused', async () => {
    const { client, events } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a');
    await refusal(client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', IfNoneMatch: '*' })));
    await refusal(client.send(new PutObjectCommand({ Bucket: 'not-there', Key: 'a', Body: 'x' })));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'never-there' }));
    await Promise.all(Array.from({ length: 20 }, () => put(client, 'a')));
    const sequencers = events.map(({ sequencer }) => sequencer);
    expect(sequencers).toHaveLength(21);
    expect(new Set(sequencers).size).toBe(21);
    expect(sequencers).toEqual(sequencers.toSorted());
  });

  it('carries the trace of who did it', async () => {
    const { url, events } = await startBuckets(bucketDefinition(Bucket));
    const header = 'Root=1-67891233-abcdef012345678912345678;Parent=1234567890abcdef;Sampled=1';
    await fetch(`${url}/${Bucket}/a`, { method: 'PUT', body: 'x', headers: { 'x-amzn-trace-id': header } });
    expect(events[0]).toMatchObject({ traceHeader: header, caller: undefined });
  });
});

describe('notifications', () => {
  function listening(...filters: [event: string, prefix: string, suffix: string][]) {
    const delivered: Delivery[] = [];
    const put: JsonObject[] = [];
    const problems: string[] = [];
    const notifications = new Notifications({
      ...account,
      deliver: (delivery) => {
        if (delivery.arn.endsWith('gone')) return Promise.reject(new Error('there is no such queue'));
        delivered.push(delivery);
        return Promise.resolve();
      },
      putEvent: (event) => put.push(event),
      onProblem: (message) => problems.push(message),
    });
    const bucket = bucketDefinition(Bucket, {
      eventBridge: true,
      notifications: filters.map(([event, prefix, suffix], index) => ({
        id: `n${index}`,
        events: [event],
        prefix,
        suffix,
        targetArn: `arn:aws:sqs:eu-west-1:000000000000:${suffix === '.gone' ? 'gone' : `q${index}`}`,
      })),
    });
    return { notifications, bucket, delivered, put, problems };
  }

  const base = {
    size: 1,
    etag: 'e',
    sequencer: '1',
    time: new Date(0),
    requestId: 'r',
    caller: undefined,
    traceHeader: 'Root=1-67891233-abcdef012345678912345678',
  };

  it.each([
    ['in/a.csv', 'ObjectCreated:Put', ['q0', 'q1', 'q2']],
    ['in/a.csv', 'ObjectCreated:Copy', ['q0', 'q2']],
    ['in/a.png', 'ObjectCreated:Put', ['q1', 'q2']],
    ['out/a.csv', 'ObjectCreated:Put', ['q2']],
    ['in/a.csv', 'ObjectRemoved:Delete', ['q3']],
    ['in/a.csv', 'ObjectTagging:Put', []],
  ] as const)('go to those that asked for it: %s, %s', async (key, type, expected) => {
    const { notifications, bucket, delivered, put } = listening(
      ['s3:ObjectCreated:*', 'in/', '.csv'],
      ['s3:ObjectCreated:Put', 'in/', ''],
      ['s3:ObjectCreated:*', '', ''],
      ['s3:ObjectRemoved:*', '', ''],
    );
    notifications.tell({ ...base, bucket, key, type });
    await notifications.stop();
    expect(delivered.map(({ arn }) => arn.split(':').at(-1))).toEqual(expected);
    for (const { subject, traceHeader } of delivered)
      expect([subject, traceHeader]).toEqual(['Amazon S3 Notification', base.traceHeader]);
    expect(put).toHaveLength(1);
  });

  it('that nobody takes are said', async () => {
    const { notifications, bucket, problems } = listening(['s3:ObjectCreated:*', '', '.gone']);
    notifications.tell({ ...base, bucket, key: 'a.gone', type: 'ObjectCreated:Put' });
    await notifications.stop();
    expect(problems).toEqual([expect.stringMatching(/gone did not take .* uploads: there is no such queue/)]);
  });
});
