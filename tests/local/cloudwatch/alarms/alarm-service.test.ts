import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../../local/cloudwatch/actions/transition.ts';
import { MAX_HISTORY } from '../../../../local/cloudwatch/alarms/alarm-record.ts';
import { AlarmService } from '../../../../local/cloudwatch/alarms/alarm-service.ts';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import type { AlarmDefinition, CompositeAlarmDefinition } from '../../../../local/template/service.ts';
import { metricAlarm, stat } from './metric-alarm.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 1, 1, 12);

function composite(
  name: string,
  rule: string,
  more: Partial<CompositeAlarmDefinition> = {},
): CompositeAlarmDefinition {
  return {
    kind: 'composite',
    name,
    arn: `arn:aws:cloudwatch:eu-west-1:000000000000:alarm:${name}`,
    actionsEnabled: true,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
    rule,
    suppressorWaitPeriod: 0,
    suppressorExtensionPeriod: 0,
    ...more,
  };
}

/** An alarm of a name that fires when the metric of that name is above 0 in the last minute. */
function onMetric(name: string) {
  return metricAlarm({
    name,
    arn: `arn:aws:cloudwatch:eu-west-1:000000000000:alarm:${name}`,
    queries: [
      { id: 'm', returnData: true, stat: stat({ namespace: 'test', metricName: name, dimensions: [] }) },
    ],
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
  });
}

/** The alarms, in a time that passes minute by minute; `acted` and `emitted` tell of the minute they happened in. */
function serviceOf(...alarms: AlarmDefinition[]) {
  let now = START;
  const acted: string[] = [];
  const emitted: Transition[] = [];
  const clock = { minuteMs: MINUTE };
  const store = new MetricStore(clock, () => now);
  const minute = () => (now - START) / MINUTE;
  const service = new AlarmService({
    alarms,
    store,
    clock,
    createdAt: START,
    onChange: () => undefined,
    onTransitions: () => undefined,
    actions: {
      act: ({ alarm, state }) => acted.push(`${minute()}: ${alarm.name} ${state.value}`),
      emit: (transition) => emitted.push(transition),
    },
  });
  return {
    service,
    acted,
    emitted,
    state: (name: string) => service.find(name)?.state,
    /** The clock is set back. */
    setBack: (minutes: number) => {
      now -= minutes * MINUTE;
    },
    /** A minute passes in which these metrics are above 0. */
    pass: (...firing: string[]) => {
      for (const name of firing)
        store.record({ namespace: 'test', name, dimensions: [] }, { at: now + 1, value: 1 });
      now += MINUTE;
      service.evaluate(now, now);
    },
  };
}

describe('an alarm', () => {
  it('acts on transitions only', () => {
    const { pass, acted } = serviceOf(onMetric('a'));
    pass('a');
    pass('a');
    pass();
    pass('a');
    // A range of three periods is looked at: the alarm is OK when the last breaching datapoint has left it.
    pass();
    pass();
    pass();
    expect(acted).toEqual(['1: a ALARM', '7: a OK']);
  });

  it('does nothing but change when its actions are disabled', () => {
    const { pass, acted, emitted, state } = serviceOf({ ...onMetric('a'), actionsEnabled: false });
    pass('a');
    expect(state('a')?.value).toBe('ALARM');
    expect(acted).toEqual([]);
    expect(emitted).toHaveLength(1);
  });

  it('remembers its last transitions, and how many it forgot', () => {
    const { pass, service } = serviceOf(onMetric('a'));
    for (let round = 0; round < MAX_HISTORY; round += 1) {
      pass('a');
      pass();
      pass();
      pass();
    }
    const record = service.find('a');
    expect(record?.history).toHaveLength(MAX_HISTORY);
    expect(record?.history[0]).toMatchObject({ from: 'ALARM', to: 'OK' });
    expect(record?.forgotten).toBe(MAX_HISTORY);
  });

  it('tells why it has no data, without a transition', () => {
    const { pass, state, emitted } = serviceOf({ ...onMetric('a'), treatMissingData: 'missing' });
    expect(state('a')?.reason).toBe('Unchecked: Initial alarm creation');
    pass();
    expect(state('a')?.reason).toBe('Insufficient Data: 1 datapoint was unknown.');
    expect(emitted).toEqual([]);
  });
});

describe('an alarm that was just made', () => {
  it('is not told of when it becomes OK, and is when it fires', () => {
    const { pass, acted, emitted, service } = serviceOf(onMetric('a'), onMetric('b'));
    pass('b');
    expect(acted).toEqual(['1: b ALARM']);
    expect(emitted.map(({ alarm }) => alarm.name)).toEqual(['b']);
    expect(service.find('a')?.history[0]).toMatchObject({
      to: 'OK',
      actions: ['no actions: the alarm was just made, and nothing is wrong'],
    });
  });
});

