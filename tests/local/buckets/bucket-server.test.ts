import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { AwsFront } from '../../../local/aws/aws-front.ts';
import { bucketDefinition, refusal, s3Client, startBuckets } from './buckets-fixture.ts';

const Bucket = 'uploads';

async function textOf(client: S3Client, Key: string, more: object = {}): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return (await Body?.transformToString()) ?? '';
}

async function put(client: S3Client, Key: string, Body: string | Buffer = 'content', more: object = {}) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}

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

describe('uploads in parts', () => {
  const part = (letter: string): Buffer => Buffer.alloc(5 * 1024 * 1024, letter);

  it('become one object when they are complete, or nothing when they are given up', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const Key = 'big/file';
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ContentType: 'video/x',
        Metadata: { a: '1' },
        Tagging: 'k=v',
      }),
    );
    const id = { Bucket, Key, UploadId };
    const upload = (PartNumber: number, Body: Buffer) =>
      client.send(new UploadPartCommand({ ...id, PartNumber, Body }));
    const [two, one] = [await upload(2, Buffer.from('end')), await upload(1, part('a'))];
    const parts = await client.send(new ListPartsCommand(id));
    expect(parts.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * 1024 * 1024],
      [2, 3],
    ]);
    const listed = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(listed.Uploads?.map((each) => each.Key)).toEqual([Key]);
    const Parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ];
    const done = await client.send(new CompleteMultipartUploadCommand({ ...id, MultipartUpload: { Parts } }));
    expect(done.ETag).toMatch(/^"[\da-f]{32}-2"$/);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({
      ETag: done.ETag,
      ContentLength: 5 * 1024 * 1024 + 3,
      ContentType: 'video/x',
      Metadata: { a: '1' },
    });
    expect(await refusal(client.send(new ListPartsCommand(id)))).toMatchObject({ name: 'NoSuchUpload' });

    const given = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'gone' }));
    const other = { Bucket, Key: 'gone', UploadId: given.UploadId };
    await client.send(new UploadPartCommand({ ...other, PartNumber: 1, Body: 'x' }));
    await client.send(new AbortMultipartUploadCommand(other));
    expect(
      await refusal(client.send(new UploadPartCommand({ ...other, PartNumber: 2, Body: 'x' }))),
    ).toMatchObject({
      name: 'NoSuchUpload',
    });
  });

  it('take parts of other objects', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'source', Buffer.concat([part('a'), part('b')]));
    const Key = 'whole';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const CopySource = `${Bucket}/source`;
    const CopySourceRange = `bytes=${5 * 1024 * 1024}-${10 * 1024 * 1024 - 1}`;
    const { CopyPartResult } = await client.send(
      new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource, CopySourceRange }),
    );
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    expect(await textOf(client, Key, { Range: 'bytes=0-2' })).toBe('bbb');
    expect((await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(5 * 1024 * 1024);
  });

  it('are refused where parts are too small, unknown or numbered wrongly', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    const Key = 'x';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const id = { Bucket, Key, UploadId };
    const upload = (PartNumber: number) =>
      client.send(new UploadPartCommand({ ...id, PartNumber, Body: 'small' }));
    const [one, two] = [await upload(1), await upload(2)];
    const complete = (Parts: object[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...id, MultipartUpload: { Parts } }));
    const both = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ];
    expect(await refusal(complete(both))).toMatchObject({ name: 'EntityTooSmall' });
    expect(await refusal(complete([{ PartNumber: 3, ETag: one.ETag }]))).toMatchObject({
      name: 'InvalidPart',
    });
    expect(await refusal(complete([]))).toMatchObject({ name: 'MalformedXML' });
    expect(await refusal(upload(10_001))).toMatchObject({ name: 'InvalidArgument' });
  });

  it('have checksums of all their parts', async () => {
    const { client } = await startBuckets(bucketDefinition(Bucket));
    await put(client, 'a', 'x', { ChecksumAlgorithm: 'SHA256' });
    const { ObjectSize, Checksum } = await client.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'a', ObjectAttributes: ['ObjectSize', 'Checksum'] }),
    );
    expect([ObjectSize, Checksum?.ChecksumSHA256]).toEqual([1, expect.any(String)]);
  });
});

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
    const wrong = client.send(new CreateBucketCommand({ Bucket: 'Not_a_name' }));
    expect(await refusal(wrong)).toMatchObject({ name: 'InvalidBucketName', status: 400 });
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
