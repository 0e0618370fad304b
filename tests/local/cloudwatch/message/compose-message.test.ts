import { describe, expect, it } from 'vitest';
import { eventBridgeEvent, lambdaActionEvent } from '../../../../local/cloudwatch/actions/alarm-event.ts';
import { snsMessage } from '../../../../local/cloudwatch/actions/sns-message.ts';
import type { AlarmRecord } from '../../../../local/cloudwatch/alarms/alarm-record.ts';
import type { AlarmMessage, MessageInput } from '../../../../local/cloudwatch/message/compose-message.ts';
import { composeMessage, factsOf } from '../../../../local/cloudwatch/message/compose-message.ts';
import { chatOf, eventOf, mailOf, subjectOf } from '../../../../local/cloudwatch/message/forms.ts';
import { readAlarmChange } from '../../../../local/cloudwatch/message/observed-alarm.ts';
import type { AlarmDefinition, MetricAlarmDefinition } from '../../../../local/template/service.ts';
import { planActions } from '../../../../plugin/actions/plan-actions.ts';
import { alarmResources } from '../../../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../../../plugin/alarms/plan-alarms.ts';
import { fc } from '../../../helpers/fast-check.ts';
import { readInventory } from '../../../../local/template/index.ts';
import { readTemplate as templateOf } from '../../../helpers/inventory.ts';
import { readTemplate } from '../../template/read-template.ts';
import { AT, observed, ringing, stateWith } from './ringing.ts';

const PLACE = { service: 'shop', stage: 'local', region: 'eu-west-1' };
const MINUTE = 60_000;

/** Every alarm of the shop: each default switched on, error budgets, composites, a band. */
const template = templateOf('shop');
const inventory = readInventory({
  template,
  ...PLACE,
  functionKeyOf: (name) => name.replace('shop-local-', ''),
});
const actions = planActions(inventory);
const [api = ''] = inventory.apis.map(({ key }) => key);
const [firstFunction = '', secondFunction = ''] = inventory.functions.map(({ key }) => key);
const plan = planAlarms(
  inventory,
  {
    defaults: { function: { initDuration: true, coldStarts: true, traffic: true } },
    functions: { [secondFunction]: { duration: { anomaly: 2 } } },
  },
  { resources: { [api]: { availability: 99.9, latency: { under: '500ms', target: 99 } } } },
);
const { service } = readTemplate(
  {
    ...template,
    Resources: { ...template.Resources, ...actions.resources, ...alarmResources(plan, actions) },
  },
  { serviceName: 'shop', region: 'eu-west-1' },
);
const alarms = new Map(service.alarms.map((alarm) => [alarm.name, alarm]));

function definition(name: string): AlarmDefinition {
  const found = alarms.get(`shop-local-${name}`);
  if (found === undefined)
    throw new Error(`There is no alarm ${name} among ${[...alarms.keys()].join(', ')}`);
  return found;
}

function metric(name: string): MetricAlarmDefinition {
  const found = definition(name);
  if (found.kind !== 'metric') throw new Error(`${name} is a composite`);
  return found;
}

function compose(record: AlarmRecord, others: readonly AlarmRecord[] = [], more: Partial<MessageInput> = {}) {
  return composeMessage({
    alarm: observed(record),
    inAlarm: [record, ...others].filter(({ state }) => state.value === 'ALARM').map(observed),
    history: [],
    changes: [],
    place: PLACE,
    ...more,
  });
}

function facts(message: AlarmMessage, label: string): readonly string[] {
  return factsOf(message).flatMap((fact) => (fact.label === label ? [fact.text] : []));
}

