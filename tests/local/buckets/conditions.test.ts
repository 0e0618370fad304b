import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, put, refusal, startBuckets, textOf } from './buckets-fixture.ts';

describe('conditions', () => {
  it('of reading: an ETag says more than a time', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const { ETag } = await put(client, 'a');
    const status = async (condition: object): Promise<number | undefined> => {
      try {
        return (await client.send(new GetObjectCommand({ Bucket, Key: 'a', ...condition }))).$metadata
          .httpStatusCode;
      } catch (error) {
        return (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode;
      }
    };
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 60_000);
    expect(await status({ IfMatch: ETag })).toBe(200);
    expect(await status({ IfMatch: '"other"' })).toBe(412);
    expect(await status({ IfNoneMatch: ETag })).toBe(304);
    expect(await status({ IfNoneMatch: `"other", ${String(ETag)}` })).toBe(304);
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200);
    expect(await status({ IfModifiedSince: future })).toBe(304);
    expect(await status({ IfModifiedSince: past })).toBe(200);
    expect(await status({ IfUnmodifiedSince: past })).toBe(412);
    expect(await status({ IfMatch: ETag, IfUnmodifiedSince: past })).toBe(200);
    expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: future })).toBe(200);
  });

  it('of writing: what must not be there, and what must be as it was', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    expect(await refusal(put(client, 'a', '1', { IfMatch: '"x"' }))).toMatchObject({ name: 'NoSuchKey' });
    const { ETag } = await put(client, 'a', '1', { IfNoneMatch: '*' });
    expect(await refusal(put(client, 'a', '2', { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    await put(client, 'a', '3', { IfMatch: ETag });
    expect(await refusal(put(client, 'a', '4', { IfMatch: ETag }))).toMatchObject({ status: 412 });
    expect(await textOf(client, 'a')).toBe('3');
    const deletion = client.send(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch: ETag }));
    expect(await refusal(deletion)).toMatchObject({ status: 412 });
  });

  it('hold for one of many that write at once', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const writes = Array.from({ length: 12 }, (_, index) =>
      put(client, 'lock', String(index), { IfNoneMatch: '*' }),
    );
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
