import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlarmMessage } from '../../local/cloudwatch/message/compose-message.ts';
import { EventBridgeApi } from '../../local/events/event-bridge-api.ts';
import { EventBridge } from '../../local/events/event-bridge.ts';
import { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY } from '../../local/cloudwatch/logs/error-lines.ts';
import { without } from '../../local/json.ts';
import type { AlarmDefinition, LogAlarmDefinition } from '../../local/template/service.ts';
import { deploymentsIn } from '../../plugin/message/gather.ts';
import type * as TellAlarm from '../../plugin/tell-alarm.ts';
import type { AlarmChange } from '../helpers/alarm-messages.ts';
import { eventBridgeAlarm, snsAlarmMessage, snsEvent } from '../helpers/alarm-messages.ts';
import type { AwsEndpoint } from '../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../helpers/aws-endpoint.ts';
import { captureLogs } from '../helpers/captured-logs.ts';
import { lambdaContext } from '../helpers/lambda.ts';
import { targetsOf } from '../helpers/targets.ts';
import type { Telling } from '../helpers/telling.ts';
import { PUBLISHED, stackEvents, startTelling } from '../helpers/telling.ts';
import { metricAlarm, stat } from '../local/cloudwatch/alarms/metric-alarm.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import {
  queue,
  queueArn,
  receive,
  startMessaging,
  subscription,
  topic,
  topicArn,
} from '../local/messaging/messaging-fixture.ts';

const NAME = 'shop-test-pay';
const ALARM = 'shop-test-pay-duration';
const LINES = 'shop-test-error-lines';
const STACK = 'arn:aws:cloudformation:eu-central-1:000000000000:stack/shop-test/1';
const account = { region: 'eu-central-1', accountId: '000000000000' };
const busArn = `arn:aws:events:${account.region}:${account.accountId}:event-bus/operations`;

/** What the shop watches: a slow function, and one that fails beside it. */
const alarms: readonly AlarmDefinition[] = [
  metricAlarm({
    name: ALARM,
    arn: `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${ALARM}`,
    description:
      'The slowest invocations come close to the timeout.\nLikely cause: A slow dependency.\nThreshold: > 1500 ms in 1 of 1 min: so.\nOwner: payments',
    threshold: 1500,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    queries: [
      {
        id: 'm1',
        returnData: true,
        stat: stat({
          metricName: 'Duration',
          statistic: 'p99',
          dimensions: [{ name: 'FunctionName', value: NAME }],
        }),
      },
    ],
  }),
  metricAlarm({ name: 'shop-test-ship-errors' }),
  logAlarm({ name: LINES, logGroups: [`/aws/lambda/${NAME}`], lines: 5 }),
  {
    ...actionsOf('shop-test-error-lines-unexplained'),
    kind: 'composite',
    rule: `ALARM("${LINES}")`,
    suppressorWaitPeriod: 0,
    suppressorExtensionPeriod: 0,
  },
];

function actionsOf(name: string) {
  return {
    name,
    arn: `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`,
    actionsEnabled: true,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
  };
}

/** An alarm on the error lines of some log groups, each five minutes. */
function logAlarm({
  name,
  ...more
}: Pick<LogAlarmDefinition, 'name' | 'logGroups' | 'lines'>): LogAlarmDefinition {
  return {
    ...actionsOf(name),
    kind: 'log',
    description: 'Functions of shop in the stage test log errors.\nLikely cause: A failure that goes on.',
    query: ERROR_LINES_QUERY,
    aggregation: ERROR_LINES_AGGREGATION,
    schedule: 'rate(5 minutes)',
    everyMinutes: 5,
    startOffset: 360,
    endOffset: 60,
    threshold: 0,
    comparisonOperator: 'GreaterThanThreshold',
    queryResultsToEvaluate: 1,
    queryResultsToAlarm: 1,
    treatMissingData: 'notBreaching',
    ...more,
  };
}

let telling: Telling;
let messaging: Awaited<ReturnType<typeof startMessaging>>;
let handlers: Pick<typeof TellAlarm, 'tellAlarm'>;
/** Of the test that runs. */
let logs: ReturnType<typeof captureLogs>;

