import { describe, expect, it } from 'vitest';
import { banner } from '../../local/banner.ts';
import { commandsToTry } from '../../local/commands-to-try.ts';
import type { Transition } from '../../local/cloudwatch/actions/transition.ts';
import type { AlarmState } from '../../local/cloudwatch/view.ts';
import type { InvocationReport } from '../../local/lambda/invocation.ts';
import type { ServiceDefinition } from '../../local/template/service.ts';
import { Terminal } from '../../local/terminal.ts';

const ports = {
  api: (index: number) => 3000 + index * 5,
  console: 3001,
  lambda: 3002,
  messaging: 3003,
  tables: 3004,
  buckets: 3017,
  events: 3018,
  scheduler: 3019,
  daemon: 2000,
};
const service = {
  name: 'shop',
  stage: 'local',
  functions: [{ name: 'shop-local-get', key: 'get' }],
  alarms: [{}, {}],
  functionUrls: [{ name: 'shop-local-get' }],
  buckets: [],
  rules: [],
  schedules: [],
  apis: [
    { kind: 'REST', routes: [{ method: 'GET', path: '/orders/{id}', functionName: 'shop-local-get' }] },
    { kind: 'HTTP', routes: [{ method: 'ANY', path: '/{proxy+}', functionName: 'shop-local-get' }] },
  ],
} as unknown as ServiceDefinition;

function terminal() {
  const lines: string[] = [];
  return {
    lines,
    terminal: new Terminal({ write: (line) => lines.push(line), functionKeys: ['create-order', 'get'] }),
  };
}

describe('the terminal', () => {
  it('shows each line of a function behind its name, in one column', () => {
    const { lines, terminal: shown } = terminal();
    const event = { functionName: 'x', functionKey: 'get', logGroup: '', logStream: '', timestamp: 0 };
    shown.log({ ...event, source: 'stdout', message: 'one\ntwo' });
    shown.log({ ...event, source: 'platform', message: 'START' });

    expect(lines).toEqual(['get          | one', 'get          | two']);
  });

  it('shows the REPORT of an invocation in one line', () => {
    const { lines, terminal: shown } = terminal();
    const report: InvocationReport = {
      functionName: 'shop-local-get',
      functionKey: 'get',
      requestId: 'r-1',
      startedAt: 0,
      duration: 12.345,
      billedDuration: 113,
      memorySize: 512,
      maxMemoryUsed: 70,
      initDuration: 100,
      traceId: '1-x-y',
      sampled: true,
      status: 'timeout',
    };
    shown.report(report);
    shown.report({ ...report, sampled: false, status: 'success' });

    expect(lines[0]).toBe(
      'get          | REPORT RequestId: r-1  Duration: 12.35 ms  Billed Duration: 113 ms  Memory Size: 512 MB  ' +
        'Max Memory Used: 70 MB  Init Duration: 100.00 ms  Status: timeout  XRAY TraceId: 1-x-y',
    );
    expect(lines[1]).not.toMatch(/Status|XRAY/);
  });

  it('makes control characters of a request visible, so that they cannot steer the terminal', () => {
    const { lines, terminal: shown } = terminal();
    shown.request({
      requestId: 'r-1',
      startedAt: 0,
      duration: 3.4,
      method: 'GET',
      path: '/\u001b[2J',
      status: 403,
      reason: 'no route',
    });

    expect(lines).toEqual(['http         | GET /\\u001b[2J  403  3 ms  no route']);
  });
});

describe('an alarm in the terminal', () => {
  const transition = (name: string, from: AlarmState, to: AlarmState): Transition => ({
    alarm: { name } as Transition['alarm'],
    previous: { value: from, reason: 'before', at: 1 },
    state: { value: to, reason: 'why', at: 2 },
    createdAt: 0,
  });

  it('is said with both states and the reason', () => {
    const { terminal: output, lines } = terminal();
    output.transitions([
      transition('pay-duration', 'OK', 'ALARM'),
      transition('b', 'INSUFFICIENT_DATA', 'OK'),
    ]);
    expect(lines).toEqual([
      'alarm        | pay-duration: OK -> ALARM (why)',
      'alarm        | b: INSUFFICIENT_DATA -> OK (why)',
    ]);
  });

  it('says what it tells people, line by line, whatever stands in it', () => {
    const { terminal: output, lines } = terminal();
    output.message('ALARM: shop\npay is \u001b[2Jslow');
    expect(lines).toEqual([
      'alarm        | ALARM: shop',
      expect.stringMatching(/^alarm {8}\| pay is [^\u001b]*slow$/),
    ]);
  });

  it('does not fill the screen when many become OK after the start', () => {
    const { terminal: output, lines } = terminal();
    const many = Array.from({ length: 30 }, (_, index) => transition(`a${index}`, 'INSUFFICIENT_DATA', 'OK'));
    output.transitions([...many, transition('dead-letters', 'INSUFFICIENT_DATA', 'ALARM')]);
    expect(lines).toEqual([
      'alarm        | 30 alarms are OK',
      'alarm        | dead-letters: INSUFFICIENT_DATA -> ALARM (why)',
    ]);
  });
});