describe('a composite alarm', () => {
  it('follows its children in the same minute, through others', () => {
    const { pass, state, emitted } = serviceOf(
      composite('top', 'ALARM(middle)'),
      composite('middle', 'ALARM(a) OR ALARM(b)'),
      onMetric('a'),
      onMetric('b'),
    );
    pass();
    expect(state('top')).toMatchObject({
      value: 'OK',
      reason:
        'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:top was created and its alarm rule evaluates to OK',
    });
    pass('b');
    expect(state('top')?.value).toBe('ALARM');
    expect(state('middle')).toMatchObject({
      value: 'ALARM',
      reason:
        'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:b transitioned to ALARM at Sunday 01 February, 2026 12:02:00 UTC',
    });
    expect(JSON.parse(state('middle')?.reasonData ?? '')).toEqual({
      triggeringAlarms: [
        {
          arn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:b',
          state: { value: 'ALARM', timestamp: '2026-02-01T12:02:00.000+0000' },
        },
      ],
    });
    expect(emitted.at(-1)?.trigger?.arn).toContain(':middle');
  });

  it('waits for its suppressor before it acts', () => {
    const { pass, acted, emitted } = serviceOf(
      composite('top', 'ALARM(a)', {
        actionsSuppressor: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:quiet',
        suppressorWaitPeriod: 120,
      }),
      { ...onMetric('a'), actionsEnabled: false },
      { ...onMetric('quiet'), actionsEnabled: false },
    );
    pass();
    pass();
    pass();
    pass('a');
    expect(emitted.findLast(({ alarm }) => alarm.name === 'top')?.suppressedBy).toBe('WaitPeriod');
    pass('a');
    expect(acted).toEqual([]);
    pass('a');
    expect(acted).toEqual(['6: top ALARM']);
  });

  it('does not act while its suppressor is in ALARM', () => {
    const { pass, acted, service } = serviceOf(
      composite('top', 'ALARM(a)', { actionsSuppressor: 'quiet' }),
      { ...onMetric('a'), actionsEnabled: false },
      { ...onMetric('quiet'), actionsEnabled: false },
    );
    pass('quiet');
    pass('a', 'quiet');
    expect(acted).toEqual([]);
    expect(service.find('top')?.history[0]).toMatchObject({
      to: 'ALARM',
      actions: ['actions held back: Alarm'],
    });
    pass('a');
    pass('a');
    pass('a');
    expect(acted).toEqual(['5: top ALARM']);
  });

  it.each([
    ['ALARM(gone)', 'Not evaluated: The rule names the alarm gone, which is not there.'],
    ['ALARM(', 'Not evaluated: The rule "ALARM(": ALARM( is not understood.'],
    ['ALARM(top)', 'Not evaluated: its rule leads back to itself.'],
  ])('says why its rule %s cannot be evaluated', (rule, reason) => {
    const { pass, state } = serviceOf(composite('top', rule));
    pass();
    expect(state('top')).toMatchObject({ value: 'INSUFFICIENT_DATA', reason });
  });
});

describe('a clock that is set back', () => {
  it('makes no action wait for longer', () => {
    const { pass, acted, setBack } = serviceOf(
      onMetric('a'),
      onMetric('s'),
      composite('c', 'ALARM(a)', {
        actionsSuppressor: 's',
        suppressorWaitPeriod: 120,
        suppressorExtensionPeriod: 60,
      }),
    );
    pass('a');
    setBack(60);
    pass('a');
    pass('a');
    pass('a');
    expect(acted.filter((each) => each.includes('c ALARM'))).toHaveLength(1);
  });

  it('makes no warm-up last for longer', () => {
    const warmUp = { minutes: 3, whole: true };
    const { pass, state, setBack, service } = serviceOf({ ...onMetric('a'), warmUp });
    pass('a');
    setBack(60);
    pass('a');
    expect(state('a')?.value).not.toBe('ALARM');
    pass('a');
    pass('a');
    expect(state('a')?.value).toBe('ALARM');

    // One that is made afterwards warms up for its whole time.
    service.update({ alarms: [{ ...onMetric('b'), warmUp }] }, START - 56 * MINUTE);
    pass('b');
    expect(state('b')?.value).not.toBe('ALARM');
    pass('b');
    pass('b');
    expect(state('b')?.value).toBe('ALARM');
  });
});
