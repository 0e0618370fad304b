import { isDeepStrictEqual } from 'node:util';
import type {
  AlarmDefinition,
  CompositeAlarmDefinition,
  MetricAlarmDefinition,
  MuteRuleDefinition,
} from '../../template/service.ts';
import type { AlarmActions } from '../actions/alarm-actions.ts';
import type { Transition } from '../actions/transition.ts';
import { alarmNameOf } from '../../template/arns.ts';
import { evaluateCompositeAlarm, triggerOf } from '../composite/composite-alarm.ts';
import { evaluationOrder } from '../composite/evaluation-order.ts';
import type { Suppression } from '../composite/suppression.ts';
import { NOT_SUPPRESSED, stepSuppression } from '../composite/suppression.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { periodMs } from '../metrics/clock.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { MuteWindow } from '../mute-window.ts';
import type { AlarmRecord, HistoryEntry } from './alarm-record.ts';
import { newRecord, remember } from './alarm-record.ts';
import type { AlarmEvaluation } from './evaluate-metric-alarm.ts';
import { evaluateMetricAlarm } from './evaluate-metric-alarm.ts';
import type { ErrorLines } from './log-alarm.ts';

export interface AlarmServiceOptions {
  readonly alarms: readonly AlarmDefinition[];
  /** @default none */
  readonly muteRules?: readonly MuteRuleDefinition[];
  readonly store: MetricStore;
  /** What alarms on log lines look at; without it they are never evaluated. */
  readonly errorLines?: ErrorLines;
  readonly clock: MetricClock;
  readonly actions: Pick<AlarmActions, 'act' | 'emit'>;
  /** Told when the state or the reason of an alarm changed. */
  readonly onChange: (record: AlarmRecord) => void;
  /** Told of the changes of states that an evaluation brought. */
  readonly onTransitions: (transitions: readonly Transition[]) => void;
  /** When the alarms were made, epoch milliseconds. */
  readonly createdAt: number;
  /**
   * Whether the store holds what Lantern local measures, or metrics from anywhere, as in a replay.
   *
   * @default 'locally'
   */
  readonly measured?: 'locally' | 'anywhere';
}

interface Change {
  readonly transition: Transition;
  readonly entry: HistoryEntry;
}

/** Holds the alarms of a service, and evaluates them when it is told to. */
export class AlarmService {
  readonly #options: AlarmServiceOptions;
  #records: ReadonlyMap<string, AlarmRecord> = new Map();
  readonly #suppressions = new Map<AlarmRecord, Suppression>();
  /** Of a composite alarm: the last change, whose actions may still be held back. */
  readonly #lastChanges = new Map<AlarmRecord, Change>();
  #muteRules: ReadonlyArray<{ readonly rule: MuteRuleDefinition; readonly window: MuteWindow }> = [];
  /** What a mute rule held back, until its window closes. */
  readonly #muted = new Map<AlarmRecord, Change>();
  #transitions: Transition[] = [];
  /** The time of the last call, and how far the clock was set back before it in all; milliseconds. */
  #latest = -Infinity;
  #setBack = 0;

  constructor(options: AlarmServiceOptions) {
    this.#options = options;
    this.update(options, options.createdAt);
  }

