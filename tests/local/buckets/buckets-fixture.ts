import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { BucketServer } from '../../../local/buckets/bucket-server.ts';
import type { ObjectEvent } from '../../../local/buckets/object-event.ts';
import type { BucketDefinition } from '../../../local/template/service.ts';

export function bucketDefinition(name: string, more: Partial<BucketDefinition> = {}): BucketDefinition {
  return {
    name,
    arn: `arn:aws:s3:::${name}`,
    versioned: false,
    cors: [],
    notifications: [],
    eventBridge: false,
    ...more,
  };
}

/** S3 with these buckets, which the test ends, and all that happened in them. */
export async function startBuckets(...buckets: readonly BucketDefinition[]) {
  const events: ObjectEvent[] = [];
  const server = new BucketServer({
    buckets,
    region: 'eu-west-1',
    accountId: '000000000000',
    port: 0,
    onEvent: (event) => events.push(event),
  });
  const { url } = await server.start();
  onTestFinished(() => server.stop());
  return { url, events, client: s3Client(url) };
}

export function s3Client(endpoint: string, more: object = {}): S3Client {
  const client = new S3Client({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'LANTERNLOCAL', secretAccessKey: 'lantern-local' },
    maxAttempts: 1,
    ...more,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** What an error of S3 says of itself. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ name: string; status: number; message: string }> {
  const error = await call.then(
    () => {
      throw new Error('The call was taken.');
    },
    (reason: unknown) => reason as Error & { $metadata: { httpStatusCode: number } },
  );
  return { name: error.name, status: error.$metadata.httpStatusCode, message: error.message };
}

/** The one that `put` and `textOf` are about. */
export const Bucket = 'uploads';

/** What an object of `Bucket` holds. */
export async function textOf(client: S3Client, Key: string, more: object = {}): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return (await Body?.transformToString()) ?? '';
}

export async function put(
  client: S3Client,
  Key: string,
  Body: string | Buffer = 'content',
  more: object = {},
) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}
