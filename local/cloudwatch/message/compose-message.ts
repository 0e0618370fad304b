/** Makes one message of an alarm that changed its state and of all that is known about that moment. Pure. */
import type { AlarmState } from '../alarm-terms.ts';
import { parseAlarmRule } from '../composite/alarm-rule.ts';
import { alarmNameOf } from '../../template/arns.ts';
import { readDescription } from './description.ts';
import type { Distance } from './distance.ts';
import { distanceOf } from './distance.ts';
import type { BudgetWindow, Spending } from './error-budget.ts';
import { budgetWindowOf, spendingOf, spendingSentence, spendingText } from './error-budget.ts';
import type { AlarmChange, ObservedAlarm } from './observed-alarm.ts';
import { breachesOf } from './observed-alarm.ts';
import { howLong, momentInWords, numberInWords } from './words.ts';

/** Something that was changed: a deployment, the tracing of a function. */
export interface RecentChange {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Half a sentence: `the stack order-shop-prod was updated`. */
  readonly what: string;
}

export interface MessageInput extends AlarmChange {
  /** The alarms of the service that are in ALARM at this moment, this one among them or not. */
  readonly inAlarm: readonly ObservedAlarm[];
  /** Its earlier changes of state, in any order. */
  readonly history: ReadonlyArray<{ readonly at: number; readonly to: AlarmState }>;
  /** What was changed lately, in any order. */
  readonly changes: readonly RecentChange[];
  readonly place: Place;
  /** What could not be found out, and why, each half a sentence. */
  readonly unread?: readonly string[];
}

/** Where the alarm is. */
export interface Place {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
}

/** A change with its time as it is told. */
export interface ToldChange {
  readonly at: string;
  readonly what: string;
  /** Minutes after it began; negative before it. */
  readonly minutesAfterStart: number;
}

/**
 * The message. This is also the detail of the event that is put on a bus: what is here stays, and `version` says when it does not. Times
 * are ISO 8601.
 */
export interface AlarmMessage {
  readonly version: '1';
  /** The same when the same change is told again. */
  readonly id: string;
  readonly alarm: string;
  readonly arn?: string;
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  readonly state: AlarmState;
  readonly previousState?: AlarmState;
  /** When the state changed. */
  readonly at: string;
  /** Of the alarms of error budgets: whether somebody is to look at once, or in working hours. */
  readonly urgency?: 'page' | 'ticket';
  /** A line, such as `order-shop prod: take-payment is unhealthy (timeouts)`. */
  readonly title: string;
  /** What is wrong. */
  readonly sentence: string;
  /** When the first datapoint beyond a limit began; absent where it is not known. */
  readonly since?: string;
  /** How far from their limits the values are that made the difference. */
  readonly distances: readonly Distance[];
  readonly budget?: Spending;
  /** How often it went to ALARM in the last 24 hours, this time included. */
  readonly timesInADay: number;
  /** Names of the other alarms that are in ALARM, which are not told on their own or were told before. */
  readonly also: readonly string[];
  /** What changed within the hour before it began, and since. */
  readonly changes: readonly ToldChange[];
  readonly cause?: string;
  /** Commands and links to look at next. */
  readonly nextSteps: readonly string[];
  readonly owner?: string;
  readonly runbook?: string;
  /** What could not be found out. */
  readonly unread: readonly string[];
}

/** What is changed longer before is no news; a deployment shows within minutes, a leak within the hour. Milliseconds. */
const LOOK_BACK = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * 3_600_000;

/** More would hide what matters. */
const MOST_DISTANCES = 3;
const MOST_CHANGES = 5;
const STEPS = 3;