  /** Has these alarms and mute rules and no others; an alarm that is the same as before keeps its state. */
  update(
    { alarms, muteRules = [] }: Pick<AlarmServiceOptions, 'alarms' | 'muteRules'>,
    createdAt: number,
  ): void {
    this.#follow(createdAt);
    const before = this.#records;
    this.#records = new Map(
      alarms.map((alarm) => {
        const known = before.get(alarm.name);
        const isSame = known !== undefined && isDeepStrictEqual(known.definition, alarm);
        return [alarm.name, isSame ? known : newRecord(alarm, createdAt, this.#steady(createdAt))];
      }),
    );
    const kept = new Set(this.#records.values());
    for (const held of [this.#suppressions, this.#lastChanges, this.#muted])
      for (const record of held.keys()) if (!kept.has(record)) held.delete(record);
    this.#muteRules = muteRules.map((rule) => ({ rule, window: new MuteWindow(rule) }));
  }

  records(): AlarmRecord[] {
    return [...this.#records.values()];
  }

  /** By name or ARN. */
  find(reference: string): AlarmRecord | undefined {
    return this.#records.get(alarmNameOf(reference));
  }

  /**
   * Evaluates every alarm once: those on metrics and on log lines, then the composite ones, children first.
   *
   * @param now epoch milliseconds
   * @param completeUntil up to when the metrics are complete
   */
  evaluate(now: number, completeUntil: number): void {
    const { store, clock, errorLines, measured = 'locally' } = this.#options;
    this.#follow(now);
    this.#endPeriods(now);
    this.#endMuting(now);
    for (const record of this.#records.values()) {
      const { definition, state } = record;
      if (definition.kind === 'composite') continue;
      const moment = {
        now,
        completeUntil,
        previousState: state.value,
        isWarmingUp: (hasEnoughData: () => boolean) =>
          this.#isWarmingUp(record, definition, now, hasEnoughData),
      };
      const evaluation =
        definition.kind === 'log'
          ? errorLines?.evaluate(definition, moment)
          : evaluateMetricAlarm(definition, { ...moment, store, clock, measured });
      const change = evaluation && this.#enter(record, evaluation, now);
      if (change === undefined) continue;
      this.#tell(change);
      if (definition.actionsEnabled) this.#act(record, change, now);
    }
    this.#evaluateComposites(now);
    this.#tellTransitions();
  }

  /** The clock may be set back between two calls: what has to last for some time is measured by {@link #steady}. */
  #follow(now: number): void {
    if (now < this.#latest) this.#setBack += this.#latest - now;
    this.#latest = now;
  }

  /** A time of now by a clock that nobody sets back, milliseconds. */
  #steady(now: number): number {
    return now + this.#setBack;
  }

  #tellTransitions(): void {
    const transitions = this.#transitions;
    this.#transitions = [];
    if (transitions.length > 0) this.#options.onTransitions(transitions);
  }

  /** A wait or extension that ended since the last evaluation lets the actions go, whatever this evaluation brings. */
  #endPeriods(now: number): void {
    for (const record of evaluationOrder(this.records()).order) {
      const { pending, period } = this.#suppressions.get(record) ?? NOT_SUPPRESSED;
      if (pending && period !== undefined && period.until < this.#steady(now))
        this.#suppress(record, undefined, period.until - this.#setBack);
    }
  }

  /**
   * Gives an alarm a state until it is evaluated again, with what follows of it: its actions, and those of composite alarms.
   *
   * @returns false when there is no such alarm.
   */
  set(name: string, evaluation: AlarmEvaluation, now: number): boolean {
    const record = this.#records.get(name);
    if (record === undefined) return false;
    this.#follow(now);
    const change = this.#enter(record, evaluation, now);
    if (change !== undefined) {
      this.#tell(change);
      if (record.definition.actionsEnabled) this.#act(record, change, now);
    }
    this.#evaluateComposites(now, record);
    this.#tellTransitions();
    return true;
  }

  /** @param except was set to its state, and keeps it */
  #evaluateComposites(now: number, except?: AlarmRecord): void {
    const changes = new Map<AlarmRecord, Change>();
    const { order, cyclic } = evaluationOrder(this.records());
    for (const record of order) {
      if (record === except) continue;
      const evaluation = evaluateCompositeAlarm(record.definition, {
        previous: record,
        alarmOf: (name) => this.find(name),
        isCyclic: cyclic.has(record),
      });
      const trigger = evaluation.state === record.state.value ? undefined : this.#trigger(record.definition);
      const change = this.#enter(record, evaluation, now, trigger);
      if (change !== undefined) changes.set(record, change);
    }
    // Suppressors are alarms too: all of them have their new state by now.
    for (const record of order) this.#suppress(record, changes.get(record), now);
  }

  #trigger(alarm: CompositeAlarmDefinition): Transition['trigger'] {
    try {
      const trigger = triggerOf(alarm, (name) => this.find(name));
      return trigger && { arn: trigger.definition.arn, state: trigger.state };
    } catch {
      // A rule that cannot be read is said in the reason of its alarm.
      return undefined;
    }
  }

  #suppress(
    record: AlarmRecord & { definition: CompositeAlarmDefinition },
    change: Change | undefined,
    now: number,
  ): void {
    const { actionsSuppressor, suppressorWaitPeriod, suppressorExtensionPeriod, actionsEnabled } =
      record.definition;
    const suppressor = actionsSuppressor === undefined ? undefined : this.find(actionsSuppressor);
    const { suppression, act, suppressedBy } = stepSuppression(
      this.#suppressions.get(record) ?? NOT_SUPPRESSED,
      {
        at: this.#steady(now),
        changed: change !== undefined,
        suppressor: suppressor?.state.value ?? 'OK',
        wait: suppressor === undefined ? 0 : periodMs(suppressorWaitPeriod, this.#options.clock),
        extension: suppressor === undefined ? 0 : periodMs(suppressorExtensionPeriod, this.#options.clock),
      },
    );
    this.#suppressions.set(record, suppression);
    if (change !== undefined) {
      this.#lastChanges.set(record, change);
      this.#tell({ ...change, transition: { ...change.transition, ...(suppressedBy && { suppressedBy }) } });
      if (suppressedBy !== undefined) change.entry.actions.push(`actions held back: ${suppressedBy}`);
    }
    const last = this.#lastChanges.get(record);
    if (act && last !== undefined && actionsEnabled) this.#act(record, last, now);
  }

  /** @returns what is to be told, when the state changed. */
  #enter(
    record: AlarmRecord,
    evaluation: AlarmEvaluation,
    now: number,
    trigger?: Transition['trigger'],
  ): Change | undefined {
    const previous = record.state;
    // As in CloudWatch, a state keeps the reason it came with; but why there is no data may become clearer.
    if (evaluation.state === previous.value && evaluation.state !== 'INSUFFICIENT_DATA') return undefined;
    const { state: value, ...explanation } = evaluation;
    if (value === previous.value) {
      if (explanation.reason === previous.reason) return undefined;
      record.state = { value, ...explanation, at: previous.at };
      this.#options.onChange(record);
      return undefined;
    }
    record.state = { value, ...explanation, at: now };
    const { definition: alarm, createdAt } = record;
    const entry = remember(record, previous);
    const transition = { alarm, state: record.state, previous, createdAt, ...(trigger && { trigger }) };
    return { transition, entry };
  }

  #tell({ transition, entry }: Change): void {
    const { onChange, actions } = this.#options;
    this.#transitions.push(transition);
    const record = this.#records.get(transition.alarm.name);
    if (record !== undefined) onChange(record);
    if (!isBeginning(record)) actions.emit(transition, (outcome) => entry.actions.push(outcome));
  }

