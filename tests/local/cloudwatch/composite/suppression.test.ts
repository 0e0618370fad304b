import { describe, expect, it } from 'vitest';
import { NOT_SUPPRESSED, stepSuppression } from '../../../../local/cloudwatch/composite/suppression.ts';
import type { AlarmState } from '../../../../local/cloudwatch/view.ts';
import { vectors } from '../alarm-vectors.ts';

type Changes = Readonly<Record<string, AlarmState>>;

/** Steps through the units of time, and gives those at which actions are taken. */
function actionsOf(composite: Changes, suppressor: Changes, wait: number, extension: number): number[] {
  let suppression = NOT_SUPPRESSED;
  let suppressorState: AlarmState = 'OK';
  const taken: number[] = [];
  for (let at = 0; at <= 15; at += 1) {
    suppressorState = suppressor[at] ?? suppressorState;
    const changed = composite[at] !== undefined;
    const step = { at, changed, suppressor: suppressorState, wait, extension };
    const outcome = stepSuppression(suppression, step);
    suppression = outcome.suppression;
    if (outcome.act) taken.push(at);
  }
  return taken;
}

describe('the suppression of actions', () => {
  const { wait, extension } = vectors.suppressionPeriods;

  it.each(vectors.suppression)('goes as published: $id', ({ composite, suppressor, actionsAt }) => {
    expect(actionsOf(composite, suppressor, wait, extension)).toEqual(actionsAt === null ? [] : [actionsAt]);
  });

  it('lets actions be taken at once without periods', () => {
    expect(actionsOf({ 2: 'ALARM', 5: 'OK' }, {}, 0, 0)).toEqual([2, 5]);
  });

  it('takes the actions of the state that is left when the suppressor ends', () => {
    expect(actionsOf({ 2: 'ALARM', 4: 'OK' }, { 0: 'ALARM', 6: 'OK' }, 0, 1)).toEqual([7]);
  });

  it('takes none when nothing changed while the suppressor was in ALARM', () => {
    expect(actionsOf({}, { 1: 'ALARM', 4: 'OK' }, 2, 3)).toEqual([]);
  });

  it('says what holds the actions back', () => {
    const step = { at: 5, changed: true, wait: 2, extension: 3 };
    expect(stepSuppression(NOT_SUPPRESSED, { ...step, suppressor: 'ALARM' }).suppressedBy).toBe('Alarm');
    expect(stepSuppression(NOT_SUPPRESSED, { ...step, suppressor: 'OK' }).suppressedBy).toBe('WaitPeriod');
    const inAlarm = stepSuppression(NOT_SUPPRESSED, { ...step, suppressor: 'ALARM' }).suppression;
    const after = stepSuppression(inAlarm, { ...step, at: 6, changed: false, suppressor: 'OK' });
    expect(after.suppressedBy).toBe('ExtensionPeriod');
  });
});