beforeEach(async () => {
  messaging = await startMessaging({
    queues: [queue('heard'), queue('programs')],
    topics: [topic('messages')],
    subscriptions: [subscription('messages', 'sqs', queueArn('heard'), { RawMessageDelivery: 'true' })],
  });
  const eventBridge: EventBridge = new EventBridge({
    ...account,
    buses: [{ name: 'operations', arn: busArn }],
    rules: [
      {
        name: 'told',
        arn: `arn:aws:events:${account.region}:${account.accountId}:rule/told`,
        busName: 'operations',
        enabled: true,
        pattern: {
          source: ['lambda-lantern'],
          'detail-type': ['Alarm Message'],
          detail: { state: ['ALARM'] },
        },
        targets: [{ id: '1', arn: queueArn('programs') }],
      },
    ],
    targets: targetsOf({
      invoke: () => Promise.reject(new Error('no function is called')),
      messagingUrl: messaging.url,
    }),
    onProblem: () => undefined,
  });
  const events = new EventBridgeApi({ ...account, eventBridge, port: 0 });
  const { url: eventsUrl } = await events.start();
  telling = await startTelling({
    alarms,
    functions: [functionDefinition({ name: NAME, tracingMode: 'PassThrough' })],
    place: { service: 'shop', stage: 'test', region: account.region },
    stack: STACK,
    topic: topicArn('messages'),
    bus: 'operations',
    snsUrl: messaging.url,
    eventsUrl,
  });
  telling.cloudFormation.answerWith(stackEvents(STACK, NAME, new Date(Date.now() - 300_000)));
  handlers = await telling.load();
  logs = captureLogs();
  return async () => {
    logs.restore();
    await events.stop();
    await telling.stop();
    await messaging.stop();
  };
});

function ring(name: string): number {
  const at = Date.now();
  const period = new Date(Math.floor(at / 60_000) * 60_000 - 120_000).toISOString();
  telling.service.set(
    name,
    {
      state: 'ALARM',
      reason: 'set by the test',
      reasonData: JSON.stringify({
        threshold: 1500,
        period: 60,
        evaluatedDatapoints: [{ timestamp: period, value: 4500 }],
      }),
    },
    at,
  );
  return at;
}

function change(at: number, more: Partial<AlarmChange> = {}): AlarmChange {
  return {
    alarmName: ALARM,
    state: 'ALARM',
    at: new Date(at),
    dimensions: { FunctionName: NAME },
    region: 'eu-central-1',
    ...more,
  };
}

