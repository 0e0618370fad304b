/** EventBridge: events come to a bus, and its rules take those that fit to their targets. Rules with a schedule make their own. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { MetricSink } from '../cloudwatch/metrics/metric.ts';
import type { JsonObject } from '../json.ts';
import { parseRuleSchedule, ScheduleExpressionError } from '../scheduler/schedule-expression.ts';
import type { Times } from '../scheduler/timetable.ts';
import { Timetable } from '../scheduler/timetable.ts';
import { lastNameIn } from '../template/arns.ts';
import type { EventBusDefinition, RuleDefinition, RuleTargetDefinition } from '../template/service.ts';
import type { EventPattern } from './event-pattern.ts';
import { parseEventPattern } from './event-pattern.ts';
import { targetInput } from './target-input.ts';
import type { Targets } from './targets.ts';
import { targetKind } from './targets.ts';

export interface EventBridgeOptions {
  readonly region: string;
  readonly accountId: string;
  /** Those of the template; there is `default` without it. */
  readonly buses: readonly EventBusDefinition[];
  readonly rules: readonly RuleDefinition[];
  readonly targets: Pick<Targets, 'deliver'>;
  readonly measure?: MetricSink;
  /** Told of what no target took, and of events that no rule could ever take. */
  readonly onProblem: (message: string) => void;
}

/** What was done with an event: one entry for each target of a rule that took it. */
export interface Dispatch {
  readonly rule: string;
  readonly targetArn: string;
}

interface ActiveRule {
  readonly definition: RuleDefinition;
  readonly matches: EventPattern | undefined;
  enabled: boolean;
}

export class EventBridge {
  readonly #options: EventBridgeOptions;
  #buses: ReadonlyMap<string, EventBusDefinition>;
  #rules: readonly ActiveRule[];
  readonly #timetable = new Timetable();
  readonly #running = new Set<Promise<void>>();
  readonly #unknownBuses = new Set<string>();

  constructor(options: EventBridgeOptions) {
    this.#options = options;
    this.#buses = new Map(options.buses.map((bus) => [bus.name, bus]));
    this.#rules = options.rules.map(asActive);
  }

  /** @returns what of the rules does not run, and why. */
  start(): string[] {
    return this.#scheduleAll(this.#rules);
  }

  /**
   * Has these buses and rules and no others; a rule that is the same as before stays as it is, enabled or not.
   *
   * @returns what of the new rules does not run, and why.
   */
  update({ buses, rules }: Pick<EventBridgeOptions, 'buses' | 'rules'>): string[] {
    this.#buses = new Map(buses.map((bus) => [bus.name, bus]));
    const before = this.#rules;
    this.#rules = rules.map(
      (definition) =>
        before.find((rule) => isDeepStrictEqual(rule.definition, definition)) ?? asActive(definition),
    );
    for (const rule of before)
      if (!this.#rules.includes(rule)) this.#timetable.delete(keyOf(rule.definition));
    return this.#scheduleAll(this.#rules.filter((rule) => !before.includes(rule)));
  }

