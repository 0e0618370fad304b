import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePackage } from '../../scripts/compile-package.ts';
import type { DocumentReceiver } from '../helpers/document-receiver.ts';
import { receiveDocuments } from '../helpers/document-receiver.ts';
import { sampledTrace } from '../helpers/lambda.ts';
import { runNode } from '../helpers/run.ts';
import { only } from '../helpers/xray.ts';

let folder: string;
let daemon: DocumentReceiver;

/** A batch of one message, handled by a function that uses what is loaded at once and what is loaded later. */
const PROGRAM = `
import middy from '@middy/core';
import { annotate, logger, observability, traced, withRecord } from './dist/src/index.js';

const work = traced('work', () => {
  logger.info('worked for jane@example.com');
  annotate('Step', 'one');
  return { id: 'o-1', email: 'jane@example.com' };
}, { capture: { allow: ['id'] } });
const handler = middy()
  .use(observability({ tracing: { name: '## handler' } }))
  .handler(({ Records }) => Records.map((record) => withRecord(record, work)).length);
const Records = [{ eventSource: 'aws:sqs', body: '{}', messageAttributes: { 'x-correlation-id': { stringValue: 'order-1' } } }];
const context = { functionName: 'f', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 };
console.log('RESULT ' + await handler({ Records }, context));
`;

beforeAll(async () => {
  daemon = await receiveDocuments();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lantern-package-')));
  await compilePackage(folder);
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
}, 60_000);
afterAll(async () => {
  await daemon.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(tracing: boolean) {
  const process = runNode([join(folder, 'program.mjs')], folder, {
    POWERTOOLS_TRACE_ENABLED: String(tracing),
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    _X_AMZN_TRACE_ID: sampledTrace().header,
  });
  expect(await process.exited, process.output()).toBe(0);
  const lines = process.output().split('\n');
  expect(lines).toContain('RESULT 1');
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the package as it is published', () => {
  it('holds the code of its lazy parts in them, and shares all state', async () => {
    const lines = await run(true);

    expect(lines).toMatchObject([
      { message: 'worked for [email]', correlation_id: 'order-1', function_request_id: 'r-1' },
    ]);
    const documents = await daemon.until((all) => all.length === 3);
    const record = only(documents, 'record');
    expect(record).toMatchObject({
      parent_id: only(documents, '## handler').id,
      annotations: { CorrelationId: 'order-1' },
    });
    expect(only(documents, 'work')).toMatchObject({
      parent_id: record.id,
      annotations: { Step: 'one' },
      metadata: { lantern: { result: { id: 'o-1' } } },
    });
    expect(JSON.stringify([documents, lines])).not.toContain('jane');
    expect(await readdir(join(folder, 'dist/src/lazy'))).toEqual(
      expect.arrayContaining(['events.js', 'log-lines.js', 'logger.js', 'recorder.js']),
    );
  });

  it('holds in one file what every pipeline imports at once', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { observability } from './dist/src/index.js'; console.log(observability());`,
        resolveDir: folder,
      },
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      outdir: join(folder, 'bundle'),
      entryNames: 'entry',
      write: false,
    });

    const read = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
    const imported = /^(?:import|}) .*from "\.\/(.*)"|^import "\.\/(.*)"/gm;
    const isEmpty = (name: string): boolean => (read.get(name) ?? '').trim() === '';
    const chunks = [...(read.get('entry.js') ?? '').matchAll(imported)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    expect(chunks.filter((name) => !isEmpty(name))).toHaveLength(1);
  });

  it('writes the same lines while tracing is off', async () => {
    daemon.clear();

    expect(await run(false)).toMatchObject([{ message: 'worked for [email]', correlation_id: 'order-1' }]);
    expect(await daemon.settled()).toEqual([]);
  });
});