function context(remaining = 20_000): Context {
  const deadline = Date.now() + remaining;
  return lambdaContext({
    functionName: 'shop-test-tell',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:shop-test-tell`,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
}

/** CloudWatch as it was before it had alarms on log lines: it refuses their type. */
async function startOlderCloudWatch(target: string) {
  let refused = 0;
  const server = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const isUnknown = body.includes('LogAlarm');
      if (isUnknown) refused += 1;
      const answer = await fetch(new URL(request.url ?? '/', target), {
        method: request.method ?? 'POST',
        headers: without(request.headers, 'connection', 'host') as Record<string, string>,
        body: isUnknown
          ? Buffer.from(body.toString('latin1').replace('LogAlarm', 'NoAlarms'), 'latin1')
          : body,
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The next message on a queue. */
async function next(name: string): Promise<string> {
  const [message] = await receive(messaging.sqs(), messaging.queueUrl(name));
  return message?.Body ?? '';
}

describe('an alarm that goes off', () => {
  it('is told in one message that says what else rings, how far it is, what was deployed and switched', async () => {
    ring('shop-test-ship-errors');
    const at = ring(ALARM);
    await telling.aws.tag(NAME, {
      [`lantern:tracing:abc:on:${new Date(at - 60_000).toISOString()}`]: `never alarm x: jane.doe@example.com`,
    });
    expect(await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context())).toEqual([
      { alarm: ALARM, form: 'composed' },
    ]);
    const message = JSON.parse(await next('heard')) as AlarmMessage;
    expect(message).toMatchObject({
      version: '1',
      alarm: ALARM,
      title: 'shop test: pay-duration is in ALARM',
      sentence: 'pay-duration: The slowest invocations come close to the timeout.',
      also: ['shop-test-ship-errors'],
      owner: 'payments',
      unread: [],
    });
    expect(message.distances[0]?.text).toBe('p99 of Duration: 4,500 ms, limit 1,500 ms: 3 times that');
    expect(message.changes.map(({ what }) => what)).toEqual([
      `the stack shop-test was deployed (UPDATE_COMPLETE), and with it ${NAME}`,
      `tracing of ${NAME} was turned on by an alarm`,
    ]);
    expect(JSON.stringify(message)).not.toContain('jane.doe');
  });

  it('on error lines says how many there are, and how to find them again, and quotes none', async () => {
    const at = Date.now();
    telling.service.set(
      LINES,
      {
        state: 'ALARM',
        reason:
          'Threshold Crossed: 4 error lines were found.\n{"level":"ERROR","message":"jane.doe@example.com"}',
        reasonData: JSON.stringify({
          threshold: 0,
          evaluatedDatapoints: [{ timestamp: new Date(at - 360_000).toISOString(), value: 4 }],
        }),
      },
      at,
    );
    const unexplained = snsAlarmMessage(change(at, { alarmName: `${LINES}-unexplained` }));
    await handlers.tellAlarm(
      snsEvent(JSON.stringify({ ...(JSON.parse(unexplained) as object), AlarmRule: `ALARM("${LINES}")` })),
      context(),
    );
    const message = JSON.parse(await next('heard')) as AlarmMessage;
    expect(message).toMatchObject({
      title: 'shop test: functions log errors',
      sentence: 'Functions of shop in the stage test log errors.',
      since: new Date(at - 360_000).toISOString(),
      cause: 'A failure that goes on.',
      unread: [],
    });
    expect(message.distances.map(({ text }) => text)).toEqual(['Error lines: 4, where none is allowed']);
    expect(message.nextSteps).toHaveLength(3);
    expect(message.nextSteps[0]).toContain(`--log-group-names /aws/lambda/${NAME} --start-time `);
    expect(message.nextSteps[0]).toContain(`--query-string '${ERROR_LINES_QUERY}'`);
    // What was deployed is asked of the functions that write to these logs.
    expect(telling.aws.calls).toContainEqual(expect.stringContaining(`/functions/${NAME}/configuration`));
    expect(JSON.stringify(message)).not.toContain('jane.doe');
  });

  it('names an alarm on error lines among what else is in ALARM', async () => {
    telling.service.set(LINES, { state: 'ALARM', reason: 'so' }, Date.now());
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(ring(ALARM)))), context());
    const { also } = JSON.parse(await next('heard')) as AlarmMessage;
    expect(also).toContain(LINES);
  });

  it('loses nothing where CloudWatch does not know alarms on log lines yet', async () => {
    ring('shop-test-ship-errors');
    const at = ring(ALARM);
    const before = await startOlderCloudWatch(process.env['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '');
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', before.url);
    handlers = await telling.load();
    try {
      await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context());
    } finally {
      await before.stop();
    }
    const message = JSON.parse(await next('heard')) as AlarmMessage;
    expect(before.refused()).toBeGreaterThan(0);
    expect(message).toMatchObject({ also: ['shop-test-ship-errors'], timesInADay: 1, unread: [] });
  });

  it('is an event on the bus that is named, which a rule takes to a program', async () => {
    const at = ring(ALARM);
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context());
    const event = JSON.parse(await next('programs')) as { detail: AlarmMessage; resources: string[] };
    expect(event.detail).toEqual(JSON.parse(await next('heard')));
    expect(event.resources).toEqual([`arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${ALARM}`]);
  });

  it('is told by the event of EventBridge as well, whose operator CloudWatch has to be asked for', async () => {
    const at = ring(ALARM);
    await handlers.tellAlarm(eventBridgeAlarm(change(at)), context());
    expect((JSON.parse(await next('heard')) as AlarmMessage).distances).toHaveLength(1);
  });

  it('is told with what is known when nothing can be asked, and says what is not', async () => {
    for (const name of ['LAMBDA', 'CLOUDWATCH', 'CLOUDFORMATION'])
      vi.stubEnv(`AWS_ENDPOINT_URL_${name}`, 'http://127.0.0.1:9');
    handlers = await telling.load();
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(Date.now()))), context());
    const message = JSON.parse(await next('heard')) as AlarmMessage;
    expect(message.distances[0]?.text).toMatch(/^Average of Duration: 1,804, limit 1,500: 20 % above it$/);
    expect(message.unread.map((text) => text.replace(/:.*/, ''))).toEqual(
      expect.arrayContaining([
        'which other alarms are in ALARM',
        'how often it rang',
        'what was deployed',
        `what was changed of ${NAME}`,
      ]),
    );
  });

  it('waits for nobody who does not answer', async () => {
    telling.cloudFormation.answerWith('hang');
    const at = ring(ALARM);
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context(6000));
    const message = JSON.parse(await next('heard')) as AlarmMessage;
    expect(message.unread).toContain('what was deployed: it took too long to ask');
    expect(message.alarm).toBe(ALARM);
  });

  it('is passed on as it came where it is not understood', async () => {
    const text = 'The shop closes early today.';
    expect(await handlers.tellAlarm(snsEvent(text), context())).toMatchObject([{ form: 'raw' }]);
    expect(await next('heard')).toBe(text);
  });

  it('says in the mail that programs were not told, where the bus takes no events', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', 'http://127.0.0.1:9');
    handlers = await telling.load();
    const at = ring(ALARM);
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context());
    const { unread } = JSON.parse(await next('heard')) as AlarmMessage;
    expect(unread).toEqual([expect.stringContaining('the event was not put on the bus')]);
  });

  it('fails when it cannot be published, so that Lambda tries it again, and the others of the event are told', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', 'http://127.0.0.1:9');
    handlers = await telling.load();
    const event = snsEvent(snsAlarmMessage(change(Date.now())));
    await expect(handlers.tellAlarm(event, context())).rejects.toThrow();
  });
});

describe('what a topic is given', () => {
  let sns: AwsEndpoint;

  beforeEach(async () => {
    sns = await startAwsEndpoint();
    sns.answerWith(PUBLISHED);
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
    handlers = await telling.load();
    return () => sns.stop();
  });

  function published(): { readonly subject: string; readonly forms: Record<string, string> } {
    const sent = new URLSearchParams(sns.last().body.toString());
    expect(sent.get('MessageStructure')).toBe('json');
    return {
      subject: sent.get('Subject') ?? '',
      forms: JSON.parse(sent.get('Message') ?? '') as Record<string, string>,
    };
  }

  it('is a mail for mailboxes, a custom notification for channels, and the message as JSON for all others', async () => {
    const at = ring(ALARM);
    await handlers.tellAlarm(snsEvent(snsAlarmMessage(change(at))), context());
    const { subject, forms } = published();
    expect(subject).toBe('ALARM: shop test: pay-duration is in ALARM');
    expect(forms.email).toMatch(/^pay-duration: The slowest invocations[^]*\n\nNext:\n1\. /);
    expect(JSON.parse(forms.https ?? '')).toMatchObject({ version: '1.0', source: 'custom' });
    expect(JSON.parse(forms.default ?? '')).toMatchObject({ version: '1', alarm: ALARM });
  });

  it("is CloudWatch's own message, for channels too, where the composed one is not taken", async () => {
    sns.answerWith(
      {
        status: 400,
        headers: { 'content-type': 'text/xml' },
        body: '<ErrorResponse><Error><Code>InvalidParameter</Code><Message>no</Message></Error></ErrorResponse>',
      },
      PUBLISHED,
    );
    const text = snsAlarmMessage(change(Date.now()));
    expect(await handlers.tellAlarm(snsEvent(text), context())).toMatchObject([{ form: 'raw' }]);
    const { subject, forms } = published();
    expect(subject).toBe('ALARM');
    expect(forms.https).toBe(text);
    expect(forms.email).toContain(text);
  });
});

describe('deployments', () => {
  const event = (ResourceType: string, ResourceStatus: string, minutes: number, id = STACK) => ({
    StackId: STACK,
    EventId: `${id}${minutes}`,
    StackName: 'shop-test',
    PhysicalResourceId: id,
    ResourceType,
    ResourceStatus: ResourceStatus as never,
    Timestamp: new Date(Date.UTC(2026, 10, 30, 11, minutes)),
  });
  const stack = 'AWS::CloudFormation::Stack';

  it('are told with their end and the functions that each changed; one under way by its begin', () => {
    const fn = (minutes: number, name: string) =>
      event('AWS::Lambda::Function', 'UPDATE_COMPLETE', minutes, name);
    const told = deploymentsIn([
      fn(41, 'pay'),
      event(stack, 'UPDATE_IN_PROGRESS', 40),
      event(stack, 'UPDATE_ROLLBACK_COMPLETE', 30),
      ...['a', 'b', 'c', 'd', 'e'].map((name) => fn(29, name)),
      event(stack, 'UPDATE_IN_PROGRESS', 28),
      event(stack, 'UPDATE_COMPLETE', 10),
    ]);
    expect(told.map(({ what }) => what)).toEqual([
      'a deployment of the stack shop-test began, and is not over, and with it pay',
      'the stack shop-test was deployed (UPDATE_ROLLBACK_COMPLETE), and with it a, b, c and 2 more functions',
      'the stack shop-test was deployed (UPDATE_COMPLETE)',
    ]);
    expect(told.map(({ at }) => new Date(at).getUTCMinutes())).toEqual([40, 30, 10]);
  });

  it('of nested stacks are left to the stack that holds them', () => {
    expect(deploymentsIn([event(stack, 'UPDATE_COMPLETE', 5, 'arn:nested')])).toEqual([]);
  });
});
