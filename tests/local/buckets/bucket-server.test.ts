import {
  GetBucketAclCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, put, refusal, startBuckets, textOf } from './buckets-fixture.ts';

describe('what S3 has and this does not', () => {
  it.each([
    ['GetBucketAcl', new GetBucketAclCommand({ Bucket })],
    ['PutObjectAcl', new PutObjectAclCommand({ Bucket, Key: 'a', ACL: 'public-read' })],
    [
      'PutBucketVersioning',
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    ],
    [
      'PutBucketNotificationConfiguration',
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
    ],
    ['RestoreObject', new RestoreObjectCommand({ Bucket, Key: 'a', RestoreRequest: { Days: 1 } })],
    ['a version', new GetObjectCommand({ Bucket, Key: 'a', VersionId: 'v1' })],
    [
      'encryption by keys of the caller',
      new PutObjectCommand({
        Bucket,
        Key: 'a',
        Body: 'x',
        SSECustomerKey: 'k'.repeat(32),
        SSECustomerAlgorithm: 'AES256',
      }),
    ],
    ['object lock', new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ObjectLockLegalHoldStatus: 'ON' })],
  ] as const)('is refused by name, and nothing happens: %s', async (_name, command) => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a', 'as it was');
    const { name, status, message } = await refusal(client.send(command as never));
    expect([name, status]).toEqual(['NotImplemented', 501]);
    expect(message).toMatch(/Lantern's S3 has no/);
    expect(await textOf(client, 'a')).toBe('as it was');
  });
});

describe('presigned addresses', () => {
  const signed = (ageSeconds: number): string => {
    const date = new Date(Date.now() - ageSeconds * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    return `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-Expires=60&X-Amz-Signature=0&x-id=PutObject`;
  };

  it('take and give objects until they expire', async () => {
    const { url } = await startBuckets(bucketDefinition(Bucket));
    const address = `${url}/${Bucket}/a%2Bb.txt`;
    const put1 = await fetch(`${address}?${signed(0)}`, { method: 'PUT', body: 'text' });
    expect(put1.status).toBe(200);
    const link = `${address}?${signed(0)}&response-content-disposition=attachment`;
    const got = await fetch(link);
    expect([await got.text(), got.headers.get('content-disposition')]).toEqual(['text', 'attachment']);
    const late = await fetch(`${address}?${signed(61)}`);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    const old = await fetch(`${address}?AWSAccessKeyId=x&Signature=y&Expires=1700000000`);
    expect(old.status).toBe(403);
  });

  it('open the bucket to a page that its CORS rules name, and to no other', async () => {
    const cors = [
      {
        allowedOrigins: ['http://localhost:5173', 'https://*.example.com'],
        allowedMethods: ['PUT', 'GET', 'POST'],
        allowedHeaders: ['content-*'],
        exposedHeaders: ['ETag'],
        maxAge: 60,
      },
    ];
    const { url } = await startBuckets(bucketDefinition(Bucket, { cors }), bucketDefinition('closed'));
    const preflight = (bucket: string, origin: string, more: Record<string, string> = {}) =>
      fetch(`${url}/${bucket}/a?${signed(0)}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT', ...more },
      });
    const allowed = await preflight(Bucket, 'https://app.example.com', {
      'access-control-request-headers': 'Content-Type',
    });
    expect([
      allowed.status,
      ...['allow-origin', 'allow-headers', 'max-age'].map((name) =>
        allowed.headers.get(`access-control-${name}`),
      ),
    ]).toEqual([200, 'https://app.example.com', 'content-type', '60']);
    expect((await preflight(Bucket, 'https://example.com')).status).toBe(403);
    expect(
      (await preflight(Bucket, 'http://localhost:5173', { 'access-control-request-headers': 'x-other' }))
        .status,
    ).toBe(403);
    expect((await preflight('closed', 'http://localhost:5173')).status).toBe(403);
    const headers = { origin: 'http://localhost:5173' };
    const stored = await fetch(`${url}/${Bucket}/a?${signed(0)}`, { method: 'PUT', body: 'x', headers });
    expect([stored.status, stored.headers.get('access-control-allow-origin')]).toEqual([200, headers.origin]);
    expect((await fetch(`${url}/${Bucket}/a`, { headers })).status).toBe(403);
    const foreign = await fetch(`${url}/closed/a?${signed(0)}`, { method: 'PUT', body: 'x', headers });
    expect([foreign.status, await foreign.text()]).toEqual([
      403,
      expect.stringContaining('CorsConfiguration'),
    ]);
    const link = await fetch(`${url}/${Bucket}/a?${signed(0)}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(link.status).toBe(200);
  });
});
