import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { AdoptedService } from './adopted-service.ts';
import { segmentsOf } from './adopted-service.ts';

export const imports: AdoptedService = {
  name: 'imports',
  kind: 'an import of files by S3 and a stream, in TypeScript with roles for each function',
  packages: {
    'announceRows.zip': ['src/announce-rows.js', 'src/announce-rows.js.map'],
    'forgetArchived.zip': ['src/forget-archived.js', 'src/forget-archived.js.map'],
    'importRows.zip': ['src/import-rows.js', 'src/import-rows.js.map'],
  },
  alarmed: ['function', 'table', 'queue', 'account'],
  async use(stack) {
    const { port, run } = stack;
    const account = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const s3 = new S3Client({ ...account, endpoint: `http://127.0.0.1:${port + 17}` });
    const sqs = new SQSClient({ ...account, endpoint: `http://127.0.0.1:${port + 3}` });
    try {
      const Bucket = 'imports-local-uploads';
      const upload = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      await upload('incoming/nothing to read.txt', 'no csv');
      await upload('incoming/first file.csv', 'id;name\n1;tea\n2;pot\n');
      await run.until('2 rows of incoming/first file.csv');
      const QueueUrl = `http://127.0.0.1:${port + 3}/000000000000/imports-local-announcements`;
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      const { added } = JSON.parse(Messages?.[0]?.Body ?? '{}') as { added?: string[] };
      expect(added?.toSorted()).toEqual(['1', '2']);
      expect(run.output()).not.toContain('nothing to read');

      // What another team's bucket tells.
      await s3.send(new PutObjectCommand({ Bucket: 'company-archive', Key: '1', Body: 'x' }));
      await s3.send(new DeleteObjectCommand({ Bucket: 'company-archive', Key: '1' }));
      await run.until(/forgetArchived .*REPORT/);
    } finally {
      s3.destroy();
      sqs.destroy();
    }
    expect(await segmentsOf(stack, 'imports-local-importRows')).toEqual([
      ['imports-local-importRows', 'AWS::Lambda'],
      ['imports-local-importRows', 'AWS::Lambda::Function'],
    ]);
  },
};
