import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { portsFrom } from '../../../local/command-options.ts';
import type { ServiceInfo } from '../../../local/console-contract.ts';
import { checkOffer } from '../../../local/joining/guest.ts';
import { readRecord, recordPath } from '../../../local/joining/running-record.ts';
import type { LocalPorts } from '../../../local/ports.ts';
import { checkJoining, exportsOfRunning, runService } from '../../../local/run-service.ts';
import type { RunServiceOptions } from '../../../local/run-service.ts';
import { Terminal } from '../../../local/terminal.ts';
import { freePorts } from '../../helpers/local-stack.ts';
import { until } from '../../helpers/until.ts';
import { lambdaFunction } from '../template/read-template.ts';
import { sourceOf } from './source-of.ts';

const functionsDirectory = join(import.meta.dirname, '../../fixtures/lambda-functions');

let state: string;
let ports: LocalPorts;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'lantern-joining-'));
  vi.stubEnv('XDG_STATE_HOME', state);
  const first = await freePorts(20);
  ports = { ...portsFrom({ port: String(first) }), daemon: first + 10, otlp: first + 11 };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(state, { recursive: true, force: true });
});

/** A service of one function, and what else its template has. */
function optionsOf(
  name: string,
  resources: Record<string, unknown> = {},
  more: Partial<RunServiceOptions> = {},
): RunServiceOptions & { readonly lines: string[] } {
  const lines: string[] = [];
  const functionName = `${name}-dev-work`;
  return {
    lines,
    source: sourceOf({
      name,
      directory: functionsDirectory,
      template: {
        Resources: {
          Work: lambdaFunction({ FunctionName: functionName, Handler: 'echo.handler' }),
          ...resources,
        },
        Outputs: { Work: { Value: { Ref: 'Work' }, Export: { Name: `${name}-work` } } },
      },
      codeDirectories: { [functionName]: functionsDirectory },
      functionKeys: { [functionName]: 'work' },
    }),
    ports,
    minuteMs: 60_000,
    freeze: true,
    tracesFile: undefined,
    endpoints: new AwsEndpoints({}),
    credentials: () => Promise.reject(new Error('nothing is called in AWS')),
    alone: false,
    terminal: new Terminal({ write: (line) => lines.push(line), functionKeys: ['work'] }),
    warn: () => undefined,
    onFailed: (error) => lines.push(`failed: ${error.message}`),
    ...more,
  };
}

async function start(options: RunServiceOptions) {
  const running = await runService(options);
  onTestFinished(() => running.stop());
  return running;
}

async function info(): Promise<ServiceInfo> {
  return (await (await fetch(`http://127.0.0.1:${ports.console}/api/service`)).json()) as ServiceInfo;
}

async function invoke(functionName: string) {
  const url = `http://127.0.0.1:${ports.lambda}/2015-03-31/functions/${functionName}/invocations`;
  const { status, headers } = await fetch(url, { method: 'POST', body: '{}' });
  return { status, error: headers.get('x-amz-function-error') };
}

const succeeded = { status: 200, error: null };
const notFound = { status: 404, error: null };

