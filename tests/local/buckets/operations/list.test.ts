import { ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, put, startBuckets } from '../buckets-fixture.ts';

describe('lists', () => {
  const keys = ['A.txt', 'a.txt', 'B/1', 'b/1', 'b/2', 'b/c/3', 'zz', 'é', '\u{ffee}', '😀'];

  it('come in the order of bytes, page by page, with prefixes and delimiters', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    for (const Key of keys.toReversed()) await put(client, Key);
    const sorted = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    for (const MaxKeys of [1, 2, 3, 1000]) {
      const found: (string | undefined)[] = [];
      const grouped: (string | undefined)[] = [];
      for (const [target, Delimiter] of [
        [found, undefined],
        [grouped, '/'],
      ] as const) {
        let ContinuationToken: string | undefined;
        do {
          const page = await client.send(
            new ListObjectsV2Command({ Bucket, MaxKeys, Delimiter, ContinuationToken }),
          );
          const { Contents = [], CommonPrefixes = [] } = page;
          expect(page.KeyCount).toBe(Contents.length + CommonPrefixes.length);
          target.push(...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix));
          ContinuationToken = page.NextContinuationToken;
          expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
        } while (ContinuationToken !== undefined);
      }
      expect(found).toEqual(sorted);
      expect(grouped.toSorted()).toEqual(
        [...sorted.filter((key) => !key.includes('/')), 'B/', 'b/'].toSorted(),
      );
    }
    const below = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', Delimiter: '/' }));
    expect([below.Contents?.map(({ Key }) => Key), below.CommonPrefixes]).toEqual([
      ['b/1', 'b/2'],
      [{ Prefix: 'b/c/' }],
    ]);
    const after = await client.send(
      new ListObjectsV2Command({ Bucket, StartAfter: 'b/2', FetchOwner: true }),
    );
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(sorted.slice(sorted.indexOf('b/2') + 1));
    expect(after.Contents?.[0]?.Owner?.ID).toBeTypeOf('string');
  });

  it('of the first version go on after a marker', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    for (const Key of ['a/1', 'a/2', 'b', 'c']) await put(client, Key);
    const first = await client.send(
      new ListObjectsCommand({ Bucket, MaxKeys: 2, Delimiter: '/', EncodingType: 'url' }),
    );
    expect([first.CommonPrefixes, first.Contents?.map(({ Key }) => Key), first.NextMarker]).toEqual([
      [{ Prefix: 'a/' }],
      ['b'],
      'b',
    ]);
    const Marker = first.NextMarker;
    const second = await client.send(new ListObjectsCommand({ Bucket, Marker, Delimiter: '/' }));
    expect([second.Contents?.map(({ Key }) => Key), second.IsTruncated]).toEqual([['c'], false]);
  });

  it('are refused for what is no number of keys', async () => {
    const { url } = await startBuckets(bucketDefinition(Bucket));
    const response = await fetch(`${url}/${Bucket}?list-type=2&max-keys=ten`);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('InvalidArgument'),
    ]);
  });
});
