/** Decides what a message means for the tracing of a function. Pure: what is done about it is in `switch-tracing.ts`. */
import type { AlarmState } from 'lambda-lantern-local/template';
import type { Ledger, LedgerEntry } from './alarm-ledger.ts';
import { alarmKey, BY_HAND, countInAlarm, formatLedger, withAllEnded, withEntry } from './alarm-ledger.ts';
import { TAG } from './names.ts';
import type { TracingConfiguration, TracingState } from './tracing-state.ts';
import { formatBefore, isOn, isoSeconds, isTraced, readTracingState, tagValue } from './tracing-state.ts';

export type SwitchRequest =
  | {
      readonly kind: 'alarm';
      readonly alarmName: string;
      readonly state: Exclude<AlarmState, 'INSUFFICIENT_DATA'>;
      readonly previousState?: AlarmState;
      /** Epoch milliseconds, here and below. */
      readonly at: number;
      readonly reason: string;
      /** Milliseconds that tracing may stay on. */
      readonly longest: number;
    }
  | { readonly kind: 'time-over'; readonly until: number }
  /** By hand; without an end it stays on. */
  | { readonly kind: 'on'; readonly by: string; readonly at: number; readonly until?: number }
  | { readonly kind: 'off'; readonly by: string };

/** A function as it is. */
export interface FunctionSnapshot {
  readonly configuration: TracingConfiguration;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Decision {
  readonly outcome: 'on' | 'off' | 'unchanged';
  /** Half a sentence for people. */
  readonly why: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly removedTags: readonly string[];
  /** Absent where it stays as it is. */
  readonly configuration?: TracingConfiguration;
  /** When a schedule is to turn tracing off; null for never; absent where that stays as it is. */
  readonly until?: number | null;
}

/** What keeps tracing on. */
interface Hold {
  readonly key: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  readonly until?: number;
}

interface Subject extends FunctionSnapshot {
  readonly state: TracingState;
}

export function decide(snapshot: FunctionSnapshot, request: SwitchRequest, now: number): Decision {
  const subject = { ...snapshot, state: readTracingState(snapshot.tags) };
  const { state } = subject;
  switch (request.kind) {
    case 'alarm':
      return decideOnAlarm(subject, request, now);
    case 'on': {
      const end = request.until === undefined ? {} : { until: request.until };
      const hold = { key: BY_HAND, at: request.at, by: request.by, reason: 'by hand', ...end };
      return turnOn(subject, hold, request.by, now);
    }
    case 'time-over':
      if (state.switchedOn === undefined || state.until === undefined || request.until < state.until)
        return unchanged('this end is not the one of today, or there is nothing to turn off');
      return turnOff(subject, withAllEnded(state.ledger), 'its longest time is over');
    case 'off':
      if (state.switchedOn === undefined)
        return unchanged(
          isTraced(subject.configuration)
            ? 'it is on because it was deployed so; change serverless.yml to turn it off'
            : 'it is off',
        );
      return turnOff(subject, withAllEnded(state.ledger), `by ${request.by}`);
  }
}

function decideOnAlarm(
  subject: Subject,
  request: Extract<SwitchRequest, { kind: 'alarm' }>,
  now: number,
): Decision {
  const { state } = subject;
  const { alarmName, at, reason } = request;
  const key = alarmKey(alarmName);
  const known = state.ledger.get(key);
  if (known !== undefined && isOld(known, request))
    return unchanged(`this is not news of ${alarmName}: it was handled, or what came later was`);
  if (request.state === 'ALARM') {
    const hold = { key, at, by: `alarm ${alarmName}`, reason, until: now + request.longest };
    return turnOn(subject, hold, `${alarmName} is in ALARM`, now);
  }
  const ledger = withEntry(state.ledger, key, { state: 'OK', at });
  if (state.switchedOn === undefined) {
    const why = `${alarmName} is OK, and tracing was not turned on for it`;
    // An ALARM from before may still be on its way. One that nobody has heard of is not.
    const remember = known !== undefined || request.previousState === 'ALARM';
    return remember ? unchanged(why, { tags: ledgerTag(ledger) }) : unchanged(why);
  }
  const others = countInAlarm(ledger);
  return others > 0
    ? unchanged(`${alarmName} is OK, but ${others} more keep it on`, { tags: ledgerTag(ledger) })
    : turnOff(subject, ledger, `${alarmName} is OK`);
}

/** A message that comes again is old too, unless it turns tracing on: then that may have been left half done. */
function isOld(known: LedgerEntry, { state, at }: { state: AlarmState; at: number }): boolean {
  if (known.at !== at) return known.at > at;
  return !(known.state === 'ALARM' && state === 'ALARM');
}

function turnOn({ configuration, state }: Subject, hold: Hold, why: string, now: number): Decision {
  if (state.never) return unchanged(`${why}, but it is marked as never to be traced (tag ${TAG.setting})`);
  const ledger = withEntry(state.ledger, hold.key, { state: 'ALARM', at: hold.at });
  if (!isTraced(configuration)) {
    const { by, reason, until } = hold;
    return {
      outcome: 'on',
      why,
      configuration: { mode: 'Active', variable: 'true' },
      tags: {
        [TAG.by]: tagValue(by),
        [TAG.since]: isoSeconds(now),
        [TAG.reason]: tagValue(reason),
        [TAG.before]: formatBefore(withoutSwitch(configuration, state)),
        ...ledgerTag(ledger),
        ...untilTag(until),
      },
      removedTags: until === undefined ? [TAG.until] : [],
      until: until ?? null,
    };
  }
  if (state.switchedOn === undefined) return unchanged(`${why}, but it is on already, by the deployment`);
  if (state.ledger.get(hold.key)?.at === hold.at) return unchanged(`${why}, and it is on already`);
  const until = hold.key === BY_HAND ? hold.until : laterEnd(state, hold);
  return unchanged(`${why}, and it is on already, by ${state.switchedOn.by}`, {
    tags: { ...ledgerTag(ledger), ...untilTag(until) },
    removedTags: until === undefined ? [TAG.until] : [],
    until: until ?? null,
  });
}

/** What was turned on without an end stays so. */
function laterEnd({ until }: TracingState, hold: Hold): number | undefined {
  return until === undefined || hold.until === undefined ? undefined : Math.max(until, hold.until);
}

function turnOff({ configuration, state }: Subject, ledger: Ledger, why: string): Decision {
  const restored = withoutSwitch(configuration, state);
  const isSame = restored.mode === configuration.mode && restored.variable === configuration.variable;
  return {
    outcome: isSame ? 'unchanged' : 'off',
    why: isSame ? `${why}, and it is off already` : why,
    ...(!isSame && { configuration: restored }),
    tags: ledgerTag(ledger),
    removedTags: [TAG.by, TAG.since, TAG.reason, TAG.before, TAG.until],
    until: null,
  };
}

/**
 * As it was before the switch, except for what was changed meanwhile: a deployment may have turned tracing off already, or
 * one half of it.
 */
function withoutSwitch(
  configuration: TracingConfiguration,
  { switchedOn }: TracingState,
): TracingConfiguration {
  const before = switchedOn?.before ?? configuration;
  const { mode, variable } = configuration;
  return {
    mode: mode === 'Active' ? before.mode : mode,
    variable: isOn(variable) ? before.variable : variable,
  };
}

function ledgerTag(ledger: Ledger): Record<string, string> {
  return { [TAG.alarms]: formatLedger(ledger) };
}

function untilTag(until: number | undefined): Record<string, string> {
  return until === undefined ? {} : { [TAG.until]: isoSeconds(until) };
}

function unchanged(why: string, more: Partial<Decision> = {}): Decision {
  return { outcome: 'unchanged', why, tags: {}, removedTags: [], ...more };
}