describe('the message of an alarm', () => {
  it.each([...alarms.values()].filter(({ kind }) => kind === 'metric').map(({ name }) => [name]))(
    'says of %s what is wrong, since when, how far from the limit, and three things to look at',
    (name) => {
      const alarm = alarms.get(name) as MetricAlarmDefinition;
      const message = compose(ringing(alarm));
      const planned = plan.alarms.find((each) => each.name === name);
      const [meaning = 'no meaning'] = (alarm.description ?? '').split('\n');

      expect(message.state).toBe('ALARM');
      expect(message.title).toContain(`shop local: ${name.replace('shop-local-', '')}`);
      if (message.budget === undefined) {
        expect(message.sentence).toContain(meaning);
        expect(message.distances).toHaveLength(1);
        const [distance] = message.distances;
        expect(distance?.text).toMatch(/limit|where none is allowed|expected at most/);
        if (planned?.threshold !== undefined) expect(distance?.unit).toBe(planned.unit);
      } else {
        expect(message.sentence).toMatch(
          /In the last .*, [\d,.]+ % (failed|took too long), where [\d.]+ % may\./,
        );
      }
      expect(Date.parse(message.since ?? '')).toBeLessThanOrEqual(AT);
      expect(message.nextSteps).toHaveLength(3);
      if (message.budget === undefined) expect(message.cause).toMatch(/\.$/);
    },
  );

  it('says how far in words: so many times the limit, a bit above it, none allowed, below a floor, or no data', () => {
    const far = (name: string, value?: number) => compose(ringing(metric(name), value)).distances[0]?.text;
    expect(far(`${firstFunction}-errorRate`, 35)).toBe('Error rate: 35 %, limit 5 %: 7 times that');
    expect(far(`${firstFunction}-errorRate`, 7.2)).toBe('Error rate: 7.2 %, limit 5 %: 44 % above it');
    expect(far(`${firstFunction}-timeouts`, 1)).toBe('Timeouts: 1 timeout, where none is allowed');
    expect(far(`${firstFunction}-timeouts`, 3)).toBe('Timeouts: 3 timeouts, where none is allowed');
    expect(far(`${firstFunction}-traffic`)).toBe(
      'Invocations: no data, which counts as beyond the limit of 1 invocation',
    );
    expect(far(`${secondFunction}-duration`, 812)).toBe(
      'p99 of Duration: 812, expected at most 300: 2.71 times that',
    );
    expect(far(`${firstFunction}-duration`, 12_345.6)).toMatch(
      /^p99 of Duration: 12,346 ms, limit [\d,]+ ms: /,
    );
  });

  it('says of an error budget what share of the month is gone, and when it ends at this pace', () => {
    const windows = [ringing(metric(`${api}-burn-1h`), 7.2), ringing(metric(`${api}-burn-5m`), 9)];
    const message = compose(ringing(definition(`${api}-fastBurn`)), windows);
    expect(message).toMatchObject({
      urgency: 'page',
      title: `shop local: ${api} spends its error budget fast`,
    });
    expect(message.sentence).toBe(`${api}: In the last hour, 7.2 % failed, where 0.1 % may.`);
    // 72 times too fast: 30 days last 10 hours, of which one was looked at.
    expect(facts(message, 'Error budget')).toEqual([
      'spent 72 times as fast as it allows: the last hour took 10 % of the budget of 30 days, which lasts 10 hours at this pace',
    ]);
    expect(facts(message, 'Likely cause')).toEqual([]);
    // The hour began long before: the five minutes say when.
    expect(message.since).toBe('2026-11-30T11:37:00.000Z');
  });

  it('says of a latency that it took too long, and takes the fastest of the windows', () => {
    const windows = [
      ringing(metric(`${api}-late-24h`), 4),
      ringing(metric(`${api}-late-2h`), 5),
      ringing(metric(`${api}-late-24h-1x`), 4),
      ringing(metric(`${api}-late-6h-1x`), 5),
    ];
    const message = compose(ringing(definition(`${api}-slowBurn`)), windows);
    expect(message.urgency).toBe('ticket');
    expect(message.sentence).toContain('In the last day, 4 % took too long, where 1 % may.');
    expect(message.budget).toMatchObject({ pace: 4, window: 86_400 });
  });

  it('of a composite speaks of what began first behind it, names the others, and lists what else is in ALARM', () => {
    const first = ringing(metric('send-confirmation-timeouts'), 2, AT - 5 * MINUTE);
    const then = ringing(metric('send-confirmation-errorRate'), 40);
    const elsewhere = ringing(metric(`${secondFunction}-memory`));
    const message = compose(ringing(definition('send-confirmation-unhealthy')), [then, first, elsewhere]);

    expect(message.title).toBe('shop local: send-confirmation is unhealthy (errorRate, timeouts)');
    expect(message.sentence).toMatch(/^send-confirmation-timeouts: Lambda killed an invocation/);
    expect(message.distances.map(({ alarm }) => alarm)).toEqual([
      'shop-local-send-confirmation-errorRate',
      'shop-local-send-confirmation-timeouts',
    ]);
    expect(message.also).toEqual([`shop-local-${secondFunction}-memory`]);
    // Five periods of a minute, of which the first began ten minutes before.
    expect(message.since).toBe('2026-11-30T11:32:00.000Z');
    expect(facts(message, 'Since')).toEqual(['2026-11-30 11:32 UTC, 10 minutes before the alarm']);
  });

  it('lists what speaks for others first, and nothing that says nothing alone', () => {
    const others = [
      ringing(metric(`${secondFunction}-memory`)),
      ringing(metric(`${api}-burn-24h`), 4),
      ringing(definition(`${firstFunction}-unhealthy-explained`)),
      ringing(definition(`${api}-fastBurn`)),
    ];
    const message = compose(ringing(metric(`${firstFunction}-errors`)), others);
    expect(message.also).toEqual([`shop-local-${api}-fastBurn`, `shop-local-${secondFunction}-memory`]);
  });

  it('speaks through composites of composites, and once of what several name', () => {
    const leaf = ringing({ ...metric(`${firstFunction}-timeouts`), name: 'shop-local-leaf' });
    const composite = (name: string, rule: string): AlarmRecord =>
      ringing({
        ...definition(`${firstFunction}-unhealthy`),
        kind: 'composite',
        name,
        rule,
      } as AlarmDefinition);
    const branch = composite(
      'shop-local-unhealthy-1',
      'ALARM("shop-local-leaf") OR ALARM("shop-local-unhealthy")',
    );
    const root = composite(
      'shop-local-unhealthy',
      'ALARM("shop-local-unhealthy-1") OR ALARM("shop-local-leaf")',
    );
    const message = compose(root, [branch, leaf]);
    expect(message.title).toBe('shop local: the service is unhealthy (leaf)');
    expect(message.distances).toHaveLength(1);
  });

  it('says what changed in the hour before it began and since, and leaves out what is older', () => {
    const record = ringing(metric(`${firstFunction}-timeouts`), 2);
    const since = Date.parse(compose(record).since ?? '');
    const message = compose(record, [], {
      changes: [
        { at: since - 3 * MINUTE, what: 'the stack shop-dev was updated' },
        { at: since - 61 * MINUTE, what: 'an older deployment' },
        { at: AT + MINUTE, what: 'tracing was turned on' },
      ],
      unread: ['what was deployed: access denied'],
    });
    expect(facts(message, 'Changed')).toEqual([
      expect.stringMatching(/ UTC, 3 minutes before it began: the stack shop-dev was updated$/),
      expect.stringMatching(/ UTC, \d+ minutes after it began: tracing was turned on$/),
    ]);
    expect(facts(message, 'Not known')).toEqual(['what was deployed: access denied']);
  });

  it('counts how often the alarm rang in a day', () => {
    const at = (hours: number) => ({ at: AT - hours * 3_600_000, to: 'ALARM' as const });
    const record = ringing(metric(`${firstFunction}-errors`));
    const message = compose(record, [], { history: [at(0), at(2), at(23), at(25)] });
    expect(facts(message, 'How often')).toEqual(['3 times in 24 hours, this time included']);
  });

  it('takes owner and runbook from its description, or from that of what speaks behind it', () => {
    const described = {
      ...metric(`${firstFunction}-errors`),
      description: 'Broken.\nOwner: orders\nRunbook: https://r.example',
    };
    expect(compose(ringing(described))).toMatchObject({ owner: 'orders', runbook: 'https://r.example' });
  });

  it('that is over says how long it took, and one without data that there is none', () => {
    const alarm = metric(`${firstFunction}-errors`);
    const over = ringing(alarm);
    over.state = { ...stateWith(alarm, [0]), at: AT + 12 * MINUTE };
    const message = compose(over, [], { previousState: 'ALARM', history: [{ at: AT, to: 'ALARM' }] });
    expect(message.sentence).toBe(`${firstFunction}-errors is OK again, after 12 minutes in ALARM.`);
    expect(mailOf(message).subject).toBe(`OK: shop local: ${firstFunction}-errors is OK`);
    over.state = { value: 'INSUFFICIENT_DATA', reason: '', at: AT };
    expect(mailOf(compose(over)).subject).toMatch(/^NO DATA: /);
  });

  it.each([
    ['a topic', (record: AlarmRecord) => JSON.parse(snsMessage(transition(record), ACCOUNT)) as unknown],
    ['EventBridge', (record: AlarmRecord) => eventBridgeEvent(transition(record), ACCOUNT)],
    ['a Lambda action', (record: AlarmRecord) => lambdaActionEvent(transition(record), ACCOUNT)],
  ])('is the same of what %s is told, and of what CloudWatch describes', (_form, told) => {
    for (const alarm of alarms.values()) {
      if (alarm.kind !== 'metric' || alarm.treatMissingData === 'breaching') continue;
      const record = ringing(alarm);
      const change = readAlarmChange(told(record));
      if (change === undefined) throw new Error(`${alarm.name} cannot be read`);
      const described = compose(record);
      const fromEvent = composeMessage({ ...change, inAlarm: [], history: [], changes: [], place: PLACE });
      expect(
        fromEvent.distances.map(({ text }) => text),
        alarm.name,
      ).toEqual(described.distances.map(({ text }) => text));
      expect(fromEvent.title).toBe(described.title);
      expect(fromEvent.since).toBe(described.since);
      expect(fromEvent.previousState).toBe('OK');
    }
  });

  it('is none where nothing was said of an alarm', () => {
    for (const other of [
      undefined,
      null,
      'ALARM',
      7,
      [],
      {},
      { AlarmName: 'a' },
      { detail: { alarmName: 'a' } },
    ])
      expect(readAlarmChange(other)).toBeUndefined();
  });

  it('quotes neither what others wrote as a reason nor the values of dimensions', () => {
    const secret = fc.constantFrom('jane.doe@example.com', '4111 1111 1111 1111', '+49 170 1234567');
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 40 }), (personal, around) => {
        const alarm = ringing(metric(`${firstFunction}-errors`));
        const reason = `${around}${personal}${around}`;
        const change = readAlarmChange({
          AlarmName: 'shop-local-customer',
          NewStateValue: 'ALARM',
          NewStateReason: reason,
          StateChangeTime: '2026-11-30T11:42:07.000+0000',
          Trigger: {
            MetricName: 'Errors',
            Namespace: 'Shop',
            Dimensions: [{ name: 'Customer', value: personal }],
          },
        });
        if (change === undefined) throw new Error('it cannot be read');
        const message = composeMessage({
          ...change,
          inAlarm: [observed({ ...alarm, state: { ...alarm.state, reason } })],
          history: [],
          changes: [],
          place: PLACE,
        });
        const everything = JSON.stringify([message, mailOf(message), chatOf(message), eventOf(message)]);
        expect(everything).not.toContain(personal);
      }),
    );
  });
});

