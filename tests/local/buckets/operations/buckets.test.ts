import { request } from 'node:http';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AwsEndpoints } from '../../../../local/aws/aws-endpoints.ts';
import { AwsFront } from '../../../../local/aws/aws-front.ts';
import {
  Bucket,
  bucketDefinition,
  put,
  refusal,
  s3Client,
  startBuckets,
  textOf,
} from '../buckets-fixture.ts';

describe('buckets', () => {
  it('are those of the template, and what CreateBucket makes', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await client.send(new CreateBucketCommand({ Bucket: 'made-here' }));
    const { Buckets } = await client.send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['made-here', Bucket]);
    expect((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-west-1');
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(
      'eu-west-1',
    );
    const again = client.send(new CreateBucketCommand({ Bucket }));
    expect(await refusal(again)).toMatchObject({ name: 'BucketAlreadyOwnedByYou', status: 409 });
    const wrong = await refusal(client.send(new CreateBucketCommand({ Bucket: 'r&d_"<1>"' })));
    expect(wrong).toMatchObject({ name: 'InvalidBucketName', status: 400 });
    expect(wrong.message).toContain('r&d_"<1>"');
    await put(client, 'a');
    expect(await refusal(client.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
      name: 'BucketNotEmpty',
    });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    const gone = await refusal(put(client, 'a'));
    expect(gone).toMatchObject({ name: 'NoSuchBucket', status: 404 });
    expect(gone.message).toContain('made-here');
  });

  it('may be named in the host, by clients that know no other way', async () => {
    const { url } = await startBuckets(bucketDefinition(Bucket), bucketDefinition('with.dots'));
    const { port } = new URL(url);
    for (const host of ['s3.localhost', 's3.eu-west-1.localhost', 'localhost']) {
      for (const bucket of [Bucket, 'with.dots']) {
        const send = (method: string, path: string, body = ''): Promise<[number | undefined, string]> =>
          new Promise((resolve, reject) => {
            const headers = { host: `${bucket}.${host}:${port}` };
            const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
              response.setEncoding('utf8');
              let text = '';
              response.on('data', (chunk: string) => (text += chunk));
              response.on('end', () => resolve([response.statusCode, text]));
            });
            sent.once('error', reject).end(body);
          });
        expect(await send('PUT', '/in/a%20b', host)).toEqual([200, '']);
        expect(await send('GET', '/in/a%20b')).toEqual([200, host]);
        expect((await send('GET', '/?list-type=2'))[1]).toContain('<Key>in/a b</Key>');
      }
    }
  });

  it('are behind AWS’s own addresses, which the SDK of version 2 calls, with the bucket in the host', async () => {
    const { url } = await startBuckets(bucketDefinition('with.dots'));
    const front = new AwsFront({
      endpoints: new AwsEndpoints({ engines: { AWS_ENDPOINT_URL_S3: url } }),
      onRefused: () => undefined,
    });
    const port = await front.start();
    onTestFinished(() => front.stop());
    const headers = { host: 'with.dots.s3.eu-west-1.amazonaws.com' };
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, method: 'PUT', path: '/in/a%20b?x-id=PutObject', headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.once('error', reject).end('text');
    });
    expect(status).toBe(200);
    expect(await (await fetch(`${url}/with.dots/in/a%20b`)).text()).toBe('text');
  });

  it('answer to path style of the SDK by name, too', async () => {
    const { url } = await startBuckets(bucketDefinition(Bucket));
    const named = s3Client(url.replace('127.0.0.1', 'localhost'), { forcePathStyle: true });
    await put(named, 'a', 'text');
    expect(await textOf(named, 'a')).toBe('text');
  });
});
