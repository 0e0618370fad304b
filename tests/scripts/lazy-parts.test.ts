import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
void handler({ Records }, context).then((answer) => console.log('RESULT ' + answer));
`;

/** Two copies of the package that read the same parts, as where something loads it anew. Their invocations overlap. */
const COPIES = `
import { setTimeout } from 'node:timers/promises';
import middy from '@middy/core';

const copies = await Promise.all(['index.js', 'index-again.js'].map((file) => import('./dist/src/' + file)));
const invoke = ({ annotate, getCorrelationId, logger, observability }, id) =>
  middy().use(observability({ tracing: { name: id } })).handler(async () => {
    await setTimeout(5);
    annotate('Seen', String(getCorrelationId()));
    logger.info('handled');
  })(
    { Records: [{ eventSource: 'aws:sqs', body: '{}', messageAttributes: { 'x-correlation-id': { stringValue: id } } }] },
    { functionName: 'f', awsRequestId: id, getRemainingTimeInMillis: () => 5000 },
  );
await Promise.all(copies.map((copy, at) => invoke(copy, 'order-' + at)));
`;

/** A function that uses what most use. */
const FUNCTION = `
import middy from '@middy/core';
import { annotate, logger, observability, traced } from './dist/src/index.js';

const work = traced('work', () => {
  logger.info('worked');
  annotate('Step', 'one');
});
const handler = middy().use(observability()).handler(work);
await handler({ Records: [] }, { functionName: 'f', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 });
`;

/** A process that ends with its answer, as an environment that is frozen, and a recorder that never sends. */
const LATE = `
import middy from '@middy/core';
import { tracing } from './dist/src/index.js';

const nothing = () => undefined;
const trace = {
  recording: true, headers: {}, startSpan: nothing, metadataRoom: () => 0, annotate: nothing, addMetadata: nothing,
  describe: nothing, fail: nothing, setStatus: nothing, checkpoint: nothing, end: () => new Promise(nothing),
};
const handler = middy().use(tracing({ tracer: { startInvocation: () => trace }, flushTimeout: 1 })).handler(() => 'done');
await handler({}, { functionName: 'f', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 });
process.exit(0);
`;

/** Runs the bundle, and tells which of its files were read. */
const READ = `
import { registerHooks } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
const read = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:') && dirname(fileURLToPath(url)) === import.meta.dirname) read.push(basename(url));
    return next(url, context);
  },
});
await import('./entry.mjs');
console.log('READ ' + JSON.stringify(read));
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

