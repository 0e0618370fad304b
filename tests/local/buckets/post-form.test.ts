import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, startBuckets } from './buckets-fixture.ts';

describe('forms of a page', () => {
  const policy = (conditions: unknown[], expiration = new Date(Date.now() + 60_000)): string =>
    Buffer.from(JSON.stringify({ expiration: expiration.toISOString(), conditions })).toString('base64');

  async function post(url: string, fields: Record<string, string>, content = 'file content') {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([content]), 'photo.png');
    return fetch(`${url}/${Bucket}`, { method: 'POST', body: form, redirect: 'manual' });
  }

  it('upload what their policy lets in', async () => {
    const { url, client, events } = await startBuckets(bucketDefinition(Bucket));
    const conditions = [{ bucket: Bucket }, ['starts-with', '$key', 'in/'], ['content-length-range', 1, 100]];
    const fields = {
      key: 'in/${filename}',
      'Content-Type': 'image/png',
      'x-amz-meta-who': 'me',
      policy: policy(conditions),
    };
    expect((await post(url, fields)).status).toBe(204);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'in/photo.png' }));
    expect(head).toMatchObject({ ContentType: 'image/png', Metadata: { who: 'me' }, ContentLength: 12 });
    expect(events.map(({ type }) => type)).toEqual(['ObjectCreated:Post']);
    const created = await post(url, { ...fields, success_action_status: '201' });
    expect([created.status, await created.text()]).toEqual([
      201,
      expect.stringContaining('<Key>in/photo.png</Key>'),
    ]);
    const led = await post(url, { ...fields, success_action_redirect: 'http://localhost:5173/done' });
    expect([led.status, led.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('key=in%2Fphoto.png'),
    ]);
  });

  it.each([
    ['a key that is not meant', { key: 'out/x' }, [['starts-with', '$key', 'in/']], 'AccessDenied'],
    ['a field that is not meant', { key: 'a', acl: 'public-read' }, [{ acl: 'private' }], 'AccessDenied'],
    ['a file that is too large', { key: 'a' }, [['content-length-range', 0, 5]], 'EntityTooLarge'],
    ['a file that is too small', { key: 'a' }, [['content-length-range', 50, 500]], 'EntityTooSmall'],
    ['no key', {}, [], 'InvalidArgument'],
  ])('are refused for %s', async (_what, fields, conditions, code) => {
    const { url, client } = await startBuckets(bucketDefinition(Bucket));
    const response = await post(url, { ...fields, policy: policy(conditions) });
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  it('are refused when their policy has expired, and what is no form', async () => {
    const { url } = await startBuckets(bucketDefinition(Bucket));
    expect(await (await post(url, { key: 'a', policy: policy([], new Date(0)) })).text()).toContain(
      'Policy expired',
    );
    const response = await fetch(`${url}/${Bucket}`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(412);
  });
});
