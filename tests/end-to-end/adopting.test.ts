import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../plugin/alarms/alarm-plan.ts';
import type { LocalStack } from '../helpers/local-stack.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(async () => {
  await project.remove();
});

/** A service that gets nothing but the plugin. */
interface Adopted {
  readonly name: string;
  readonly what: string;
  /** What is in each archive that is deployed. */
  readonly archives: Readonly<Record<string, readonly string[]>>;
  /** Kinds of what has alarms. */
  readonly alarmed: readonly string[];
  /** Uses it, and looks at what came of it. */
  readonly use: (running: LocalStack) => Promise<void>;
  /** Of a trace that must be there: name and origin of its segments. */
  readonly traced: readonly (readonly [name: string, origin: string])[];
}

const SERVICES: readonly Adopted[] = [
  {
    name: 'notes',
    what: 'an old JavaScript service of callbacks',
    archives: {
      'notes.zip': ['handlers/answer.js', 'handlers/create-note.js', 'handlers/read-note.js'],
    },
    alarmed: ['function', 'api', 'table', 'account'],
    use: useNotes,
    traced: [
      ['local-notes/local', 'AWS::ApiGateway::Stage'],
      ['notes-local-createNote', 'AWS::Lambda'],
      ['notes-local-createNote', 'AWS::Lambda::Function'],
    ],
  },
  {
    name: 'imports',
    what: 'an import of files by S3 and a stream, in TypeScript with roles for each function',
    archives: {
      'announceRows.zip': ['src/announce-rows.js', 'src/announce-rows.js.map'],
      'custom-resources.zip': [],
      'forgetArchived.zip': ['src/forget-archived.js', 'src/forget-archived.js.map'],
      'importRows.zip': ['src/import-rows.js', 'src/import-rows.js.map'],
    },
    alarmed: ['function', 'table', 'queue', 'account'],
    use: useImports,
    traced: [
      ['imports-local-importRows', 'AWS::Lambda'],
      ['imports-local-importRows', 'AWS::Lambda::Function'],
    ],
  },
];

describe.each(SERVICES)('$what ($name)', ({ name, archives, alarmed, use, traced }) => {
  let service: string;
  let stack: LocalStack | undefined;
  beforeAll(async () => {
    service = await addService(project, name);
  });
  afterAll(() => stack?.stop());

  it('is packaged as before: nothing of ours is in it', async () => {
    const run = runServerless(['package'], service);
    expect(await run.exited, run.output()).toBe(0);
    const folder = join(service, '.serverless');
    const found = (await readdir(folder)).filter((file) => file.endsWith('.zip'));
    expect(found.sort()).toEqual(Object.keys(archives).sort());
    for (const [file, expected] of Object.entries(archives)) {
      const files = Object.keys(unzipSync(await readFile(join(folder, file)))).sort();
      // The framework's own archive holds what its version brings.
      if (expected.length > 0) expect(files).toEqual(expected);
      expect(files.join()).not.toContain('lantern');
    }
  });

  it('has alarms on what it is made of', async () => {
    const run = runServerless(['alarms', '--format', 'json'], service);
    expect(await run.exited, run.output()).toBe(0);
    const { alarms } = JSON.parse(run.stdout()) as AlarmPlan;
    expect(new Set(alarms.map(({ id }) => id.split('.')[0]))).toEqual(new Set(alarmed));
  });

  it('runs as it is, and its traces show Lambda and what is in front of it', async () => {
    const running = await startLocalStack(service);
    stack = running;
    await use(running);
    const shown = await until(async () => {
      for (const { id } of (await running.traces()).traces) {
        const { trace } = await running.trace(id);
        const segments = trace.segments.map(({ name: segment, origin }) => [segment, origin]);
        if (JSON.stringify(segments) === JSON.stringify(traced)) return segments;
      }
      return undefined;
    }, 'the trace');
    expect(shown).toEqual(traced);
  });
});

/** As a page of another origin would. */
async function createNote(api: string, body: object): Promise<Response> {
  return fetch(`${api}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://notes.example' },
    body: JSON.stringify(body),
  });
}

async function useNotes({ api }: LocalStack): Promise<void> {
  const created = await createNote(api, { text: 'water the plants' });
  expect(created.status).toBe(201);
  expect(created.headers.get('access-control-allow-origin')).toBe('*');
  const { id, greeting } = (await created.json()) as { id: string; greeting: string };
  expect(greeting).toBe('kept for you');
  expect(await (await fetch(`${api}/notes/${id}`)).json()).toEqual({ id, text: 'water the plants' });
  expect((await fetch(`${api}/notes/none`)).status).toBe(404);
  expect((await createNote(api, { text: 7 })).status).toBe(400);
  expect(
    (await fetch(`${api}/notes`, { method: 'OPTIONS' })).headers.get('access-control-allow-methods'),
  ).toBe('OPTIONS,POST');
}

async function useImports({ port, run }: LocalStack): Promise<void> {
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
}