async function run(tracing: boolean, program = 'program.mjs') {
  const process = runNode([join(folder, program)], folder, {
    POWERTOOLS_TRACE_ENABLED: String(tracing),
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    _X_AMZN_TRACE_ID: sampledTrace().header,
  });
  expect(await process.exited, process.output()).toBe(0);
  return process
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What the program leaves, wherever its code stands. */
async function expectItsTrace(lines: readonly Record<string, unknown>[]): Promise<void> {
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
}

beforeEach(() => daemon.clear());

describe('the package as it is published', () => {
  it('holds the code of its lazy parts in them, and shares all state', async () => {
    await expectItsTrace(await run(true));
    expect(await readdir(join(folder, 'dist/src/lazy'))).toEqual(
      expect.arrayContaining(['events.js', 'logger.js', 'masking.js', 'recorder.js']),
    );
  });

  it.each<[string, BuildOptions]>([
    ['split', { format: 'esm', splitting: true }],
    [
      'split and minified, with names kept',
      { format: 'esm', splitting: true, minify: true, keepNames: true },
    ],
    ['in one ES module', { format: 'esm', minify: true }],
    // Middy cannot be required, and so has to be in it.
    ['as CommonJS', { format: 'cjs', minify: true, keepNames: true, packages: 'bundle' }],
  ])('does the same where it is bundled %s', async (name, options) => {
    const extension = options.format === 'cjs' ? '.cjs' : '.mjs';
    const outdir = `bundled/${name.replaceAll(' ', '-')}`;
    await build({
      entryPoints: { program: join(folder, 'program.mjs') },
      bundle: true,
      packages: 'external',
      platform: 'node',
      outdir: join(folder, outdir),
      outExtension: { '.js': extension },
      ...options,
    });

    await expectItsTrace(await run(true, `${outdir}/program${extension}`));
  });

  it('gives each copy of the package its own parts, where copies read the same files', async () => {
    const source = join(folder, 'dist/src');
    for (const file of (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.js'))) {
      const text = await readFile(join(source, file), 'utf8');
      // All but what the pipeline loads later is there twice.
      if (file.startsWith('lazy/') || file.includes('opentelemetry')) continue;
      const again = text.replaceAll(/(from\s*["'][.][^"']*)[.]js(["'])/g, '$1-again.js$2');
      await writeFile(join(source, file.replace(/[.]js$/, '-again.js')), again);
    }
    await writeFile(join(folder, 'copies.mjs'), COPIES);

    const lines = await run(true, 'copies.mjs');

    expect(lines.map((line) => [line.message, line.correlation_id])).toEqual([
      ['handled', 'order-0'],
      ['handled', 'order-1'],
    ]);
    const documents = await daemon.until((all) => all.length === 2);
    for (const id of ['order-0', 'order-1']) {
      expect(only(documents, id)).toMatchObject({ annotations: { CorrelationId: id, Seen: id } });
    }
  });

  it('is read in few files by a bundle that splits, and never in an empty one', async () => {
    const outdir = join(folder, 'bundle');
    await build({
      stdin: { contents: FUNCTION, resolveDir: folder },
      entryNames: 'entry',
      bundle: true,
      minify: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      outdir,
      outExtension: { '.js': '.mjs' },
    });
    await writeFile(join(outdir, 'read.mjs'), READ);

    const read = async (env: NodeJS.ProcessEnv): Promise<string[]> => {
      const process = runNode([join(outdir, 'read.mjs')], outdir, {
        POWERTOOLS_TRACE_ENABLED: 'true',
        AWS_XRAY_DAEMON_ADDRESS: daemon.address,
        _X_AMZN_TRACE_ID: sampledTrace().header,
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
        ...env,
      });
      expect(await process.exited, process.output()).toBe(0);
      const names = JSON.parse(/^READ (.*)$/m.exec(process.output())?.[1] ?? '') as string[];
      return names.map((name) => name.replace(/-[A-Z0-9]{8}[.]mjs$/, '')).sort();
    };
    // What is loaded at once, what reads the event, and what masks the line, which the recorder needs too.
    const off = ['entry.mjs', 'events', 'masking'];
    const on = [...off, 'recorder'];
    const unsampled = sampledTrace().header.replace('Sampled=1', 'Sampled=0');
    expect(await read({ POWERTOOLS_TRACE_ENABLED: 'false' })).toEqual(off);
    expect(await read({})).toEqual(on);
    expect(await read({ _X_AMZN_TRACE_ID: unsampled })).toEqual(off);
    // Where it is there sooner, or nobody waits for it, it is loaded before anybody knows.
    for (const early of [
      { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024' },
      { AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' },
    ]) {
      expect(await read({ _X_AMZN_TRACE_ID: unsampled, ...early }), JSON.stringify(early)).toEqual(on);
    }
    for (const name of await readdir(outdir)) {
      expect((await readFile(join(outdir, name), 'utf8')).trim(), name).not.toBe('');
    }
  });

  it('writes what tracing() alone has to say before it answers', async () => {
    await writeFile(join(folder, 'late.mjs'), LATE);
    const process = runNode([join(folder, 'late.mjs')], folder, {});

    expect(await process.exited, process.output()).toBe(0);
    expect(process.output()).toContain('had not left the process in time');
  });

  it('writes the same lines while tracing is off', async () => {
    expect(await run(false)).toMatchObject([{ message: 'worked for [email]', correlation_id: 'order-1' }]);
    expect(await daemon.settled()).toEqual([]);
  });
});