export function composeMessage(input: MessageInput): AlarmMessage {
  const { alarm, previousState, place, history } = input;
  const { service, stage, region } = place;
  const prefix = `${service}-${stage}-`;
  const isAlarm = alarm.state === 'ALARM';
  const speaking = isAlarm ? speakingOf(alarm, input.inAlarm) : [];
  const windows = speaking.flatMap((each) => budgetWindowOf(each) ?? []);
  const budget = spendingOf(windows);
  const since = isAlarm ? sinceOf(speaking, windows) : undefined;
  const description = readDescription(alarm.description ?? '');
  const first = firstOf(speaking);
  const behind = first === undefined ? description : readDescription(first.description ?? '');
  const owner = description.owner ?? behind.owner;
  const runbook = description.runbook ?? behind.runbook;
  // The alarm on a window of a budget has no cause of its own.
  const cause = description.cause ?? (windows.length === 0 ? behind.cause : undefined);
  const urgency = urgencyOf(alarm.name);
  const told = [alarm, ...speaking].map(({ name }) => name);
  const distances = budget === undefined ? speaking.flatMap((each) => distanceOf(each) ?? []) : [];
  return {
    version: '1',
    id: `${alarm.name}@${new Date(alarm.at).toISOString()}`,
    alarm: alarm.name,
    ...(alarm.arn !== undefined && { arn: alarm.arn }),
    service,
    stage,
    region,
    state: alarm.state,
    ...(previousState !== undefined && { previousState }),
    at: new Date(alarm.at).toISOString(),
    ...(urgency !== undefined && { urgency }),
    title: `${service} ${stage}: ${titleOf(alarm, speaking, prefix)}`,
    sentence: sentenceOf(input, first, budget, prefix),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    distances: distances.slice(0, MOST_DISTANCES),
    ...(budget !== undefined && { budget }),
    timesInADay: isAlarm ? timesInADay(history, alarm.at) : 0,
    also: isAlarm ? alsoIn(input.inAlarm, told) : [],
    changes: isAlarm ? toldChanges(input.changes, since ?? alarm.at, alarm.at) : [],
    ...(cause !== undefined && isAlarm && { cause }),
    nextSteps: isAlarm ? stepsOf(description.steps, behind.steps, { alarm, speaking, place }) : [],
    ...(owner !== undefined && { owner }),
    ...(runbook !== undefined && { runbook }),
    unread: isAlarm ? (input.unread ?? []) : [],
  };
}

/** Those that speak for others first; without windows of error budgets and what only holds others back, which say nothing alone. */
function alsoIn(inAlarm: readonly ObservedAlarm[], told: readonly string[]): readonly string[] {
  const others = inAlarm.filter(
    (each) =>
      !told.includes(each.name) && budgetWindowOf(each) === undefined && !each.name.endsWith('-explained'),
  );
  const isVoice = ({ rule }: ObservedAlarm): boolean => rule !== undefined;
  return [...others.filter(isVoice), ...others.filter((each) => !isVoice(each))].map(({ name }) => name);
}

/** The metric alarms in ALARM that an alarm is made of, in the order of its rule; a metric alarm itself. */
function speakingOf(alarm: ObservedAlarm, inAlarm: readonly ObservedAlarm[]): readonly ObservedAlarm[] {
  const byName = new Map(inAlarm.map((each) => [each.name, each]));
  const seen = new Set([alarm.name]);
  const behind = ({ rule }: ObservedAlarm): readonly ObservedAlarm[] =>
    namesIn(rule ?? '').flatMap((name) => {
      const child = byName.get(name);
      if (child === undefined || seen.has(name)) return [];
      seen.add(name);
      return child.rule === undefined ? [child] : behind(child);
    });
  return alarm.rule === undefined ? [alarm] : behind(alarm);
}

function namesIn(rule: string): readonly string[] {
  try {
    return parseAlarmRule(rule).alarms.map(alarmNameOf);
  } catch {
    // What CloudWatch evaluates and we cannot read: the message then speaks of the alarm alone.
    return [];
  }
}

function beginOf(alarm: ObservedAlarm): number {
  return breachesOf(alarm)[0]?.at ?? alarm.at;
}

/** A long window of an error budget began long before anything failed: the shortest says when. */
function sinceOf(speaking: readonly ObservedAlarm[], windows: readonly BudgetWindow[]): number | undefined {
  const shortest = Math.min(...windows.map(({ seconds }) => seconds));
  const telling =
    windows.length === 0
      ? speaking
      : windows.flatMap(({ alarm, seconds }) => (seconds === shortest ? [alarm] : []));
  return telling.length === 0 ? undefined : Math.min(...telling.map(beginOf));
}

