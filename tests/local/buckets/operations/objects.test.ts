import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, put, refusal, startBuckets, textOf } from '../buckets-fixture.ts';

describe('objects', () => {
  it.each([
    'plain.txt',
    'a folder/with spaces + plus & more.txt',
    'ümläut/日本/🦊.json',
    '/leading//double/',
    '100%25 <&>"\'.xml',
    'line\nbreak',
    'k'.repeat(1024),
  ])('are kept under any key: %j', async (Key) => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, Key, Key);
    expect(await textOf(client, Key)).toBe(Key);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map((each) => each.Key)).toEqual([Key]);
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toBeUndefined();
  });

  it('come back with all that was sent with them', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const sent = {
      ContentType: 'text/csv; charset=utf-8',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      ContentDisposition: 'attachment; filename="a.csv"',
      CacheControl: 'max-age=60',
      WebsiteRedirectLocation: '/elsewhere',
      Metadata: { owner: 'me', 'x-more': 'two words' },
    };
    const { ETag } = await put(client, 'a', 'x', {
      ...sent,
      Expires: new Date('2030-01-01T00:00:00Z'),
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'AES256',
    });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    expect(head).toMatchObject({ ...sent, ETag, ContentLength: 1, AcceptRanges: 'bytes' });
    expect([head.ExpiresString, head.StorageClass, head.ServerSideEncryption]).toEqual([
      'Tue, 01 Jan 2030 00:00:00 GMT',
      'STANDARD_IA',
      'AES256',
    ]);
    const read = await client.send(
      new GetObjectCommand({ Bucket, Key: 'a', ResponseContentType: 'text/plain' }),
    );
    expect(read).toMatchObject({ ...sent, ContentType: 'text/plain', ETag });
  });

  it('may be streams of unknown length, empty, and of any size', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const large = randomBytes(17 * 1024 * 1024);
    await put(client, 'large', large);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'large' }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(large)).toBe(true);
    await put(client, 'empty', '');
    expect(await textOf(client, 'empty')).toBe('');
    const stream = Readable.from(['one,', 'two,', 'three']);
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: stream, ContentLength: 13 }));
    expect(await textOf(client, 'stream')).toBe('one,two,three');
  });

  it.each([
    ['bytes=2-4', 'cde', 'bytes 2-4/10'],
    ['bytes=7-', 'hij', 'bytes 7-9/10'],
    ['bytes=-3', 'hij', 'bytes 7-9/10'],
    ['bytes=-30', 'abcdefghij', 'bytes 0-9/10'],
    ['bytes=8-99', 'ij', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', 'abcdefghij', undefined],
    ['lines=1-2', 'abcdefghij', undefined],
    ['bytes=5-2', 'abcdefghij', undefined],
  ])('are read in part: %s', async (Range, expected, ContentRange) => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a', 'abcdefghij');
    const read = await client.send(new GetObjectCommand({ Bucket, Key: 'a', Range }));
    expect([await read.Body?.transformToString(), read.ContentRange]).toEqual([expected, ContentRange]);
    expect(read.$metadata.httpStatusCode).toBe(ContentRange === undefined ? 200 : 206);
  });

  it('have no bytes behind their end', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a', 'abc');
    const beyond = client.send(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=3-' }));
    expect(await refusal(beyond)).toMatchObject({ name: 'InvalidRange', status: 416 });
  });

  it('are copied, with or without what was sent with them', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket), bucketDefinition('archive'));
    const Key = 'in/a b+c.txt';
    await put(client, Key, 'text', { Metadata: { a: '1' }, ContentType: 'text/x', Tagging: 'kind=first' });
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    const copy = (target: string, more: object = {}) =>
      client.send(new CopyObjectCommand({ Bucket: 'archive', Key: target, CopySource, ...more }));
    const { CopyObjectResult } = await copy('same');
    const same = await client.send(new GetObjectCommand({ Bucket: 'archive', Key: 'same' }));
    expect(await same.Body?.transformToString()).toBe('text');
    expect(same).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/x', TagCount: 1 });
    expect(CopyObjectResult?.ETag).toBe(same.ETag);
    await copy('other', {
      MetadataDirective: 'REPLACE',
      Metadata: { b: '2' },
      TaggingDirective: 'REPLACE',
      Tagging: 'x=1&y=2',
    });
    const other = await client.send(new HeadObjectCommand({ Bucket: 'archive', Key: 'other' }));
    expect(other).toMatchObject({ Metadata: { b: '2' }, ContentType: 'binary/octet-stream' });
    expect(await refusal(copy('x', { CopySourceIfMatch: '"other"' }))).toMatchObject({ status: 412 });
    const missing = client.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/none` }));
    expect(await refusal(missing)).toMatchObject({ name: 'NoSuchKey', status: 404 });
    const itself = client.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    expect(await refusal(itself)).toMatchObject({ name: 'InvalidRequest', status: 400 });
  });

  it('have tags', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a', 'x', { Tagging: 'stage=new&who=me%20%26%20you' });
    const tags = async () =>
      (await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet?.map(({ Key, Value }) => [
        Key,
        Value,
      ]);
    expect(await tags()).toEqual([
      ['stage', 'new'],
      ['who', 'me & you'],
    ]);
    const TagSet = [{ Key: 'done', Value: '<yes>' }];
    await client.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet } }));
    expect(await tags()).toEqual([['done', '<yes>']]);
    const twice = [...TagSet, ...TagSet];
    const refused = client.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: twice } }),
    );
    expect(await refusal(refused)).toMatchObject({ name: 'InvalidTag' });
    await client.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a' }));
    expect(await tags()).toEqual([]);
    const absent = client.send(new GetObjectTaggingCommand({ Bucket, Key: 'b' }));
    expect(await refusal(absent)).toMatchObject({ name: 'NoSuchKey' });
  });

  it('are deleted many at once, also where there is none', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const keys = ['a&b', 'c d', 'e'];
    for (const Key of keys) await put(client, Key);
    const Objects = [...keys, 'none'].map((Key) => ({ Key }));
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual([...keys, 'none']);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const versions = { Objects: [{ Key: 'a', VersionId: 'v1' }], Quiet: true };
    const refused = await client.send(new DeleteObjectsCommand({ Bucket, Delete: versions }));
    expect(refused.Errors).toMatchObject([{ Key: 'a', Code: 'NotImplemented' }]);
  });

  it('that are not what their checksum says are refused', async () => {
    const { client, url } = await startBuckets(bucketDefinition(Bucket));
    expect(await refusal(put(client, 'a', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).toMatchObject({
      name: 'BadDigest',
    });
    expect(await refusal(put(client, 'a', 'x', { ContentMD5: 'short' }))).toMatchObject({
      name: 'InvalidDigest',
    });
    for (const header of ['x-amz-checksum-crc32', 'x-amz-checksum-sha1', 'x-amz-checksum-sha256']) {
      const response = await fetch(`${url}/${Bucket}/a`, {
        method: 'PUT',
        body: 'x',
        headers: { [header]: 'AAAA' },
      });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('BadDigest')]);
    }
    const signed = { 'x-amz-content-sha256': '0'.repeat(64) };
    const response = await fetch(`${url}/${Bucket}/a`, { method: 'PUT', body: 'x', headers: signed });
    expect(await response.text()).toContain('XAmzContentSHA256Mismatch');
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });
});