describe('a second service', () => {
  it('runs in the Lantern of the first, with its own names told apart, and leaves it again', async () => {
    const [orders, billing] = [optionsOf('orders'), optionsOf('billing')];
    await start(orders);
    expect(await exportsOfRunning(ports.console)).toMatchObject({ 'import:orders-work': 'orders-dev-work' });
    await checkJoining(billing.source, billing);
    const guest = await start(billing);
    expect(guest.functions).toEqual([{ name: 'billing-dev-work', codeDirectory: functionsDirectory }]);
    expect((await info()).functions.map(({ key, service }) => [service, key])).toEqual([
      ['orders', 'work'],
      ['billing', 'billing/work'],
    ]);
    expect([await invoke('orders-dev-work'), await invoke('billing-dev-work')]).toEqual([
      succeeded,
      succeeded,
    ]);
    await until(() => billing.lines.some((line) => line.includes('REPORT')), "billing's report");
    expect(orders.lines.filter((line) => line.includes('billing/work'))).toEqual([]);

    await guest.stop();
    expect([await invoke('orders-dev-work'), await invoke('billing-dev-work')]).toEqual([
      succeeded,
      notFound,
    ]);
    await until(() => orders.lines.some((line) => line.includes('billing has left')), 'the note of it');
  });

  it('takes the place of the first when that stops, with the code that it was given last', async () => {
    const [orders, billing] = [optionsOf('orders'), optionsOf('billing')];
    const first = await start(orders);
    const second = await start(billing);
    const revised = join(state, 'revised');
    await second.updateCode(new Map([['billing-dev-work', revised]]));
    await first.stop();
    await until(
      () => billing.lines.join('\n').includes('Ctrl-C stops everything'),
      'the second as the first',
    );
    expect(billing.lines.join('\n')).toContain('The Lantern of orders (dev)');
    expect((await info()).services).toEqual([{ name: 'billing', stage: 'dev' }]);
    // There is no code at that place: that is where it looked.
    expect(await invoke('billing-dev-work')).toMatchObject({ error: 'Unhandled' });
    const again = optionsOf('orders');
    await start(again);
    expect(again.lines.join('\n')).toContain('it has joined the Lantern of billing (dev)');
  });

  const queue = (QueueName: string) => ({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName } } });

  it('is refused with what both have, and the first goes on as before', async () => {
    await start(optionsOf('orders', queue('jobs')));
    await expect(runService(optionsOf('billing', queue('jobs')))).rejects.toThrow(
      /Both orders \(dev\), which runs, and billing \(dev\) have the queue jobs/,
    );
    expect((await info()).services).toEqual([{ name: 'orders', stage: 'dev' }]);
    expect([await invoke('orders-dev-work'), await invoke('billing-dev-work')]).toEqual([
      succeeded,
      notFound,
    ]);
  });

  it('is told which settings of its own count for nothing there', async () => {
    await start(optionsOf('orders'));
    const billing = optionsOf('billing', {}, { minuteMs: 1000, freeze: false });
    await start(billing);
    expect(billing.lines.join('\n')).toMatch(
      /not this service's own: --minute, custom\.lantern\.local\.freeze/,
    );
  });

  it.each([
    ['the same service', { name: 'orders' }, /runs orders \(dev\) already/],
    ['another region', { region: 'us-east-1' }, /eu-central-1, and billing \(dev\) is of us-east-1/],
  ])('is refused before it is built: %s', async (_, more, message) => {
    await start(optionsOf('orders'));
    const { source, ...options } = optionsOf('billing');
    await expect(checkJoining({ ...source, ...more }, options)).rejects.toThrow(message);
  });

  it('is refused by a Lantern of another version, with both named', () => {
    const record = { pid: 1, port: 3001, token: 'x' };
    const settings = { minuteMs: 60_000, freeze: true, elsewhere: [] };
    const offer = { version: '0.9.0', region: 'eu-central-1', services: [], exports: {}, settings };
    expect(() => checkOffer({ record, offer }, optionsOf('billing').source, '1.2.3')).toThrow(
      /http:\/\/localhost:3001 is of version 0\.9\.0, and this one of 1\.2\.3/,
    );
  });

  it('neither joins nor is joined where it runs alone', async () => {
    await start(optionsOf('orders', {}, { alone: true }));
    expect(await readRecord(ports.console)).toBeUndefined();
    const billing = optionsOf('billing');
    await expect(checkJoining(billing.source, billing)).rejects.toThrow(`Port ${ports.console} on 127.0.0.1`);
  });
});

describe('who may join', () => {
  /** The status of a request by these headers. */
  function statusOf(headers: Record<string, string>, method = 'GET'): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    httpRequest(
      { host: '127.0.0.1', port: ports.console, path: '/api/join', method, headers },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    )
      .once('error', reject)
      .end();
    return promise;
  }

  it('are programs of the same user alone: the token lies in a file of his', async () => {
    await start(optionsOf('orders'));
    const { token = '' } = (await readRecord(ports.console)) ?? {};
    expect(token.length).toBeGreaterThan(30);
    if (process.platform !== 'win32') {
      expect((await stat(recordPath(ports.console))).mode & 0o777).toBe(0o600);
      expect((await stat(join(recordPath(ports.console), '..'))).mode & 0o777).toBe(0o700);
    }
    const authorization = `Bearer ${token}`;
    const own = `127.0.0.1:${ports.console}`;
    expect(await statusOf({ host: own, authorization })).toBe(200);
    expect(await statusOf({ host: own })).toBe(401);
    expect(await statusOf({ host: own, authorization: `${authorization}x` })).toBe(401);
    expect(await statusOf({ host: own }, 'POST')).toBe(401);
    expect(await statusOf({ host: `localhost:${ports.console}`, authorization })).toBe(403);
    expect(await statusOf({ host: own, authorization, origin: `http://localhost:${ports.console}` })).toBe(
      403,
    );
    expect(await statusOf({ host: own, authorization, 'sec-fetch-site': 'same-origin' })).toBe(403);
  });

  it('find nothing when it has stopped', async () => {
    const running = await runService(optionsOf('orders'));
    await running.stop();
    expect(await readdir(join(recordPath(ports.console), '..'))).toEqual([]);
    expect(await exportsOfRunning(ports.console)).toEqual({});
  });
});
