/**
 * Whether a composite alarm takes its actions ("Composite alarm action suppression", CloudWatch user guide). Pure: each
 * step gets what the step before gave.
 */
import type { AlarmState } from '../view.ts';

export type Suppressor = 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod';

export interface Suppression {
  /** Whether actions for a change of state are still to be taken. */
  readonly pending: boolean;
  /** The period that runs, and when it ends. */
  readonly period?: { readonly kind: 'WaitPeriod' | 'ExtensionPeriod'; readonly until: number };
  readonly suppressorInAlarm: boolean;
}

export interface SuppressionStep {
  readonly at: number;
  /** Whether the composite alarm changed its state at this moment. */
  readonly changed: boolean;
  readonly suppressor: AlarmState;
  /** In the unit of `at`. */
  readonly wait: number;
  readonly extension: number;
}

export interface SuppressionOutcome {
  readonly suppression: Suppression;
  /** Whether the actions of the present state are taken now. */
  readonly act: boolean;
  /** What holds them back. */
  readonly suppressedBy?: Suppressor;
}

export const NOT_SUPPRESSED: Suppression = { pending: false, suppressorInAlarm: false };

export function stepSuppression(before: Suppression, step: SuppressionStep): SuppressionOutcome {
  const suppressorInAlarm = step.suppressor === 'ALARM';
  const pending = before.pending || step.changed;
  if (suppressorInAlarm) {
    return {
      suppression: { pending, suppressorInAlarm },
      act: false,
      ...(pending && { suppressedBy: 'Alarm' }),
    };
  }
  const period = runningPeriod(before, step);
  if (!pending) return { suppression: { pending, suppressorInAlarm, ...(period && { period }) }, act: false };
  if (period === undefined || period.until <= step.at) {
    return { suppression: { pending: false, suppressorInAlarm }, act: true };
  }
  return { suppression: { pending, suppressorInAlarm, period }, act: false, suppressedBy: period.kind };
}

/** A change of the composite alarm begins a WaitPeriod, whatever ran; the end of the suppressor's ALARM an extension. */
function runningPeriod(before: Suppression, step: SuppressionStep): Suppression['period'] {
  if (step.changed) return { kind: 'WaitPeriod', until: step.at + step.wait };
  if (before.suppressorInAlarm) return { kind: 'ExtensionPeriod', until: step.at + step.extension };
  return before.period;
}
