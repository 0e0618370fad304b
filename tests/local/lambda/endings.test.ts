import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  InvalidRequestError,
  RequestTooLargeError,
  UnknownFunctionError,
} from '../../../local/lambda/invocation.ts';
import { functionDefinition } from './definition.ts';
import { isRunning, sharedService, startService } from './harness.ts';

async function temporaryCode(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lantern-function-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

describe('an invocation that succeeds', () => {
  const { call, invoke } = sharedService();

  it('returns the handler’s result as JSON', async () => {
    const response = await invoke({ orderId: 'ö-1' });
    expect(JSON.parse(response.payload)).toMatchObject({ event: { orderId: 'ö-1' } });
    expect(response).not.toHaveProperty('functionError');
    expect(response.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps the request id that it was given', async () => {
    const requestId = '11111111-2222-3333-4444-555555555555';
    expect((await invoke({}, { requestId })).requestId).toBe(requestId);
    expect(await call({ action: 'context' }, { requestId })).toMatchObject({ awsRequestId: requestId });
  });

  it('answers null for undefined', async () => {
    expect((await invoke({ action: 'undefined' })).payload).toBe('null');
  });

  it('gives the handler Lambda’s context', async () => {
    const clientContext = Buffer.from('{"custom":{"grüße":"ja"},\n"env":{}}').toString('base64');
    const context = await call({ action: 'context' }, { clientContext });
    expect(context).toMatchObject({
      functionName: 'shop-local-actions',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:shop-local-actions',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/shop-local-actions',
      clientContext: { custom: { grüße: 'ja' }, env: {} },
    });
    expect(context).not.toHaveProperty('callbackWaitsForEmptyEventLoop');
    expect(context.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(30_000);
  });

  it('loads CommonJS, nested exports and .mjs', async () => {
    const codeDirectory = await temporaryCode({ 'module.mjs': 'export const handler = async () => "mjs";' });
    const { service } = await startService([
      functionDefinition({ name: 'cjs', handler: 'common.api.handler' }),
      functionDefinition({ name: 'mjs', handler: 'module.handler', codeDirectory }),
    ]);
    const results = await Promise.all(
      ['cjs', 'mjs'].map(
        async (functionName) => (await service.invoke({ functionName, payload: '{}' })).payload,
      ),
    );
    expect(results).toEqual(['{"commonJs":true}', '"mjs"']);
  });

  it.each([
    ['requires CommonJS', 'index.js', '{}', 'patched'],
    ['requires .cjs', 'index.cjs', '{ "type": "module" }', 'patched'],
    ['imports an ES module', 'index.js', '{ "type": "module" }', 'plain'],
    ['imports .mjs', 'index.mjs', '{}', 'plain'],
  ])(
    '%s in nodejs22.x, so that what patches required modules sees what it sees in Lambda: %s',
    async (_what, file, manifest, seen) => {
      const codeDirectory = await temporaryCode({
        'package.json': manifest,
        [file]: `${seen === 'plain' ? 'export const handler =' : 'exports.handler ='} async () => 'plain';`,
        'patch.cjs': `
        const { prototype } = require('node:module');
        const { require: original } = prototype;
        prototype.require = function (id) {
          const loaded = original.call(this, id);
          return id.includes('index.') ? { handler: async () => 'patched' } : loaded;
        };`,
      });
      const environment = { NODE_OPTIONS: '--require ./patch.cjs' };
      const { invoke } = await startService([
        functionDefinition({ handler: 'index.handler', runtime: 'nodejs22.x', codeDirectory, environment }),
      ]);
      expect((await invoke()).payload).toBe(`"${seen}"`);
    },
  );

  it('starts from a clean asynchronous context each time', async () => {
    await call({ action: 'enter', value: 'first' });
    expect(await call({ action: 'enter', value: 'second' })).toEqual({ found: null });
  });

  it('is not seen by what the function patched into http', async () => {
    const { call } = await startService([functionDefinition({ handler: 'patches-http.handler' })]);
    await call();
    expect(await call()).toEqual({ seen: 0 });
  });

  it('takes and returns payloads up to Lambda’s 6 MB', async () => {
    const size = 6_000_000;
    const response = await invoke({ action: 'big', size, padding: 'y'.repeat(size) });
    expect(response.payload).toHaveLength(size + 2);
  });
});

describe('a function that fails', () => {
  const { call, invoke } = sharedService();

  it('answers with the error it threw, and stays usable', async () => {
    const { invocations } = await call();
    const response = await invoke({ action: 'throw' });
    expect(response).toMatchObject({ functionError: 'Unhandled', failure: 'error' });
    const error = JSON.parse(response.payload) as { trace: string[] };
    expect(error).toMatchObject({ errorType: 'TypeError', errorMessage: 'the order has no items' });
    expect(error.trace[0]).toBe('TypeError: the order has no items');
    expect(error.trace[1]).toContain('actions.js');
    expect(await call()).toMatchObject({ invocations: Number(invocations) + 2 });
  });

  it('answers with what is not an error too', async () => {
    expect(await call({ action: 'throw-text' })).toEqual({
      errorType: 'string',
      errorMessage: 'no such order',
      trace: [],
    });
  });

  it('fails when its result has no JSON', async () => {
    expect(await call({ action: 'big-int' })).toMatchObject({ errorType: 'Runtime.JSONStringifyError' });
  });

  it('fails when its response exceeds 6 MB', async () => {
    const { pid } = await call();
    const response = await invoke({ action: 'big', size: 6_291_556 });
    expect(JSON.parse(response.payload)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage:
        'Response payload size (6291558 bytes) exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect(await call()).toMatchObject({ pid });
  });

  it.each([
    ['reject-later', 'Runtime.UnhandledPromiseRejection', 'RangeError: nobody waits for me'],
    ['throw-later', 'RangeError', 'thrown by a timer'],
  ])(
    'reports what nobody caught (%s) and starts anew, before nodejs24.x',
    async (action, errorType, errorMessage) => {
      const { invoke, call } = await startService([functionDefinition({ runtime: 'nodejs22.x' })]);
      const response = await invoke({ action });
      expect(JSON.parse(response.payload)).toMatchObject({ errorType, errorMessage });
      expect(response.failure).toBe('error');
      expect(await call()).toMatchObject({ invocations: 1 });
    },
  );
});

describe('a function that crashes', () => {
  it.each([
    [{ action: 'exit', code: 1 }, 'Runtime exited with error: exit status 1'],
    // Nobody watches, and Node ends the process: also when the answer would have been the next to come.
    [{ action: 'reject-later' }, 'Runtime exited with error: exit status 1'],
    [{ action: 'reject-unseen' }, 'Runtime exited with error: exit status 1'],
    [{ action: 'throw-later' }, 'Runtime exited with error: exit status 1'],
    [{ action: 'exit', code: 0 }, 'Runtime exited without providing a reason'],
    [{ action: 'kill' }, 'Runtime exited with error: signal: killed'],
    [{ action: 'empty-loop' }, 'Runtime exited without providing a reason'],
  ])('fails only the invocation that it was in: %o', async (event, reason) => {
    const { invoke, call, reports } = await startService();
    const response = await invoke(event);
    expect(response).toMatchObject({ functionError: 'Unhandled', failure: 'crash' });
    expect(JSON.parse(response.payload)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${response.requestId} Error: ${reason}`,
    });
    expect(await call()).toMatchObject({ invocations: 1 });
    expect(reports.map(({ status }) => status)).toEqual(['crash', 'success']);
  });

  it('after its answer does not fail the invocation, and the next one starts anew', async () => {
    const { invoke, call } = await startService([functionDefinition({ runtime: 'nodejs22.x' })]);
    expect(await invoke({ action: 'reject-unseen' })).toMatchObject({ payload: '"answered"' });
    expect(await call()).toMatchObject({ invocations: 1 });
  });
});

describe('a function that runs out of time', () => {
  it.each(['wait', 'busy'])('is ended and answered with a timeout: %s', async (action) => {
    const { invoke, call, reports, logs } = await startService([functionDefinition({ timeout: 1 })]);
    const { pid } = await call();
    const response = await invoke({ action, milliseconds: 60_000 });
    expect(response).toMatchObject({ functionError: 'Unhandled', failure: 'timeout' });
    expect(JSON.parse(response.payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${response.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(isRunning(pid as number)).toBe(false);
    expect(reports[1]).toMatchObject({ status: 'timeout', duration: 1000, billedDuration: 1000 });
    expect(reports[1]?.maxMemoryUsed).toBeGreaterThan(10);
    expect(logs.some(({ message }) => message.endsWith('Task timed out after 1.00 seconds'))).toBe(true);
    expect(await call()).toMatchObject({ invocations: 1 });
  });
});

describe('a function that cannot be loaded', () => {
  it.each([
    ['init-throws.handler', 'RangeError', 'TABLE_NAME is not set'],
    // Lambda's runtime tells a missing module from other errors only where `require` has looked for it.
    ['init-imports.handler', 'Error', 'a-package-that-nobody-installed'],
    ['requires.handler', 'Runtime.ImportModuleError', 'a-package-that-nobody-installed'],
    ['missing.handler', 'Runtime.ImportModuleError', 'looked for missing.js, missing.mjs, missing.cjs in'],
    ['awaits.missing', 'Runtime.HandlerNotFound', 'awaits.missing is undefined or not exported'],
    ['awaits.constant', 'Runtime.HandlerNotFound', 'awaits.constant is not a function'],
    ['awaits.callback', 'Runtime.CallbackHandlerDeprecated', 'async function of event and context'],
    ['awaits', 'Runtime.MalformedHandlerName', "'awaits' is not a handler name"],
    ['init-exits.handler', 'Runtime.ExitError', 'Runtime exited with error: exit status 7'],
  ])('answers with an error of init: %s', async (handler, errorType, message) => {
    const { invoke, reports } = await startService([functionDefinition({ handler })]);
    const response = await invoke();
    expect(response).toMatchObject({ functionError: 'Unhandled', failure: 'init-error' });
    const error = JSON.parse(response.payload) as Record<string, unknown>;
    expect(error).toMatchObject({ errorType });
    expect(error.errorMessage).toContain(message);
    expect(reports).toMatchObject([{ status: 'init-error' }]);
  });

  it.each([
    [`require('@aws-sdk/lib-nobody/deep');`, 'index.cjs', 'nodejs22.x', '@aws-sdk/lib-nobody'],
    [`import '@smithy/nobody';`, 'index.mjs', 'nodejs24.x', '@smithy/nobody'],
    [`require('aws-sdk/nobody');`, 'index.cjs', 'nodejs16.x', 'aws-sdk'],
  ])('says where the SDK of the runtime comes from: %s', async (code, file, runtime, name) => {
    const codeDirectory = await temporaryCode({ [file]: code });
    const { call } = await startService([
      functionDefinition({ codeDirectory, handler: 'index.handler', runtime }),
    ]);
    expect((await call()).errorMessage).toContain(
      `In AWS, the runtime ${runtime} brings ${name}; on this machine it comes from the service: npm install --save-dev ${name}`,
    );
  });

  it.each([
    [`require('aws-sdk/nobody');`, 'nodejs22.x'],
    [`require('@aws-sdk/lib-nobody');`, 'nodejs16.x'],
    [`require('@aws-lambda-powertools/nobody');`, 'nodejs22.x'],
  ])('does not say so of what the runtime does not bring: %s in %s', async (code, runtime) => {
    const codeDirectory = await temporaryCode({ 'index.cjs': code });
    const { call } = await startService([
      functionDefinition({ codeDirectory, handler: 'index.handler', runtime }),
    ]);
    const { errorMessage } = await call();
    expect(errorMessage).toContain('Cannot find module');
    expect(errorMessage).not.toContain('In AWS');
  });

  it('says so where a module is there that has to be compiled', async () => {
    const codeDirectory = await temporaryCode({ 'index.ts': 'export const handler = () => 1;' });
    const { call } = await startService([functionDefinition({ codeDirectory, handler: 'index.handler' })]);
    expect((await call()).errorMessage).toMatch(
      /looked for index\.js, index\.mjs, index\.cjs in .*\. There is index\.ts, which Lambda does not run: let a plugin such as serverless-esbuild/,
    );
  });

  it('tells a syntax error from others', async () => {
    const codeDirectory = await temporaryCode({ 'index.mjs': 'export const handler = async ( => 1;' });
    const { call } = await startService([functionDefinition({ codeDirectory, handler: 'index.handler' })]);
    expect(await call()).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
  });

  it('says so when its code directory is missing', async () => {
    const { call } = await startService([functionDefinition({ codeDirectory: '/nowhere/at/all' })]);
    expect((await call()).errorMessage).toContain('could not be started in /nowhere/at/all');
  });

  it('fails when loading takes too long', async () => {
    const definition = functionDefinition({ handler: 'init-hangs.handler' });
    const { call } = await startService([definition], { initTimeoutMs: 500 });
    const error = await call();
    expect(error).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(error.errorMessage).toContain('Init phase timed out after 0.50 seconds');
  });

  it('awaits its top level and takes a handler that is not async', async () => {
    const { call } = await startService([functionDefinition({ handler: 'awaits.handler' })]);
    expect(await call()).toEqual({ ready: 'loaded' });
  });
});

describe('a request that Lambda refuses', () => {
  const { invoke } = sharedService();

  it('throws for an unknown function, naming those there are', async () => {
    const refused = invoke({}, { functionName: 'shop-local-other' });
    await expect(refused).rejects.toThrow(UnknownFunctionError);
    await expect(refused).rejects.toThrow('shop-local-actions');
  });

  it('throws for a payload above 6 MB, and for what is not JSON', async () => {
    await expect(invoke({ padding: 'x'.repeat(6_291_456) })).rejects.toThrow(RequestTooLargeError);
    await expect(invoke({}, { payload: '{oops' })).rejects.toThrow(InvalidRequestError);
    await expect(invoke({}, { clientContext: 'e29vcHM=' })).rejects.toThrow(InvalidRequestError);
  });
});
