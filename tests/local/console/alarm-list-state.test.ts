import { describe, expect, it } from 'vitest';
import {
  alarmListReducer,
  countOf,
  initialAlarmList,
  shownAlarms,
} from '../../../local/console/alarms/alarm-list-state.ts';
import type { AlarmListAction, AlarmListState } from '../../../local/console/alarms/alarm-list-state.ts';
import { groupsWith } from '../../../local/console/metrics/groups-with.ts';
import { alarmSummary, metricChart } from '../../fixtures/console/alarms.ts';

function after(...actions: readonly AlarmListAction[]): AlarmListState {
  return actions.reduce(alarmListReducer, initialAlarmList);
}

const everything = { state: undefined, text: '' } as const;
function names(state: AlarmListState, filter: Parameters<typeof shownAlarms>[1] = everything) {
  return shownAlarms(state, filter).map(({ name }) => name);
}

const listed: AlarmListAction = {
  type: 'listed',
  listing: {
    minuteMs: 60_000,
    alarms: [
      alarmSummary('b'),
      alarmSummary('a', { resource: { kind: 'queue', name: 'letters' } }),
      alarmSummary('new', { state: 'INSUFFICIENT_DATA' }),
      alarmSummary('red', { state: 'ALARM', description: 'Payments are SLOW' }),
    ],
  },
};

describe('the list of alarms', () => {
  it('shows what is in alarm first, then what lacks data, by name within', () => {
    expect(names(after(listed))).toEqual(['red', 'new', 'a', 'b']);
  });

  it('moves an alarm that turns to ALARM to the top, and counts it', () => {
    const state = after(listed, { type: 'arrived', alarms: [alarmSummary('a', { state: 'ALARM' })] });
    expect(names(state)).toEqual(['a', 'red', 'new', 'b']);
    expect(countOf(state, 'ALARM')).toBe(2);
    expect(countOf(state, 'OK')).toBe(1);
  });

  it('keeps what it heard while the list was under way', () => {
    const heard: AlarmListAction = { type: 'arrived', alarms: [alarmSummary('red', { state: 'OK' })] };
    expect(countOf(after({ type: 'connected' }, heard, listed), 'ALARM')).toBe(0);
  });

  it('forgets after a reconnection what the server no longer has', () => {
    const state = after(
      { type: 'arrived', alarms: [alarmSummary('of another service')] },
      { type: 'connected' },
      listed,
    );
    expect(names(state)).not.toContain('of another service');
  });

  it('keeps a failure until the list can be read', () => {
    const failed = after({ type: 'failed', message: 'no answer' });
    expect(failed.failure).toBe('no answer');
    expect(alarmListReducer(failed, listed).failure).toBeUndefined();
  });

  it('is filtered by state, and by words wherever they stand', () => {
    const state = after(listed);
    expect(names(state, { state: 'OK', text: '' })).toEqual(['a', 'b']);
    expect(names(state, { state: undefined, text: ' slow  payments ' })).toEqual(['red']);
    expect(names(state, { state: undefined, text: 'QUEUE letters' })).toEqual(['a']);
    expect(names(state, { state: 'ALARM', text: 'letters' })).toEqual([]);
  });
});

describe('the filter of metrics', () => {
  const groups = ['create-order', 'take-payment'].map((name) => ({
    kind: 'function',
    name,
    charts: ['Duration', 'Errors'].map((title) => metricChart([], { title })),
  }));
  const found = (query: string) =>
    groupsWith(groups, query).map(({ name, charts }) => [name, ...charts.map(({ title }) => title)]);

  it('finds charts by their title and by what they are of', () => {
    expect(found('payment dur')).toEqual([['take-payment', 'Duration']]);
    expect(found('errors')).toEqual([
      ['create-order', 'Errors'],
      ['take-payment', 'Errors'],
    ]);
    expect(found('nothing')).toEqual([]);
    expect(found(' ')).toHaveLength(2);
  });
});
