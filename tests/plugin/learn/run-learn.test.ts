import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CloudWatchApi } from '../../../local/cloudwatch/api/cloudwatch-api.ts';
import { AlarmService } from '../../../local/cloudwatch/alarms/alarm-service.ts';
import { MetricStore } from '../../../local/cloudwatch/metrics/metric-store.ts';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { advise } from '../../../plugin/advise/run-advise.ts';
import { LEARNED_FILE, runLearn } from '../../../plugin/learn/run-learn.ts';
import { checkSettings } from '../../../plugin/settings/settings.ts';
import type { WatchedService } from '../../../plugin/watch-service.ts';
import { protectLogs } from '../../../plugin/data-protection/protect-logs.ts';
import { inventoryOf } from '../../helpers/inventory.ts';

const MINUTE = 60_000;
const NAME = 'shop-test-charge';

const inventory = inventoryOf({
  ChargeLambdaFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: NAME, Handler: 'a.b', Runtime: 'nodejs24.x', Timeout: 6, MemorySize: 512 },
  },
});

let store: MetricStore;
let folder: string;

function watched(settings: object = {}): WatchedService {
  return {
    inventory,
    plan: planAlarms(inventory, settings),
    dashboards: [],
    dataProtection: protectLogs(inventory, {}, false),
    resources: {},
    warnings: [],
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lantern-test-'));
  const clock = { minuteMs: MINUTE };
  store = new MetricStore(clock);
  const actions = { act: () => undefined, emit: () => undefined };
  const quiet = { onChange: () => undefined, onTransitions: () => undefined, createdAt: 0 };
  const alarms = new AlarmService({ alarms: [], store, clock, actions, ...quiet });
  const traces = new TraceStore();
  const page = new ConsoleServer({
    store: traces,
    cloudWatchApi: new CloudWatchApi({ store, clock, alarms }),
    port: 0,
    staticDirectory: folder,
    serviceInfo: () => {
      throw new Error('Nobody asks for it.');
    },
  });
  const { url } = await page.start();
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
  onTestFinished(async () => {
    await page.stop();
    traces.close();
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function observe(minutes: number): void {
  const id = {
    namespace: 'AWS/Lambda',
    name: 'Duration',
    dimensions: [{ name: 'FunctionName', value: NAME }],
  };
  const last = Math.floor(Date.now() / MINUTE) - 1;
  for (let minute = 0; minute < minutes; minute += 1) {
    store.record(id, { at: (last - minute) * MINUTE, value: 100 + (minute % 50) }, 'Milliseconds');
  }
}

const command = { format: 'text', days: 2, write: false, anomaly: false } as const;

describe('serverless alarms --learn', () => {
  it('proposes what the metrics of the stage speak for, and changes nothing', async () => {
    observe(1000);
    const report = await runLearn(watched(), command, folder);
    expect(report).toContain('now       > 4800 ms, fired 0 times');
    expect(report).toContain('proposed  > 180 ms, fired 0 times');
    expect(report).toContain('seen      1000 periods: p50 125');
    expect(report).toContain('Nothing was changed');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('needs no credentials for a CloudWatch on this machine, and says what to give for another', async () => {
    observe(1000);
    vi.stubEnv('HOME', folder);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    expect(await runLearn(watched(), command, folder)).toContain('Nothing was changed');
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', 'http://192.0.2.1:1');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(runLearn(watched(), command, folder)).rejects.toThrow(
      /^CloudWatch was not read: there are no credentials \(.+\)\. Give --aws-profile, or set AWS_PROFILE/,
    );
  });

  it('writes settings that serverless.yml can include, and that then count', async () => {
    observe(1000);
    await runLearn(watched(), { ...command, write: true }, folder);
    const learned = JSON.parse(readFileSync(join(folder, LEARNED_FILE), 'utf8')) as object;
    expect(
      checkSettings('alarms', { learned }, { functions: inventory.functions.map(({ key }) => key) }),
    ).toEqual([]);
    const { alarms } = planAlarms(inventory, { learned } as never);
    expect(alarms.find(({ id }) => id === 'function.duration')).toMatchObject({
      threshold: 180,
      overridden: ['threshold'],
    });
  });

  it('says that data are missing or too few, and writes no file then', async () => {
    observe(20);
    const report = await runLearn(watched(), { ...command, write: true }, folder);
    expect(report).toContain('20 periods with data, too few to learn from');
    expect(report).toContain('Nothing was written');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives programs the same', async () => {
    observe(1000);
    const { functions } = JSON.parse(await runLearn(watched(), { ...command, format: 'json' }, folder)) as {
      functions: Array<{ alarms: Array<{ name: string; proposed?: object }> }>;
    };
    expect(functions[0]?.alarms.find(({ name }) => name === 'duration')?.proposed).toMatchObject({
      threshold: 180,
    });
  });

  it('says where it asked when nobody answers', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', 'http://127.0.0.1:9');
    await expect(runLearn(watched(), command, folder)).rejects.toThrow(
      /CloudWatch was not read: .*AWS_ENDPOINT_URL_CLOUDWATCH/,
    );
  }, 30_000);
});

describe('serverless advise', () => {
  it('rests on what CloudWatch measured', async () => {
    observe(1000);
    const last = Date.now() - MINUTE;
    const dimensions = [{ name: 'FunctionName', value: NAME }];
    store.record(
      { namespace: 'AWS/Lambda', name: 'Invocations', dimensions },
      { at: last, value: 1, count: 9 },
    );
    store.record(
      { namespace: 'AWS/Lambda', name: 'Duration', dimensions },
      { at: last, value: 5900 },
      'Milliseconds',
    );
    const { advice, unknown } = JSON.parse(await advise(inventory, { format: 'json', days: 1 })) as {
      advice: Array<{ topic: string; finding: string }>;
      unknown: string[];
    };
    expect(advice).toMatchObject([
      { topic: 'timeout', finding: 'the longest invocation took 5.9 s of a timeout of 6 s' },
    ]);
    expect(unknown).toEqual([expect.stringContaining('no memory was measured')]);
  });
});
