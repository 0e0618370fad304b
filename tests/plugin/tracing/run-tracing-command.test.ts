import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TracingCommandOptions } from '../../../plugin/tracing/command-options.ts';
import { runTracingCommand, statusTable } from '../../../plugin/tracing/run-tracing-command.ts';
import type { Serverless } from '../../../plugin/serverless.ts';
import type { TracingSettings } from '../../../plugin/settings/settings.ts';
import { NEVER, SETTING_TAG } from '../../../plugin/tracing-switch/names.ts';
import { tagKeyOf, tagValueOf } from '../../../plugin/tracing-switch/alarm-ledger.ts';
import type { LocalAws } from '../../helpers/local-aws.ts';
import { GROUP, startLocalAws, SWITCH } from '../../helpers/local-aws.ts';
import { functionDefinition } from '../../local/lambda/definition.ts';

const NAME = 'shop-test-take-payment';
let aws: LocalAws;

beforeEach(async () => {
  const environment = {
    LANTERN_TRACING_SCHEDULE_GROUP: GROUP,
    LANTERN_TRACING_SCHEDULE_ROLE: 'arn:aws:iam::000000000000:role/schedules',
  };
  aws = await startLocalAws([
    functionDefinition({ name: NAME, tracingMode: 'PassThrough' }),
    functionDefinition({
      name: SWITCH,
      tracingMode: 'PassThrough',
      environment,
      tags: { [SETTING_TAG]: NEVER },
    }),
  ]);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', aws.lambdaUrl);
  vi.stubEnv('AWS_ENDPOINT_URL_SCHEDULER', aws.schedulerUrl);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  return async () => {
    await aws.stop();
    vi.unstubAllEnvs();
  };
});

class ServerlessError extends Error {}

/** Runs the command as the framework does, and gives what it printed. */
async function run(
  action: 'on' | 'off' | 'status',
  options: TracingCommandOptions = {},
  tracing: TracingSettings = { onAlarm: 'on-alarm' },
): Promise<string> {
  const printed: string[] = [];
  const serverless: Serverless = {
    service: {
      service: 'shop',
      provider: {},
      functions: { 'take-payment': { name: NAME }, 'on-alarm': { name: SWITCH } },
      custom: { lantern: { tracing } },
    },
    serviceDir: '.',
    getProvider: () => ({ getStage: () => 'test', getRegion: () => 'eu-central-1' }),
    pluginManager: { spawn: () => Promise.resolve(), hooks: {}, plugins: [] },
    utils: { writeFileSync: () => undefined },
    configSchemaHandler: { defineCustomProperties: () => undefined },
    classes: { Error: ServerlessError },
  };
  await runTracingCommand(action, serverless, options, { writeText: (text) => printed.push(text) });
  return printed.join('\n');
}

function refusal(...args: Parameters<typeof run>): Promise<unknown> {
  return run(...args).catch((error: unknown) => error);
}