const ACCOUNT = { region: 'eu-west-1', accountId: '000000000000' };

function transition({ definition: alarm, state, createdAt }: AlarmRecord) {
  return { alarm, state, previous: { value: 'OK' as const, reason: '', at: AT - MINUTE }, createdAt };
}

describe('the forms of a message', () => {
  const message = compose(ringing(definition(`${api}-fastBurn`)), [
    ringing(metric(`${api}-burn-1h`), 7.2),
    ringing(metric(`${api}-burn-5m`), 9),
    ringing(metric(`${firstFunction}-errors`)),
  ]);

  it('as a mail has the urgency in the subject, and a line for each fact, step, owner and runbook', () => {
    const { subject, text } = mailOf({ ...message, owner: 'payments', runbook: 'https://wiki.example.com' });
    expect(subject).toBe(`PAGE: shop local: ${api} spends its error budget fast`);
    const lines = text.split('\n');
    expect(lines[0]).toBe(message.sentence);
    expect(lines.filter((line) => /^\d\. /.test(line))).toHaveLength(3);
    expect(lines).toContain('Owner: payments');
    expect(lines).toContain('Runbook: https://wiki.example.com');
    for (const { text: fact } of factsOf(message)) expect(text).toContain(fact);
  });

  it('as a subject is a line of ASCII that SNS takes, whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const subject = subjectOf(`ALARM: ${name}`);
        expect(subject).toMatch(/^[\x20-\x7e]+$/);
        expect(subject.length).toBeLessThanOrEqual(100);
      }),
    );
    expect(subjectOf('ALARM: bestellungen-größe')).toBe('ALARM: bestellungen-gro?e');
  });

  it('in a channel is a custom notification, one thread for each alarm, and mentions nobody', () => {
    const chat = chatOf({ ...message, sentence: 'Look, <!channel> and `this`', cause: 'x'.repeat(9000) });
    expect(chat).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: expect.stringMatching(/^PAGE: /) as string },
      metadata: { threadId: `shop-local-${api}-fastBurn` },
    });
    expect(chat.content.nextSteps).toHaveLength(3);
    expect(chat.content.nextSteps?.[0]).toMatch(/^`aws .*`$/);
    expect(chat.content.description.length).toBeLessThanOrEqual(8000);
    expect(JSON.stringify(chat)).not.toMatch(/<!/);
  });

  it('as an event holds the whole message, under its name and with its version', () => {
    const event = eventOf(message);
    expect(event).toMatchObject({
      Source: 'lambda-lantern',
      DetailType: 'Alarm Message',
      Resources: [message.arn],
    });
    expect(JSON.parse(event.Detail)).toEqual(JSON.parse(JSON.stringify(message)));
  });

  it('begins no line by what somebody else chose', () => {
    const evil = { ...message, title: 'a\nSubject: b', sentence: 'c\r\nOwner: d', owner: 'e\nRunbook: f' };
    const { subject, text } = mailOf(evil);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^(Owner: d|Runbook: f)/m);
  });
});
