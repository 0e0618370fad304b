/** Decides what a message means for the tracing of a function. Pure: what is done about it is in `switch-tracing.ts`. */
import { MAX_ENVIRONMENT, MAX_TAGS } from 'lambda-lantern-local/template';
import type { AlarmState } from 'lambda-lantern-local/template';
import type { Ledger, LedgerEntry } from './alarm-ledger.ts';
import {
  alarmKey,
  BY_HAND,
  endOf,
  EVERYTHING,
  holding,
  isOld,
  newestOf,
  readLedger,
  superfluous,
  tagKeyOf,
  tagValueOf,
} from './alarm-ledger.ts';
import { LONGEST_MINUTES } from './limits.ts';
import { NEVER, SETTING_TAG } from './names.ts';
import type { TracingConfiguration } from './tracing-state.ts';
import { environmentWith, formatBefore, isOn, isTraced, parseBefore } from './tracing-state.ts';

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
  | { readonly kind: 'off'; readonly by: string; readonly at: number };

/** A function as it is. */
export interface FunctionSnapshot {
  readonly configuration: TracingConfiguration;
  readonly tags: Readonly<Record<string, string>>;
  /** Its whole environment. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Decision {
  readonly outcome: 'on' | 'off' | 'unchanged';
  /** Half a sentence for people. */
  readonly why: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly removedTags: readonly string[];
  /** Absent where it stays as it is. */
  readonly configuration?: TracingConfiguration;
  /** When a schedule is to turn tracing off; absent where none is needed. */
  readonly until?: number;
}

/** A function, and what is to be remembered about it. */
interface Subject {
  readonly configuration: TracingConfiguration;
  readonly variables: Readonly<Record<string, string>>;
  readonly isNever: boolean;
  readonly ledger: Ledger;
}

/** What a message adds to the ledger, if anything, in half a sentence that ends with what comes of it. */
interface Hearing {
  readonly entry?: LedgerEntry;
  readonly why: string;
}

/**
 * First what the message adds to what is known, then what all that is known demands of the function: so whoever handles any
 * message sets right what the handling of another one left half done.
 */
export function decide(snapshot: FunctionSnapshot, request: SwitchRequest, now: number): Decision {
  const { configuration, variables, tags } = snapshot;
  const subject = {
    configuration,
    variables,
    isNever: tags[SETTING_TAG] === NEVER,
    ledger: readLedger(tags),
  };
  // The clock of the schedules may be ahead of ours.
  const clock = request.kind === 'time-over' ? Math.max(now, request.until) : now;
  const room = MAX_TAGS - (Object.keys(tags).length - subject.ledger.length);
  const { entry, why } = remembered(hear(subject, request, clock), subject.ledger, clock, room);
  const ledger = entry === undefined ? subject.ledger : [...subject.ledger, entry];
  return {
    ...demand({ ...subject, ledger }, why, clock),
    tags: entry === undefined ? {} : { [tagKeyOf(entry)]: tagValueOf(entry) },
    removedTags: superfluous(ledger, clock, room).map(tagKeyOf),
  };
}

/** Without an entry that would be the first to be forgotten. */
function remembered(hearing: Hearing, ledger: Ledger, now: number, room: number): Hearing {
  const { entry, why } = hearing;
  return entry !== undefined && superfluous([...ledger, entry], now, room).includes(entry)
    ? { why: `${why}, but the function has no room for a tag that remembers it` }
    : hearing;
}

function hear(subject: Subject, request: SwitchRequest, now: number): Hearing {
  switch (request.kind) {
    case 'alarm':
      return request.state === 'ALARM' ? hearAlarm(subject, request, now) : hearOk(subject, request, now);
    case 'on': {
      const { by, at, until } = request;
      const end = until === undefined ? {} : { until: wholeSeconds(until) };
      return hearOn(subject, { key: BY_HAND, state: 'on', at, ...end, by, reason: 'by hand' }, by, now);
    }
    case 'time-over':
      return { why: 'its longest time is over' };
    case 'off': {
      const { by, at } = request;
      // Remembered where tracing is off, too: an ALARM from before may still be on its way.
      if (subject.isNever || isDeployedTraced(subject.configuration)) return { why: `by ${by}` };
      const until = at + LONGEST_MINUTES.most * 60_000;
      const entry = { key: EVERYTHING, state: 'off', at, until, by, reason: 'by hand' } as const;
      return hearNew(subject.ledger, entry, `by ${by}`);
    }
  }
}

type AlarmRequest = Extract<SwitchRequest, { kind: 'alarm' }>;

function hearAlarm(subject: Subject, request: AlarmRequest, now: number): Hearing {
  return hearOn(subject, entryOf(request, 'on'), `${request.alarmName} is in ALARM`, now);
}