  #scheduleAll(rules: readonly ActiveRule[]): string[] {
    return rules.flatMap((rule) => {
      try {
        this.#schedule(rule);
        return [];
      } catch (error) {
        if (!(error instanceof ScheduleExpressionError)) throw error;
        return [`The rule ${rule.definition.name} does not run by its schedule: ${error.message}`];
      }
    });
  }

  /** Runs nothing more, and waits for what is being delivered. */
  async stop(): Promise<void> {
    this.#timetable.stop();
    await Promise.all(this.#running);
  }

  buses(): EventBusDefinition[] {
    return [...this.#buses.values()];
  }

  /** With whether each is enabled now, and when those with a schedule run. */
  rules(): (RuleDefinition & Times)[] {
    return this.#rules.map(({ definition, enabled }) => ({
      ...definition,
      enabled,
      ...this.#timetable.timesOf(keyOf(definition)),
    }));
  }

  /** @returns whether there is such a rule. */
  enable(busName: string, name: string, enabled: boolean): boolean {
    const rule = this.#find(busName, name);
    if (rule === undefined) return false;
    rule.enabled = enabled;
    this.#schedule(rule);
    return true;
  }

  /**
   * Sends what the schedule of a rule sends now, whatever its times are and whether it is enabled or not.
   *
   * @returns whether there is such a rule, and it has a schedule.
   */
  runNow(busName: string, name: string): boolean {
    const rule = this.#find(busName, name);
    if (rule?.definition.schedule === undefined) return false;
    this.#runSchedule(rule.definition, Date.now());
    return true;
  }

  /** Takes a whole event, and says where it goes. A bus that nobody has made takes it as well, as in AWS, and that is told. */
  put(busName: string, event: JsonObject, traceHeader?: string): Dispatch[] {
    if (!this.#buses.has(busName) && !this.#unknownBuses.has(busName)) {
      this.#unknownBuses.add(busName);
      const known = [...this.#buses.keys()].join(', ');
      this.#options.onProblem(
        `Nobody gets the events of the bus ${busName}: the service has no such bus, only ${known}`,
      );
    }
    return this.#rules.flatMap(({ definition, matches, enabled }) => {
      if (!enabled || definition.busName !== busName || matches?.(event) !== true) return [];
      this.#count(definition, 'MatchedEvents');
      return this.#trigger(definition, event, traceHeader);
    });
  }

  #find(busName: string, name: string): ActiveRule | undefined {
    return this.#rules.find(({ definition }) => definition.busName === busName && definition.name === name);
  }

  #schedule({ definition, enabled }: ActiveRule): void {
    const { schedule } = definition;
    if (schedule === undefined) return;
    const key = keyOf(definition);
    this.#timetable.delete(key);
    const entry = { timing: parseRuleSchedule(schedule), since: Date.now(), runsAtOnce: false };
    if (enabled) this.#timetable.set(key, entry, (time) => this.#runSchedule(definition, time));
  }

  #runSchedule(rule: RuleDefinition, time: number): void {
    this.#timetable.runs(keyOf(rule));
    const { region, accountId } = this.#options;
    this.#trigger(rule, {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: [rule.arn],
      detail: {},
    });
  }

  #trigger(rule: RuleDefinition, event: JsonObject, traceHeader?: string): Dispatch[] {
    this.#count(rule, 'TriggeredRules');
    return rule.targets.map((target) => {
      const running = this.#deliver(rule, target, event, traceHeader).finally(() =>
        this.#running.delete(running),
      );
      this.#running.add(running);
      return { rule: rule.name, targetArn: target.arn };
    });
  }

  /** A target of this machine that refuses once would refuse again: there are no retries. */
  async #deliver(
    rule: RuleDefinition,
    target: RuleTargetDefinition,
    event: JsonObject,
    traceHeader: string | undefined,
  ): Promise<void> {
    const { targets, onProblem } = this.#options;
    const { arn, groupId, deadLetterArn } = target;
    const payload = forTarget(arn, targetInput(target, event, rule));
    this.#count(rule, 'InvocationAttempts');
    try {
      await targets.deliver({ arn, payload, traceHeader, groupId });
      this.#count(rule, 'Invocations');
      return;
    } catch (error) {
      this.#count(rule, 'FailedInvocations');
      onProblem(`${arn} did not take an event of the rule ${rule.name}: ${(error as Error).message}`);
      if (deadLetterArn === undefined) return;
      const text = (value: string) => ({ DataType: 'String', StringValue: value }) as const;
      try {
        await targets.deliver({
          arn: deadLetterArn,
          payload: JSON.stringify(event),
          traceHeader,
          attributes: {
            RULE_ARN: text(rule.arn),
            TARGET_ARN: text(arn),
            ERROR_CODE: text('SDK_CLIENT_ERROR'),
            ERROR_MESSAGE: text((error as Error).message),
          },
        });
        this.#count(rule, 'InvocationsSentToDlq');
      } catch (cause) {
        this.#count(rule, 'InvocationsFailedToBeSentToDlq');
        onProblem(`${lastNameIn(deadLetterArn)} did not take it either: ${(cause as Error).message}`);
      }
    }
  }

  /** By the rule, and on a bus of one's own by bus and rule, as CloudWatch has them. */
  #count({ name: RuleName, busName }: RuleDefinition, name: string): void {
    const dimensions = busName === 'default' ? { RuleName } : { EventBusName: busName, RuleName };
    this.#options.measure?.({ namespace: 'AWS/Events', name, dimensions });
  }
}

function asActive(definition: RuleDefinition): ActiveRule {
  return {
    definition,
    matches: definition.pattern && parseEventPattern(definition.pattern),
    enabled: definition.enabled,
  };
}

function keyOf({ busName, name }: RuleDefinition): string {
  return `${busName}/${name}`;
}

/** A function gets JSON: of a template that gives a plain text, the text as JSON. */
function forTarget(arn: string, input: string): string {
  if (targetKind(arn) !== 'function') return input;
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}