/** What began first is nearest to the cause. */
function firstOf(speaking: readonly ObservedAlarm[]): ObservedAlarm | undefined {
  return speaking.toSorted((a, b) => beginOf(a) - beginOf(b))[0];
}

function urgencyOf(name: string): AlarmMessage['urgency'] {
  if (/-(fastBurn|severalBurns)$/.test(name)) return 'page';
  return name.endsWith('-slowBurn') ? 'ticket' : undefined;
}

/** Without the service and the stage, which stand before it. */
function shortName(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** What the names of our composites say. */
const TITLES: ReadonlyArray<readonly [RegExp, (key: string) => string]> = [
  [/^unhealthy(?:-\d+)?$/, () => 'the service is unhealthy'],
  [/^severalUnhealthy$/, () => 'several functions are unhealthy'],
  [/^severalBurns$/, () => 'several functions spend their error budgets fast'],
  [/^error-lines(?:-\d+)?(?:-unexplained)?$/, () => 'functions log errors'],
  [/^(.+)-unhealthy$/, (key) => `${key} is unhealthy`],
  [/^(.+)-fastBurn$/, (key) => `${key} spends its error budget fast`],
  [/^(.+)-slowBurn$/, (key) => `${key} spends more than its error budget`],
];

function titleOf(alarm: ObservedAlarm, speaking: readonly ObservedAlarm[], prefix: string): string {
  const short = shortName(alarm.name, prefix);
  if (alarm.state === 'OK') return `${short} is OK`;
  if (alarm.state === 'INSUFFICIENT_DATA') return `${short} has too little data`;
  const [match, make] = TITLES.map(([form, title]) => [form.exec(short), title] as const).find(
    ([found]) => found !== null,
  ) ?? [null, undefined];
  const key = match?.[1] ?? '';
  const what = make?.(key) ?? `${short} is in ALARM`;
  const parts = speaking
    .filter((each) => each !== alarm && each.query === undefined && budgetWindowOf(each) === undefined)
    .map(({ name }) => shortName(name, key === '' ? prefix : `${prefix}${key}-`));
  return parts.length === 0 ? what : `${what} (${listed(parts, 3)})`;
}

function sentenceOf(
  { alarm, previousState, history }: MessageInput,
  first: ObservedAlarm | undefined,
  budget: Spending | undefined,
  prefix: string,
): string {
  const short = shortName(alarm.name, prefix);
  if (alarm.state === 'INSUFFICIENT_DATA') return `CloudWatch has too little data to judge ${short}.`;
  if (alarm.state === 'OK') {
    const began = history
      .filter(({ at, to }) => to === 'ALARM' && at < alarm.at)
      .reduce<number | undefined>((newest, { at }) => Math.max(newest ?? at, at), undefined);
    const lasted =
      previousState === 'ALARM' && began !== undefined
        ? `, after ${howLong(Math.round((alarm.at - began) / 1000))} in ALARM`
        : '';
    return `${short} is OK again${lasted}.`;
  }
  const { meaning } = readDescription(alarm.description ?? '');
  // What several have in common is said by the alarm on them, and by none of those behind it.
  const isGroup = /^several[A-Z]/.test(short);
  if (budget !== undefined && !isGroup)
    return `${short.replace(/-(fast|slow)Burn$/, '')}: ${spendingSentence(budget)}`;
  const behind = first === undefined || isGroup ? '' : readDescription(first.description ?? '').meaning;
  // That of error lines says itself whose they are.
  if (first !== undefined && behind !== '')
    return first.query === undefined ? `${shortName(first.name, prefix)}: ${behind}` : behind;
  return meaning === '' ? `${short} is in ALARM.` : meaning;
}

function timesInADay(history: MessageInput['history'], now: number): number {
  const others = history.filter(({ at, to }) => to === 'ALARM' && at < now && at > now - DAY);
  return others.length + 1;
}

/** Those near the beginning first, as they may be the cause; told in the order of time. */
function toldChanges(
  changes: readonly RecentChange[],
  since: number,
  changedAt: number,
): readonly ToldChange[] {
  return changes
    .filter(({ at }) => at >= since - LOOK_BACK && at <= Math.max(changedAt, since) + LOOK_BACK)
    .toSorted((a, b) => Math.abs(a.at - since) - Math.abs(b.at - since))
    .slice(0, MOST_CHANGES)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, what }) => ({
      at: new Date(at).toISOString(),
      what,
      minutesAfterStart: Math.round((at - since) / MINUTE),
    }));
}

