import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmEvaluation } from '../../local/cloudwatch/alarms/evaluate-metric-alarm.ts';
import type { Transition } from '../../local/cloudwatch/actions/transition.ts';
import { snsMessage } from '../../local/cloudwatch/actions/sns-message.ts';
import { ErrorLines } from '../../local/cloudwatch/alarms/log-alarm.ts';
import { parseAlarmRule } from '../../local/cloudwatch/composite/alarm-rule.ts';
import type { AlarmMessage } from '../../local/cloudwatch/message/compose-message.ts';
import { factsOf } from '../../local/cloudwatch/message/compose-message.ts';
import type { ChatMessage } from '../../local/cloudwatch/message/forms.ts';
import { textOf } from '../../local/cloudwatch/message/forms.ts';
import type { AlarmDefinition } from '../../local/template/service.ts';
import type * as TellAlarm from '../../plugin/tell-alarm.ts';
import { snsEvent } from '../helpers/alarm-messages.ts';
import type { AwsEndpoint } from '../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../helpers/aws-endpoint.ts';
import { captureLogs } from '../helpers/captured-logs.ts';
import { lambdaContext } from '../helpers/lambda.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import type { Telling } from '../helpers/telling.ts';
import { PUBLISHED, stackEvents, startTelling } from '../helpers/telling.ts';
import { ringing } from '../local/cloudwatch/message/ringing.ts';
import { readTemplate } from '../local/template/read-template.ts';

const ACCOUNT_ID = '000000000000';
const OWNED = 'stackTags: { owner: shop, runbook: "https://wiki.example.com/shop" }';

/** What is added to serverless.yml of the shop, so that every kind of alarm is there; `promises` are its error budgets. */
const EVERYTHING = {
  alarms: '\n    dataProtection: { deidentify: true }\n    alarms:\n      logs: true\n',
  promises: /^ {4}slo:\n(?: {6}.*\n)+/m,
} as const;

const SERVICES = {
  'the shop with its error budgets': { service: 'order-shop', stage: 'prod', region: 'eu-west-1' },
  'the shop without any': { service: 'order-shop', stage: 'prod', region: 'eu-west-1' },
  'a service of thirty functions': { service: 'warehouse', stage: 'dev', region: 'us-east-1' },
} as const;

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