describe('the banner', () => {
  it('names the rules and the schedules, with what they run by', () => {
    const rule = { arn: '', busName: 'orders', enabled: true, targets: [] };
    const text = banner({
      ...{ ports, otlpUrl: undefined, tracesFile: undefined, tracing: true, minuteMs: 60_000, tryThis: [] },
      service: {
        ...service,
        rules: [
          { ...rule, name: 'on-order', pattern: {} },
          { ...rule, name: 'hourly', schedule: 'rate(1 hour)', enabled: false },
        ],
        schedules: [{ name: 'nightly', properties: { ScheduleExpression: 'cron(0 3 * * ? *)' } }],
      },
    });
    expect(text).toMatch(/EventBridge +http:\/\/localhost:3018$/m);
    expect(text).toMatch(/^ +events of orders +on-order$/m);
    expect(text).toMatch(/^ +rate\(1 hour\) \(disabled\) +hourly$/m);
    expect(text).toMatch(/^ +cron\(0 3 \* \* \? \*\) +nightly$/m);
  });

  it('names the buckets, with who hears of what happens in them', () => {
    const bucket = { arn: '', versioned: false, eventBridge: false, cors: [], notifications: [] };
    const notification = {
      id: 'n',
      events: ['s3:ObjectCreated:*'],
      prefix: 'in/',
      suffix: '.csv',
      targetArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-local-get',
    };
    const text = banner({
      ...{ ports, otlpUrl: undefined, tracesFile: undefined, tracing: true, minuteMs: 60_000, tryThis: [] },
      service: {
        ...service,
        buckets: [
          { ...bucket, name: 'uploads', notifications: [notification] },
          { ...bucket, name: 'reports' },
        ],
      },
    });
    expect(text).toMatch(/S3 +http:\/\/localhost:3017$/m);
    expect(text).toMatch(/^ +uploads\/in\/\*\.csv +get \(s3:ObjectCreated:\*\)$/m);
    expect(text).toMatch(/^ +reports$/m);
  });

  const here = { service, ports, otlpUrl: 'http://127.0.0.1:4318', tracesFile: '/home/me/traces.sqlite' };

  it('says what runs where', () => {
    const text = banner({ ...here, tracing: true, minuteMs: 60_000, tryThis: ['curl x'] });

    expect(text).toContain('Lambda Lantern runs shop, stage local, tracing on');
    expect(text).toMatch(/X-Ray API +http:\/\/localhost:3001$/m);
    expect(text).toMatch(/Kept in +\/home\/me\/traces\.sqlite$/m);
    expect(text).toMatch(/API \(REST\) +http:\/\/localhost:3000/);
    expect(text).toMatch(/GET +\/orders\/\{id\} +get$/m);
    expect(text).toMatch(/API \(HTTP\) +http:\/\/localhost:3005/);
    expect(text).toMatch(/OpenTelemetry +http:\/\/127\.0\.0\.1:4318 \(HTTP\)$/m);
    expect(text).toMatch(/Function URL +http:\/\/localhost:3010 +get$/m);
    expect(text).toContain('  curl x');
    expect(text).toMatch(/Alarms +2$/m);
  });

  it.each([
    [
      true,
      true,
      'tracing on here, and off in AWS unless serverless.yml has provider.tracing: { lambda: true, apiGateway: true }',
    ],
    [true, false, 'tracing off'],
    [false, true, 'tracing on'],
  ])(
    'says what of tracing would be otherwise in AWS: unasked %j, on %j',
    (isTracedUnasked, tracing, expected) => {
      const text = banner({
        ...here,
        service: { ...service, isTracedUnasked },
        tracing,
        minuteMs: 60_000,
        tryThis: [],
      });
      expect(text).toContain(`Lambda Lantern runs shop, stage local, ${expected}\n`);
    },
  );

  it('says how fast a minute of CloudWatch passes, and that there are no alarms', () => {
    const none = { ...service, alarms: [] };
    const text = banner({ ...here, service: none, tracing: false, minuteMs: 500, tryThis: [] });
    expect(text).toMatch(/Alarms +none; a minute of CloudWatch lasts 0\.5 s$/m);
  });

  it('says that traces end with it when no file keeps them', () => {
    const text = banner({ ...here, tracesFile: undefined, tracing: true, minuteMs: 60_000, tryThis: [] });
    expect(text).toMatch(/Kept in +memory, until this ends$/m);
  });

  it('leaves out OpenTelemetry when its port is another program’s', () => {
    const text = banner({ ...here, otlpUrl: undefined, tracing: true, minuteMs: 60_000, tryThis: [] });
    expect(text).not.toContain('OpenTelemetry');
  });

  it('fills the address into the commands of the settings, and makes up commands without any', () => {
    expect(commandsToTry(service, ports, ['curl {api}/orders'])).toEqual([
      'curl http://localhost:3000/orders',
    ]);
    expect(commandsToTry(service, ports, [])).toEqual(['curl -i http://localhost:3000/orders/1']);
  });
});