describe('serverless tracing', () => {
  it('turns a function on for a time, shows it, and turns it off', async () => {
    const before = Date.now();
    expect(await run('on', { function: 'take-payment', for: '15m' })).toMatch(
      /^take-payment: turned on, .* with serverless tracing$/,
    );
    expect((await aws.configuration(NAME)).mode).toBe('Active');
    const at = /at\((.*)\)/.exec((await aws.scheduled(NAME)) ?? '')?.[1] ?? '';
    expect(Date.parse(`${at}Z`) - before).toBeCloseTo(900_000, -4);

    const status = await run('status');
    expect(status).toMatch(
      new RegExp(`take-payment +on +\\S.* with serverless tracing +\\S+Z +${at}Z +by hand`),
    );
    expect(status).toMatch(/on-alarm +off, never on/);

    await aws.settled(NAME);
    expect(await run('off', { function: NAME })).toMatch(/^take-payment: turned off, by /);
    expect(await aws.configuration(NAME)).toEqual({ mode: 'PassThrough', variables: {} });
  });

  it('turns on every function of the service but those that are never to be traced', async () => {
    expect((await run('on')).split('\n')).toEqual([
      expect.stringMatching(/^take-payment: turned on/),
      expect.stringMatching(/^on-alarm: left as it is, .* never to be traced/),
    ]);
    expect((await aws.configuration(SWITCH)).mode).toBe('PassThrough');
    expect(await aws.scheduled(NAME)).toBeUndefined();
  });

  it('names the function that was probably meant', async () => {
    const error = await refusal('on', { function: 'take-paymnet' });
    expect(error).toBeInstanceOf(ServerlessError);
    expect((error as Error).message).toBe(
      'The service has no function take-paymnet; did you mean take-payment?',
    );
  });

  it.each([
    ['15 minutes', { onAlarm: 'on-alarm' }, '--for takes minutes or hours'],
    ['15m', {}, 'set custom.lantern.tracing.onAlarm'],
    ['15m', { onAlarm: 'take-payment' }, 'take-payment was deployed without alarms'],
  ])('refuses --for %s where nothing can end it: %j', async (time, settings, message) => {
    const error = await refusal('on', { function: 'take-payment', for: time }, settings);
    expect((error as Error).message).toContain(message);
    expect((await aws.configuration(NAME)).mode).toBe('PassThrough');
  });

  it('goes on with the other functions when one cannot be switched, and fails in the end', async () => {
    aws.refuse(new RegExp(`^GET .*${NAME}/configuration`), 'AccessDeniedException', 403);
    const error = await refusal('on');
    expect((error as Error).message).toMatch(/^take-payment: AccessDeniedException: /);
  });

  it('says at once that nobody answers where AWS is looked for', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:1');
    const error = await refusal('status');
    expect((error as Error).message).toMatch(
      /^AWS does not answer .*127\.0\.0\.1:1\)\. Look at AWS_ENDPOINT_URL/,
    );
  });

  it('shows what is not deployed', async () => {
    aws.refuse(new RegExp(`^GET .*${NAME}/configuration`), 'ResourceNotFoundException', 404);
    expect(await run('status')).toMatch(/take-payment +not deployed/);
  });
});

const off = { configuration: { mode: 'PassThrough', variable: 'false' }, tags: {} } as const;
const on = { configuration: { mode: 'Active', variable: 'true' }, tags: {} } as const;

describe('the status of tracing', () => {
  it('says for each function whether it is traced, by whom, since when, until when and why', () => {
    const since = Date.UTC(2026, 10, 24, 16);
    const hold = {
      key: 'slow',
      state: 'on',
      at: since,
      by: 'alarm slow',
      reason: 'Threshold Crossed',
    } as const;
    const switched = (more: { until?: number }) => ({
      configuration: { ...on.configuration, before: 'PassThrough set:false' },
      tags: { [tagKeyOf(hold)]: tagValueOf({ ...hold, ...more }) },
    });
    const table = statusTable(
      [
        { key: 'create-order', snapshot: off },
        { key: 'get-order', snapshot: on },
        { key: 'take-payment', snapshot: switched({ until: since + 3_600_000 }) },
        { key: 'fulfil-order', snapshot: switched({}) },
        { key: 'on-alarm', snapshot: { ...off, tags: { [SETTING_TAG]: NEVER } } },
        { key: 'new-one' },
      ],
      since,
    );
    expect(table.split('\n')).toEqual([
      'function      tracing        by              since                 until                 why',
      'create-order  off',
      'get-order     on             the deployment',
      'take-payment  on             alarm slow      2026-11-24T16:00:00Z  2026-11-24T17:00:00Z  Threshold Crossed',
      'fulfil-order  on             alarm slow      2026-11-24T16:00:00Z  turned off            Threshold Crossed',
      'on-alarm      off, never on',
      'new-one       not deployed',
    ]);
  });

  it('does not call a function on of which the tags only say so', () => {
    const reset = {
      ...off,
      tags: { 'lantern:tracing:slow:on:2026-11-24T16:00:00.000Z': 'never alarm slow' },
    };
    expect(statusTable([{ key: 'take-payment', snapshot: reset }])).toMatch(/take-payment {2}off$/);
  });
});