/** Lines that were found first; then the steps of the alarm, of what speaks behind it, and what can be asked of every alarm. */
function stepsOf(
  own: readonly string[],
  behind: readonly string[],
  {
    alarm: { name },
    speaking,
    place: { service, stage, region },
  }: { readonly alarm: ObservedAlarm; readonly speaking: readonly ObservedAlarm[]; readonly place: Place },
): readonly string[] {
  const lines = speaking.flatMap((each) => linesCommand(each, region) ?? []);
  const always = [
    `aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${service}-${stage}- --region ${region}`,
    `aws cloudwatch describe-alarm-history --alarm-name ${name} --history-item-type StateUpdate --region ${region}`,
    `npx serverless deploy list --stage ${stage}`,
  ];
  return [...new Set([...lines.slice(0, 1), ...own, ...behind, ...always])].slice(0, STEPS);
}

/** Before the query that found them looked, seconds: until what was written can be found. */
const LATER_THAN_ITS_QUERY = 120;

/** A shell takes these as they are. */
const PLAIN_LOG_GROUP = /^[\w./#-]+$/;

/** What shows the lines that an alarm on them has found: its query once more, over its time. Undefined for any other alarm. */
function linesCommand({ query, at }: ObservedAlarm, region: string): string | undefined {
  if (query === undefined || query.logGroups.length === 0) return undefined;
  if (!query.logGroups.every((group) => PLAIN_LOG_GROUP.test(group))) return undefined;
  const end = Math.ceil(at / 1000);
  return (
    `id=$(aws logs start-query --log-group-names ${query.logGroups.join(' ')} --start-time ${end - query.seconds - LATER_THAN_ITS_QUERY} ` +
    `--end-time ${end} --query-string '${query.text.replaceAll("'", `'\\''`)}' --region ${region} --output text) && sleep 5 && ` +
    `aws logs get-query-results --query-id "$id" --region ${region}`
  );
}

/** The lines between the sentence and the next steps, each with what it is about. */
export function factsOf(
  message: AlarmMessage,
): ReadonlyArray<{ readonly label: string; readonly text: string }> {
  const { since, at, distances, budget, timesInADay: times, also, changes, cause, unread } = message;
  const fact = (label: string, ...texts: readonly string[]) => texts.map((text) => ({ label, text }));
  return [
    ...(since === undefined ? [] : fact('Since', sinceText(Date.parse(since), Date.parse(at)))),
    ...fact('How far', ...distances.map(({ text }) => text)),
    ...(budget === undefined ? [] : fact('Error budget', spendingText(budget))),
    ...(times > 1 ? fact('How often', `${numberInWords(times)} times in 24 hours, this time included`) : []),
    ...fact('Changed', ...changes.map(changeText)),
    ...(also.length === 0 ? [] : fact('Also in ALARM', listed(also, 10))),
    ...(cause === undefined ? [] : fact('Likely cause', cause)),
    ...fact('Not known', ...unread),
  ];
}

function sinceText(since: number, at: number): string {
  const before = Math.round((at - since) / 1000);
  return `${momentInWords(since)}${before < 60 ? '' : `, ${howLong(before)} before the alarm`}`;
}

function changeText({ at, what, minutesAfterStart: minutes }: ToldChange): string {
  const distance = howLong(Math.abs(minutes) * 60);
  const when = minutes === 0 ? 'as it began' : `${distance} ${minutes < 0 ? 'before' : 'after'} it began`;
  return `${momentInWords(Date.parse(at))}, ${when}: ${what}`;
}

function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