async function templateOf(name: keyof typeof SERVICES): Promise<unknown> {
  if (name === 'a service of thirty functions') return packaged(await addService(project, 'large'));
  const file = join(project.directory, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const changed = yml
    .replace('\n    alarms:\n', EVERYTHING.alarms)
    .replace('\n  timeout: 6\n', `\n  timeout: 6\n  ${OWNED}\n`);
  await writeFile(file, name === 'the shop without any' ? changed.replace(EVERYTHING.promises, '') : changed);
  try {
    return await packaged(project.directory, '--stage', 'prod');
  } finally {
    await writeFile(file, yml);
  }
}

async function packaged(directory: string, ...args: readonly string[]): Promise<unknown> {
  const run = runServerless(['package', ...args], directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  const file = join(directory, '.serverless/cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8'));
}

/** What people, a channel, programs and a bus were given of one alarm. */
interface Told {
  readonly message: AlarmMessage;
  readonly subject: string;
  readonly forms: Readonly<Record<'default' | 'email' | 'https' | 'sms', string>>;
  readonly published: number;
  readonly event: { readonly Source: string; readonly DetailType: string; readonly Detail: string };
}

/** Has each alarm of a template ring and be told, as `tell-alarm` does it: from CloudWatch's message to what is published. */
async function tellAll(
  template: unknown,
  place: (typeof SERVICES)[keyof typeof SERVICES],
): Promise<readonly Told[]> {
  const { service, warnings } = readTemplate(template, {
    serviceName: place.service,
    stage: place.stage,
    region: place.region,
    accountId: ACCOUNT_ID,
    functionKeyOf: (name) => name.replace(`${place.service}-${place.stage}-`, ''),
  });
  expect(warnings.filter((warning) => /alarm/i.test(warning))).toEqual([]);
  const { alarms, functions } = service;
  const [sns, events] = [await startAwsEndpoint(), await startAwsEndpoint()];
  const changes = new Map<string, Transition>();
  const logs = captureLogs();
  const telling = await startTelling({
    alarms,
    functions,
    place,
    stack: `arn:aws:cloudformation:${place.region}:${ACCOUNT_ID}:stack/${place.service}-${place.stage}/1`,
    topic: `arn:aws:sns:${place.region}:${ACCOUNT_ID}:messages`,
    bus: 'default',
    snsUrl: sns.url,
    eventsUrl: events.url,
    onTransition: (transition) => changes.set(transition.alarm.name, transition),
  });
  try {
    const { tellAlarm } = await telling.load();
    const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
    const told: Told[] = [];
    // What is there for a composite alone tells nobody: what holds it back, and the windows of error budgets.
    for (const alarm of alarms.filter(({ name }) => !/-(explained|(burn|late)-\d\S+)$/.test(name))) {
      const at = Date.now();
      const behind = leavesOf(alarm, byName);
      for (const leaf of behind) telling.service.set(leaf.name, rung(leaf, at), at);
      const change = changes.get(alarm.name);
      if (change?.state.value !== 'ALARM') throw new Error(`${alarm.name} does not ring`);
      told.push(await toldOf(change, { tellAlarm, telling, sns, events, place }));
      for (const leaf of behind) telling.service.set(leaf.name, { state: 'OK', reason: 'over' }, at);
    }
    return told;
  } finally {
    logs.restore();
    await telling.stop();
    await Promise.all([sns.stop(), events.stop()]);
  }
}

/** The alarms that make one ring: itself, or what its rule asks for, without what it must not be beside. */
function leavesOf(
  alarm: AlarmDefinition,
  byName: ReadonlyMap<string, AlarmDefinition>,
): readonly AlarmDefinition[] {
  if (alarm.kind !== 'composite') return [alarm];
  const [rule = ''] = alarm.rule.split(' AND NOT ');
  return parseAlarmRule(rule).alarms.flatMap((name) => {
    const child = byName.get(name);
    return child === undefined ? [] : leavesOf(child, byName);
  });
}

function rung(alarm: AlarmDefinition, at: number): AlarmEvaluation {
  if (alarm.kind === 'log') {
    const clock = { minuteMs: 60_000 };
    const lines = new ErrorLines([alarm], clock);
    const [logGroup = ''] = alarm.logGroups;
    for (const minutes of [3, 4]) {
      const message = `{"level":"ERROR","message":"card of jane.doe@example.com declined"}`;
      lines.log({ logGroup, timestamp: at - minutes * 60_000, message });
    }
    return lines.evaluate(alarm, { now: at, completeUntil: at, previousState: 'OK' });
  }
  const { value: state, ...why } = ringing(alarm, undefined, at).state;
  return { state, ...why };
}

async function toldOf(
  change: Transition,
  {
    tellAlarm,
    telling,
    sns,
    events,
    place: { service, stage, region },
  }: {
    readonly tellAlarm: typeof TellAlarm.tellAlarm;
    readonly telling: Telling;
    readonly sns: AwsEndpoint;
    readonly events: AwsEndpoint;
    readonly place: { readonly service: string; readonly stage: string; readonly region: string };
  },
): Promise<Told> {
  const { at } = change.state;
  const [stack, name] = [`${service}-${stage}`, `${service}-${stage}-a`];
  telling.cloudFormation.answerWith(
    stackEvents(
      `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${stack}/1`,
      name,
      new Date(at - 300_000),
    ),
  );
  sns.answerWith(PUBLISHED);
  events.answerWith({
    status: 200,
    body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }),
  });
  const deadline = Date.now() + 30_000;
  const context = lambdaContext({
    invokedFunctionArn: `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${stack}-tell-alarm`,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
  const text = snsMessage(change, { region, accountId: ACCOUNT_ID });
  expect(await tellAlarm(snsEvent(text), context)).toMatchObject([{ form: 'composed' }]);
  const sent = new URLSearchParams(sns.last().body.toString());
  const forms = JSON.parse(sent.get('Message') ?? '') as Told['forms'];
  const { Entries: entries } = JSON.parse(events.last().body.toString()) as { Entries: [Told['event']] };
  return {
    message: JSON.parse(forms.default) as AlarmMessage,
    subject: sent.get('Subject') ?? '',
    forms,
    published: sns.last().body.length,
    event: entries[0],
  };
}

/** What is written where a value is missing. */
const HOLES = /undefined|NaN|\[object|Infinity|\bnull\b/;

/** SNS, "Publish", and EventBridge, "PutEvents": bytes of a message, and of an entry. */
const MOST_BYTES = 262_144;

describe.each(
  Object.entries(SERVICES) as Array<[keyof typeof SERVICES, (typeof SERVICES)[keyof typeof SERVICES]]>,
)('every alarm of %s', (name, place) => {
  let told: readonly Told[];
  beforeAll(async () => {
    told = await tellAll(await templateOf(name), place);
  });

  it('is told with what is wrong, since when, how far from the limit, what changed, what to do next, and by whom', () => {
    expect(told.length).toBeGreaterThan(60);
    for (const { message } of told) {
      const { alarm, sentence, title, since, distances, budget, changes, nextSteps, unread } = message;
      expect(title, alarm).toMatch(new RegExp(`^${place.service} ${place.stage}: \\S+ .*\\S$`));
      expect(sentence, alarm).toMatch(/^\S.{15,}[.!]$/);
      expect(Date.parse(since ?? ''), alarm).toBeLessThanOrEqual(Date.parse(message.at));
      if (budget === undefined) expect(distances.length, alarm).toBeGreaterThan(0);
      for (const { text } of distances)
        expect(text, alarm).toMatch(/: .*(limit|where none is allowed|expected|no data)/);
      expect(changes, alarm).toContainEqual(
        expect.objectContaining({ what: expect.stringContaining('was deployed') as string }),
      );
      expect(nextSteps, alarm).toHaveLength(3);
      expect(new Set(nextSteps).size, alarm).toBe(3);
      for (const step of nextSteps) expect(step, alarm).toMatch(/^(https:\/\/|aws |npx |id=\$\(aws )\S/);
      expect(unread, alarm).toEqual([]);
      expect(message, alarm).toMatchObject({
        owner: expect.stringMatching(/\S/) as string,
        runbook: expect.stringMatching(/^https:/) as string,
      });
    }
  });

  it('has in each form all that there is to say, and nothing in the place of what is missing', () => {
    for (const { message, subject, forms, event } of told) {
      const { alarm } = message;
      const chat = JSON.parse(forms.https) as ChatMessage;
      const inTerminal = textOf(message);
      for (const text of [subject, forms.email, forms.sms, JSON.stringify(chat), inTerminal, event.Detail])
        expect(text, alarm).not.toMatch(HOLES);
      const facts = factsOf(message);
      for (const { label, text } of facts) expect(`${label} ${text}`, alarm).toMatch(/^\S.* \S.*\S$/);
      for (const text of [forms.email, inTerminal]) {
        expect(text, alarm).toContain(message.sentence);
        for (const fact of facts) expect(text, alarm).toContain(fact.text);
        for (const [index, step] of message.nextSteps.entries())
          expect(text.split('\n'), alarm).toContain(`${index + 1}. ${step}`);
        expect(text, alarm).toMatch(/\nOwner: \S.*\nRunbook: https:\S+\n/);
      }
      expect(chat.content.description.split('\n'), alarm).toHaveLength(facts.length + 3);
      expect(chat.content.nextSteps, alarm).toHaveLength(3);
      expect(event, alarm).toMatchObject({ Source: 'lambda-lantern', DetailType: 'Alarm Message' });
      expect(JSON.parse(event.Detail), alarm).toEqual(message);
      // What was logged stays in the log.
      expect(JSON.stringify([subject, forms, event]), alarm).not.toContain('jane.doe');
    }
  });

  it('keeps to what SNS, Amazon Q and EventBridge take', () => {
    for (const { message, subject, forms, published, event } of told) {
      const { alarm } = message;
      expect(subject, alarm).toMatch(/^(ALARM|PAGE|TICKET): [\x20-\x7e]+$/);
      expect(subject.length, alarm).toBeLessThanOrEqual(100);
      expect(forms.sms.length, alarm).toBeLessThanOrEqual(140);
      const { content, metadata } = JSON.parse(forms.https) as ChatMessage;
      expect(content.title.length, alarm).toBeLessThanOrEqual(250);
      expect(metadata.summary.length, alarm).toBeLessThanOrEqual(250);
      expect(content.description.length, alarm).toBeLessThanOrEqual(8000);
      expect(content.description, alarm).not.toMatch(/[<>]/);
      expect(published, alarm).toBeLessThanOrEqual(MOST_BYTES);
      expect(Buffer.byteLength(event.Detail), alarm).toBeLessThanOrEqual(MOST_BYTES);
    }
  });

  it('is told of by those that speak for several, for budgets, and for log lines, where it has them', () => {
    const names = told.map(({ message }) => message.alarm.replace(`${place.service}-${place.stage}-`, ''));
    const expected = {
      'the shop with its error budgets': [
        'unhealthy',
        'ApiGatewayRestApi-fastBurn',
        'fulfil-order-slowBurn',
        'get-order-personalData',
        'error-lines',
      ],
      'the shop without any': ['severalUnhealthy', 'error-lines-unexplained', 'FulfilmentQueue-unhealthy'],
      'a service of thirty functions': [
        'unhealthy',
        'StockTable-indexThrottles-by-shelf',
        'Fulfilment-failed',
      ],
    }[name];
    expect(names).toEqual(expect.arrayContaining(expected));
  });
});