  #act(record: AlarmRecord, change: Change, now: number): void {
    const { transition, entry } = change;
    this.#muted.delete(record);
    if (isBeginning(record)) {
      entry.actions.push(NOTHING_YET);
      return;
    }
    const muting = this.#muting(record, now);
    if (muting === undefined) {
      this.#options.actions.act(transition, (outcome) => entry.actions.push(outcome));
      return;
    }
    this.#muted.set(record, change);
    entry.actions.push(`actions held back: the mute rule ${muting.name} is open`);
  }

  #muting({ definition: { name } }: AlarmRecord, now: number): MuteRuleDefinition | undefined {
    return this.#muteRules.find(({ rule, window }) => rule.alarms.includes(name) && window.isOpen(now))?.rule;
  }

  /** What is in ALARM when a window closes takes its actions then; what is over by then has told nobody. */
  #endMuting(now: number): void {
    for (const [record, change] of this.#muted) {
      if (this.#muting(record, now) !== undefined) continue;
      this.#muted.delete(record);
      if (record.state.value === 'ALARM' && change.transition.state === record.state)
        this.#act(record, change, now);
    }
  }

  /** A warm-up ends for good: at its time, or before when there are enough data. */
  #isWarmingUp(
    record: AlarmRecord,
    { warmUp }: Pick<MetricAlarmDefinition, 'warmUp'>,
    now: number,
    hasEnoughData: () => boolean,
  ): boolean {
    if (record.isWarm || warmUp === undefined) return false;
    const end = record.warmingSince + periodMs(warmUp.minutes * 60, this.#options.clock);
    record.isWarm = this.#steady(now) >= end || (!warmUp.whole && hasEnoughData());
    return !record.isWarm;
  }
}

const NOTHING_YET = 'no actions: the alarm was just made, and nothing is wrong';

/**
 * Whether all that happened to an alarm is that it became OK. In AWS that is once, after the deployment that makes it; here
 * it would be with each start, for every alarm of the service at the same time.
 */
function isBeginning(record: AlarmRecord | undefined): boolean {
  return record?.history.length === 1 && record.forgotten === 0 && record.state.value === 'OK';
}