function hearOn(
  { ledger, isNever, configuration }: Subject,
  entry: LedgerEntry,
  why: string,
  now: number,
): Hearing {
  if (isNever) return { why: `${why}, but it is marked as never to be traced (tag ${SETTING_TAG})` };
  if (isDeployedTraced(configuration)) return { why };
  if (entry.until !== undefined && entry.until <= now) return { why: `${why}, but its longest time is over` };
  return hearNew(ledger, entry, why);
}

function hearOk({ ledger, configuration }: Subject, request: AlarmRequest, now: number): Hearing {
  const { alarmName, previousState } = request;
  const entry = entryOf(request, 'off');
  const why = `${alarmName} is OK`;
  if (entry.until !== undefined && entry.until <= now) return { why };
  // An ALARM from before may still be on its way. One that nobody has heard of is not: after a deployment, dozens are OK.
  const isFirst = previousState !== 'ALARM' && newestOf(ledger, entry.key) === undefined;
  return isFirst && configuration.before === undefined ? { why } : hearNew(ledger, entry, why);
}

/** What was heard before is not added again. It may be half done, though, by whoever added it. */
function hearNew(ledger: Ledger, entry: LedgerEntry, why: string): Hearing {
  if (!isOld(ledger, entry)) return { entry, why };
  const isKnown = ledger.some((each) => tagKeyOf(each) === tagKeyOf(entry));
  return { why: isKnown ? why : `${why}, which is not the last that was heard of it` };
}

/** An OK is remembered for as long as an ALARM from before could turn tracing on. */
function entryOf({ alarmName, at, longest, reason }: AlarmRequest, state: 'on' | 'off'): LedgerEntry {
  const until = wholeSeconds(at + longest);
  return { key: alarmKey(alarmName), state, at, until, by: `alarm ${alarmName}`, reason };
}

/** What all that is known asks for, and how far the function is from it. */
function demand(
  { configuration, variables, isNever, ledger }: Subject,
  why: string,
  now: number,
): Omit<Decision, 'tags' | 'removedTags'> {
  const holds = isNever ? [] : holding(ledger, now);
  const [first] = holds;
  if (first === undefined) return withoutHold(configuration, why);
  if (isDeployedTraced(configuration)) return { outcome: 'unchanged', why };
  const until = endOf(holds);
  const end = until === undefined ? {} : { until };
  if (!isTraced(configuration)) {
    const before = formatBefore(withoutSwitch(configuration));
    const traced: TracingConfiguration = { mode: 'Active', variable: 'true', before };
    const size = Buffer.byteLength(JSON.stringify(environmentWith(variables, traced)));
    if (size > MAX_ENVIRONMENT) {
      const limit = `its environment would have ${size} bytes as JSON, and ${MAX_ENVIRONMENT} are the most`;
      return { outcome: 'unchanged', why: `${why}, but ${limit}` };
    }
    return { outcome: 'on', why, ...end, configuration: traced };
  }
  return { outcome: 'unchanged', why: `${why}, and it is on, by ${first.by}${others(holds)}`, ...end };
}

function withoutHold(
  configuration: TracingConfiguration,
  why: string,
): Omit<Decision, 'tags' | 'removedTags'> {
  if (configuration.before === undefined) {
    const state = isTraced(configuration)
      ? 'it is on because it was deployed so; change serverless.yml to turn it off'
      : 'it is off';
    return { outcome: 'unchanged', why: `${why}, and ${state}` };
  }
  const restored = withoutSwitch(configuration);
  const isSame = restored.mode === configuration.mode && restored.variable === configuration.variable;
  return {
    outcome: isSame ? 'unchanged' : 'off',
    why: isSame ? `${why}, and it is off already` : why,
    configuration: restored,
  };
}

/** Traced, and not by the switch. */
function isDeployedTraced(configuration: TracingConfiguration): boolean {
  return isTraced(configuration) && configuration.before === undefined;
}

/**
 * As it was before the switch, except for what was changed meanwhile: a deployment may have turned tracing off already, or
 * one half of it.
 */
function withoutSwitch({ mode, variable, before }: TracingConfiguration): TracingConfiguration {
  const was = before === undefined ? { mode, variable } : parseBefore(before);
  return {
    mode: mode === 'Active' ? was.mode : mode,
    variable: isOn(variable) ? was.variable : variable,
  };
}

function others(holds: readonly LedgerEntry[]): string {
  return holds.length > 1 ? ` and ${holds.length - 1} more` : '';
}

/** A schedule has seconds. */
function wholeSeconds(epoch: number): number {
  return Math.floor(epoch / 1000) * 1000;
}
