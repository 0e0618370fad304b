import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { UnpackedFunctions } from '../../local/unpack-functions.ts';
import { unpackFunctions } from '../../local/unpack-functions.ts';
import { receiveDocuments } from '../helpers/document-receiver.ts';
import { sampledTrace } from '../helpers/lambda.ts';
import { runNode } from '../helpers/run.ts';

let folder: string;
let handler: string;
let unpacked: UnpackedFunctions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lantern-bundle-'));
  unpacked = await unpackFunctions(
    new Map([['take-payment', join(inject('packagedShop'), 'take-payment.zip')]]),
    folder,
  );
  handler = join(unpacked.folders.get('take-payment') ?? '', 'src/handlers/take-payment.mjs');
  // Runs the bundled handler as Lambda would, and tells which modules the process has loaded.
  await writeFile(
    join(folder, 'invoke.mjs'),
    `import { registerHooks } from 'node:module';
     const loaded = [];
     registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
     const { handler } = await import(${JSON.stringify(pathToFileURL(handler).href)});
     const event = { httpMethod: 'POST', headers: { 'content-type': 'application/json' }, body: '{"orderId":"o-1","amount":9}' };
     const response = await handler(event, { functionName: 'take-payment', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 });
     console.log('RESULT ' + JSON.stringify({ response, loaded }));`,
  );
});
afterAll(async () => {
  await unpacked.remove();
  await rm(folder, { recursive: true, force: true });
});

async function invoke(tracing: 'true' | 'false', daemonAddress: string) {
  const run = runNode([join(folder, 'invoke.mjs')], folder, {
    POWERTOOLS_TRACE_ENABLED: tracing,
    LAMBDA_TASK_ROOT: folder,
    AWS_XRAY_DAEMON_ADDRESS: daemonAddress,
    _X_AMZN_TRACE_ID: sampledTrace().header,
  });
  expect(await run.exited).toBe(0);
  const result = /^RESULT (.*)$/m.exec(run.output())?.[1] ?? '';
  return JSON.parse(result) as { response: { statusCode: number }; loaded: string[] };
}

describe('a bundled function', () => {
  it('loads nothing of X-Ray while tracing is off, and nothing of its SDK while it is on', async () => {
    const daemon = await receiveDocuments();

    const off = await invoke('false', daemon.address);
    expect(off.response.statusCode).toBe(201);
    const texts = await Promise.all(
      off.loaded.filter((url) => url.startsWith('file:')).map((url) => readFile(new URL(url), 'utf8')),
    );
    expect(texts.length).toBeGreaterThan(0);
    expect(off.loaded.filter((url) => url.includes('xray'))).toEqual([]);
    expect(texts.filter((text) => text.includes('AWS_XRAY_DAEMON_ADDRESS'))).toEqual([]);
    expect(await daemon.settled()).toEqual([]);

    const on = await invoke('true', daemon.address);
    expect(on.response).toEqual(off.response);
    expect(on.loaded.some((url) => url.includes('xray-tracer'))).toBe(true);
    const recorder = await Promise.all(
      on.loaded.filter((url) => url.startsWith('file:')).map((url) => readFile(new URL(url), 'utf8')),
    );
    // A name in the namespace of the SDK, which nothing here uses.
    expect(recorder.filter((text) => text.includes('captureAsyncFunc'))).toEqual([]);
    const documents = await daemon.until((all) => all.length === 2);
    expect(documents.map(({ name }) => name)).toEqual(['chargeCard', '## take-payment']);
    await daemon.stop();
  });
});
