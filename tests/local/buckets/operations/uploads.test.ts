import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketDefinition, put, refusal, startBuckets, textOf } from '../buckets-fixture.ts';

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
