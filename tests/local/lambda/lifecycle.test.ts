import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import { until } from '../../helpers/until.ts';
import { functionDefinition } from './definition.ts';
import type { Harness } from './harness.ts';
import { isRunning, startService } from './harness.ts';

describe('execution environments', () => {
  it('have their code where variables of the template point below /var/task', async () => {
    const { codeDirectory } = functionDefinition();
    const environment = {
      NODE_PATH: '/opt/nodejs/node_modules:/var/task/src:/var/task',
      NODE_OPTIONS: '--no-warnings --conditions=/var/task/x',
      ELSEWHERE: '/var/tasks:/srv/var/task:/var/task.old',
    };
    const { call } = await startService([functionDefinition({ environment })]);
    expect(await call({ action: 'environment' })).toMatchObject({
      NODE_PATH: `/opt/nodejs/node_modules:${codeDirectory}/src:${codeDirectory}`,
      NODE_OPTIONS: `--no-warnings --conditions=${codeDirectory}/x`,
      ELSEWHERE: environment.ELSEWHERE,
    });
  });

  it('are reused, and only the first invocation is a cold start', async () => {
    const { call, reports } = await startService();
    const first = await call();
    const second = await call();
    expect(second).toMatchObject({ pid: first.pid, invocations: 2 });
    expect(reports[0]?.initDuration).toBeGreaterThan(0);
    expect(reports[1]).not.toHaveProperty('initDuration');
  });

  it('take one invocation each when invocations overlap, the one used last first', async () => {
    const { call } = await startService();
    const pids: unknown[] = [];
    const waits = [50, 1].map(async (milliseconds) =>
      pids.push((await call({ action: 'wait', milliseconds })).pid),
    );
    await Promise.all(waits);
    expect(new Set(pids).size).toBe(2);
    expect(await call()).toMatchObject({ pid: pids[1] });
  });

  it.each([1, 3])(
    'are at most %i, and what is above waits for one, in its order',
    async (concurrencyLimit) => {
      const { call, reports, segments } = await startService(undefined, { concurrencyLimit });
      const ids = Array.from({ length: 8 }, (_, index) => `request-${index}`);
      const calls = ids.map((requestId) => call({ action: 'wait', milliseconds: 20 }, { requestId }));
      expect(new Set((await Promise.all(calls)).map(({ pid }) => pid)).size).toBe(concurrencyLimit);
      // Of those that ran at the same time, any may have ended first.
      for (const [place, { requestId }] of reports.entries()) {
        expect(place).toBeGreaterThan(ids.indexOf(requestId) - concurrencyLimit);
      }
      expect(segments().some(({ throttle }) => throttle === true)).toBe(false);
    },
  );

  it.each([
    ['crash', { action: 'exit', code: 1 }],
    ['run out of time', { action: 'wait', milliseconds: 60_000 }],
  ])('that %s make room for those that wait', async (_, event) => {
    const { call, invoke } = await startService([functionDefinition({ timeout: 1 })], {
      concurrencyLimit: 1,
    });
    const broken = invoke(event);
    const waiting = [1, 2].map(() => call());
    expect((await broken).functionError).toBe('Unhandled');
    expect((await Promise.all(waiting)).map(({ invocations }) => invocations)).toEqual([1, 2]);
  });

  it('that are outdated make room for those that wait', async () => {
    const { service, call } = await startService(undefined, { concurrencyLimit: 1 });
    const outdated = call({ action: 'wait', milliseconds: 100 });
    const waiting = call({ action: 'environment' });
    service.reconfigure(functionDefinition({ environment: { VERSION: 'new' } }));
    await outdated;
    expect(await waiting).toMatchObject({ VERSION: 'new' });
  });

  it('are not waited for when the service stops', async () => {
    const { service, call, invoke } = await startService(undefined, { concurrencyLimit: 1 });
    const running = call({ action: 'wait', milliseconds: 60_000 });
    const waiting = expect(invoke()).rejects.toThrow('shop-local-actions has not run: Lantern is stopping');
    await service.stop();
    await waiting;
    expect(await running).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('are limited by reserved concurrency: what is above it is throttled, and recorded as such', async () => {
    const { call, invoke, segments } = await startService([functionDefinition({ reservedConcurrency: 2 })]);
    const running = [1, 2].map(() => call({ action: 'wait', milliseconds: 300 }));
    await expect(invoke()).rejects.toThrow(ThrottledError);
    expect(segments().find(({ throttle }) => throttle === true)).toMatchObject({
      origin: 'AWS::Lambda',
      error: true,
      http: { response: { status: 429 } },
    });
    await Promise.all(running);
    expect(await call()).toMatchObject({ invocations: 2 });
  });

  it('are none where the reserved concurrency is 0', async () => {
    const { invoke } = await startService([functionDefinition({ reservedConcurrency: 0 })]);
    await expect(invoke()).rejects.toThrow(ThrottledError);
  });

  it('are waited for by no more invocations than the reserved concurrency lets run at once', async () => {
    const { invoke } = await startService([functionDefinition({ reservedConcurrency: 5 })], {
      concurrencyLimit: 2,
    });
    const calls = Array.from({ length: 12 }, () => invoke({ action: 'wait', milliseconds: 100 }));
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(7);
  });

  it('make room for a new one when one crashes', async () => {
    const { call, invoke } = await startService(undefined, { concurrencyLimit: 1 });
    await invoke({ action: 'exit', code: 1 });
    expect(await call()).toMatchObject({ invocations: 1 });
  });

  it('are ended when they were not used for long', async () => {
    const { call } = await startService(undefined, { idleTimeoutMs: 50 });
    const { pid } = await call();
    await until(() => !isRunning(pid as number), 'the end of the process');
    expect(await call()).toMatchObject({ invocations: 1 });
  });

  it('run in the code directory with Lambda’s variables and none of the developer’s', async () => {
    process.env.LANTERN_TEST_SECRET = 'of the developer';
    const definition = functionDefinition({
      environment: {
        TABLE: 'orders',
        TZ: 'Europe/Berlin',
        AWS_REGION: 'ignored',
        AWS_ENDPOINT_URL_SNS: 'its own',
      },
    });
    const endpoints = { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_SNS: 'given' };
    const { call } = await startService([definition], { endpoints, daemonAddress: '127.0.0.1:2345' });
    const variables = await call({ action: 'environment' });
    delete process.env.LANTERN_TEST_SECRET;
    expect(variables).toMatchObject({
      TABLE: 'orders',
      TZ: 'Europe/Berlin',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_SNS: 'its own',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'shop-local-actions',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: 'Text',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2345',
      _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
      _AWS_XRAY_DAEMON_PORT: '2345',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      LAMBDA_TASK_ROOT: definition.codeDirectory,
      _HANDLER: 'actions.handler',
      PATH: process.env.PATH,
    });
    expect(variables._X_AMZN_TRACE_ID).toContain('Sampled=1');
    for (const name of [
      'LANTERN_TEST_SECRET',
      'HOME',
      'NODE_OPTIONS',
      'VITEST',
      'AWS_PROFILE',
      'AWS_LAMBDA_LOG_LEVEL',
    ]) {
      expect(variables).not.toHaveProperty(name);
    }
    expect(await call()).toMatchObject({ directory: definition.codeDirectory });
  });
});

describe('stopping', () => {
  it('leaves no process, whether idle, busy or just starting', async () => {
    const { service, call } = await startService();
    const idle = await call({ action: 'wait', milliseconds: 1 });
    const busy = call({ action: 'wait', milliseconds: 60_000 });
    const starting = call();
    await service.stop();
    expect(isRunning(idle.pid as number)).toBe(false);
    expect(await busy).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await starting).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('takes no invocation any more', async () => {
    const { service, invoke } = await startService();
    await service.stop();
    await expect(invoke()).rejects.toThrow('stopped');
  });

  it.each([
    ['waits', { action: 'wait', milliseconds: 60_000 }],
    ['loops', { action: 'busy' }],
    ['is idle', {}],
  ])(
    'happens to a function that %s, and to its children, when their parent dies suddenly',
    async (_, event) => {
      const parent = spawn(
        process.execPath,
        [join(import.meta.dirname, 'parent.ts'), JSON.stringify(event)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const [output] = (await once(parent.stdout, 'data')) as [Buffer];
      const pids = (JSON.parse(output.toString()) as { pid: number }[]).map(({ pid }) => pid);
      expect(pids.map(isRunning)).toEqual([true, true]);
      // Until the function is busy.
      await sleep(200);
      parent.kill('SIGKILL');
      await until(() => !pids.some(isRunning), 'the end of every process');
    },
  );

  it('happens to the children of a function with it', async () => {
    const { service, call } = await startService();
    const { pid } = (await call({ action: 'leave-child' })) as { pid: number };
    expect(isRunning(pid)).toBe(true);
    await service.stop();
    await until(() => !isRunning(pid), 'the end of the child');
  });
});

describe('a process between invocations', () => {
  const stateOf = async (pid: unknown): Promise<string | undefined> =>
    / (\w) /.exec((await readFile(`/proc/${String(pid)}/stat`, 'latin1')).split(')').at(-1) ?? '')?.[1];
  const lengthOf = async (file: string): Promise<number> =>
    (await readFile(file, 'utf8').catch(() => '')).length;
  const fileOf = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'lantern-frozen-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return join(folder, 'left-undone');
  };

  it.runIf(process.platform === 'linux')('stands still, and goes on with the next one', async () => {
    const { call } = await startService();
    const file = await fileOf();
    const { pid } = await call({ action: 'leave-undone', file });
    await until(async () => (await stateOf(pid)) === 'T', 'the process to stand still');
    const done = await lengthOf(file);
    expect(await call({ action: 'wait', milliseconds: 50 })).toEqual({ pid });
    await until(async () => (await lengthOf(file)) > done, 'what was left undone');
    await until(async () => (await stateOf(pid)) === 'T', 'the process to stand still again');
  });

  it('is ended while it stands still', async () => {
    const { call, service } = await startService();
    const { pid } = await call({ action: 'wait', milliseconds: 1 });
    await service.stop();
    expect(isRunning(pid as number)).toBe(false);
  });

  it('goes on where that is asked for', async () => {
    const { call } = await startService(undefined, { freeze: false });
    const file = await fileOf();
    await call({ action: 'leave-undone', file });
    const done = await lengthOf(file);
    await until(async () => (await lengthOf(file)) > done, 'what was left undone');
  });
});

describe('a function that isolates its tenants', () => {
  const isolated = functionDefinition({ isolatesTenants: true });
  /** The process in which a tenant's invocation runs. */
  const processOf = async ({ call }: Harness, tenantId: string): Promise<unknown> =>
    (await call({ action: 'wait', milliseconds: 0 }, { tenantId })).pid;

  it('has environments of its own for each of them', async () => {
    const harness = await startService([isolated]);
    const pids: unknown[] = [];
    for (const tenant of ['blue', 'red', 'blue', 'red']) pids.push(await processOf(harness, tenant));
    const [blue, red] = pids;
    expect(pids).toEqual([blue, red, blue, red]);
    expect(blue).not.toBe(red);
  });

  it('ends an idle environment of another tenant where there is no room for a new one', async () => {
    const harness = await startService([isolated], { concurrencyLimit: 1 });
    const blue = await processOf(harness, 'blue');
    const red = await processOf(harness, 'red');
    const blueAgain = await processOf(harness, 'blue');
    expect(new Set([blue, red, blueAgain]).size).toBe(3);
    expect(await processOf(harness, 'blue')).toBe(blueAgain);
  });

  it('refuses a call that names no tenant, and any other function one that does', async () => {
    const { invoke } = await startService([isolated]);
    await expect(invoke({ action: 'empty' })).rejects.toThrow(
      /isolates its tenants, and the call names none/,
    );
    const plain = await startService();
    await expect(plain.invoke({ action: 'empty' }, { tenantId: 'blue' })).rejects.toThrow(
      /does not isolate its tenants, and the call names one/,
    );
  });
});
