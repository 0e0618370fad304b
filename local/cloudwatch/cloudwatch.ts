/** Local CloudWatch: what the service does, as metrics; its alarms, evaluated each minute; and what the page is told. */
import type { AccessLogEntry } from '../api-gateway/api-gateway.ts';
import type { AsyncEvent, InvocationReport, Invoke, LogEvent } from '../lambda/invocation.ts';
import { messageOf } from '../message-of.ts';
import type { ApiDefinition, ServiceDefinition } from '../template/service.ts';
import type { AlarmActionsOptions } from './actions/alarm-actions.ts';
import { AlarmActions } from './actions/alarm-actions.ts';
import type { Transition } from './actions/transition.ts';
import { actionsOf } from './actions/transition.ts';
import { describedAlarm } from './api/alarms-api.ts';
import { CloudWatchApi } from './api/cloudwatch-api.ts';
import type { AlarmRecord } from './alarms/alarm-record.ts';
import { AlarmService } from './alarms/alarm-service.ts';
import { ErrorLines } from './alarms/log-alarm.ts';
import { alarmPeriod } from './alarms/read-datapoints.ts';
import { parseAlarmRule } from './composite/alarm-rule.ts';
import type { RecentChange } from './message/compose-message.ts';
import { composeMessage } from './message/compose-message.ts';
import { textOf } from './message/forms.ts';
import type { ObservedAlarm } from './message/observed-alarm.ts';
import { readAlarm } from './message/observed-alarm.ts';
import type { MetricClock } from './metrics/clock.ts';
import type { MetricSink } from './metrics/metric.ts';
import { dimensionsOf } from './metrics/metric.ts';
import { beginOf, periodMs, MIN_PERIOD } from './metrics/clock.ts';
import { MetricStore } from './metrics/metric-store.ts';
import { alarmChart } from './page/alarm-chart.ts';
import { alarmSummary, byUrgency, settingsOf } from './page/alarm-summary.ts';
import { metricsPage, lossSentences } from './page/metrics-page.ts';
import { ApiMetrics } from './sources/api-metrics.ts';
import { LambdaMetrics } from './sources/lambda-metrics.ts';
import { LogMetrics } from './sources/log-metrics.ts';
import type { QueueDepth, QueueTraffic } from './sources/queue-metrics.ts';
import { recordPublished, recordQueueDepth, recordQueueTraffic } from './sources/queue-metrics.ts';
import { Ticker } from './ticker.ts';
import type {
  AlarmListing,
  AlarmPage,
  AlarmSummary,
  CloudWatchEvent,
  CloudWatchView,
  MetricsPage,
  TimeRange,
} from './view.ts';

export interface CloudWatchOptions {
  readonly service: ServiceDefinition;
  /**
   * Real milliseconds that a minute of CloudWatch lasts.
   *
   * @default 60000
   */
  readonly minuteMs?: number;
  /** Told of what is not measured, not evaluated or not delivered. */
  readonly onProblem: (message: string) => void;
  /** Told of the changes of alarms' states that an evaluation brought. */
  readonly onTransitions: (transitions: readonly Transition[]) => void;
  /** Told what an alarm tells people when it takes its actions, after the changes that it comes from. */
  readonly onMessage?: (message: string) => void;
  /** What was changed of the service while it runs. */
  readonly changes?: () => readonly RecentChange[];
  /** Calls functions, for the actions of alarms. It is looked at with the first action. */
  readonly invoke: Invoke;
  /** Where SNS answers. */
  readonly snsEndpoint: string;
  /** What becomes of events that functions get as actions of alarms. */
  readonly destinations?: AlarmActionsOptions['destinations'];
  /** Takes changes of alarms to EventBridge. */
  readonly putEvent: AlarmActionsOptions['putEvent'];
  /** What a queue of the service holds at this moment. */
  readonly depthOf: (queueName: string) => Promise<QueueDepth>;
}

export class CloudWatch implements CloudWatchView {
  /** Answers clients of AWS. */
  readonly api: CloudWatchApi;
  #service: ServiceDefinition;
  readonly #clock: MetricClock;
  readonly #store: MetricStore;
  readonly #lambda: LambdaMetrics;
  readonly #logs: LogMetrics;
  readonly #errorLines: ErrorLines;
  readonly #alarms: AlarmService;
  readonly #actions: AlarmActions;
  readonly #onProblem: CloudWatchOptions['onProblem'];
  #ticker: Ticker;
  readonly #depthOf: CloudWatchOptions['depthOf'];
  readonly #onMessage: (message: string) => void;
  readonly #changes: () => readonly RecentChange[];
  #minute = 0;
  readonly #listeners = new Set<(event: CloudWatchEvent) => void>();

  constructor(options: CloudWatchOptions) {
    const { service, minuteMs = 60_000, onProblem, onTransitions } = options;
    this.#service = service;
    this.#clock = { minuteMs };
    this.#depthOf = options.depthOf;
    this.#onProblem = onProblem;
    this.#onMessage = options.onMessage ?? (() => undefined);
    this.#changes = options.changes ?? (() => []);
    this.#store = new MetricStore(this.#clock);
    this.#lambda = new LambdaMetrics(this.#store, service.functions);
    this.#logs = new LogMetrics(this.#store, service.metricFilters, onProblem);
    this.#errorLines = new ErrorLines(
      service.alarms.filter((alarm) => alarm.kind === 'log'),
      this.#clock,
    );
    this.#actions = new AlarmActions({
      ...options,
      onAsyncEvent: this.asyncEvent,
      region: service.region,
      accountId: service.accountId,
      functionNames: service.functions.map(({ name }) => name),
      onError: (message, cause) => onProblem(`${message}: ${messageOf(cause)}`),
    });
    this.#alarms = new AlarmService({
      alarms: service.alarms,
      ...(service.muteRules && { muteRules: service.muteRules }),
      store: this.#store,
      errorLines: this.#errorLines,
      clock: this.#clock,
      actions: {
        act: (transition, report) => {
          if (actionsOf(transition).length > 0) this.#tell(transition);
          this.#actions.act(transition, report);
        },
        emit: (transition, report) => this.#actions.emit(transition, report),
      },
      onChange: (record) => this.#changed(record),
      onTransitions,
      createdAt: Date.now(),
    });
    this.api = new CloudWatchApi({ store: this.#store, clock: this.#clock, alarms: this.#alarms });
    this.#ticker = this.#tickerFor(service);
  }

  /** The first evaluation is at the end of this minute. */
  start(): void {
    this.#ticker.start();
  }

  /**
   * Watches these services and no others, while it runs. Metrics stay, and so does the state of alarms that are the same as before.
   *
   * @param service all of them, as one.
   */
  async update(service: ServiceDefinition): Promise<void> {
    this.#service = service;
    this.#lambda.update(service.functions);
    this.#logs.update(service.metricFilters);
    this.#actions.update(service.functions.map(({ name }) => name));
    this.#alarms.update(service, Date.now());
    const before = this.#ticker;
    this.#ticker = this.#tickerFor(service);
    await before.stop();
    this.#ticker.start();
  }

  /** Waits for actions under way. */
  async stop(): Promise<void> {
    await this.#ticker.stop();
    await this.#actions.stop();
  }

  /** An `invoke` whose calls are counted. */
  observeInvoke(invoke: Invoke): Invoke {
    return this.#lambda.observe(invoke);
  }

  readonly report = (report: InvocationReport): void => this.#lambda.report(report);

  readonly log = (event: LogEvent): void => {
    this.#logs.log(event);
    this.#errorLines.log(event);
  };

  readonly asyncEvent = (event: AsyncEvent): void => this.#lambda.asyncEvent(event);

  /** Takes what other services measure of themselves. */
  readonly measure: MetricSink = ({ namespace, name, dimensions, value = 1, unit = 'Count' }) =>
    this.#store.record(
      { namespace, name, dimensions: dimensionsOf(dimensions) },
      { at: Date.now(), value },
      unit,
    );

  /** Measures the requests of an API, and the functions behind it. */
  observeApi(api: ApiDefinition): {
    observeInvoke: (invoke: Invoke) => Invoke;
    request: (entry: AccessLogEntry) => void;
  } {
    const metrics = new ApiMetrics(this.#store, api);
    return {
      observeInvoke: (invoke) => metrics.observe(invoke),
      request: (entry) => metrics.request(entry),
    };
  }

  readonly messages = (queueName: string, traffic: QueueTraffic, count: number): void =>
    recordQueueTraffic(this.#store, queueName, traffic, count);

  readonly published = (topicName: string, count: number): void =>
    recordPublished(this.#store, topicName, count);

  alarms(): AlarmListing {
    const alarms = this.#alarms.records().map((record) => this.#summary(record));
    return { alarms: alarms.sort(byUrgency), minuteMs: this.#clock.minuteMs };
  }

  alarm(name: string, range?: TimeRange): AlarmPage | undefined {
    const record = this.#alarms.find(name);
    if (record === undefined) return undefined;
    const { definition } = record;
    const moment = { store: this.#store, clock: this.#clock, now: Date.now() };
    return {
      alarm: this.#summary(record),
      history: record.history,
      ...(record.state.value === 'ALARM' && { message: this.#message(record) }),
      ...(definition.kind === 'metric' && { chart: alarmChart(definition, moment, range) }),
      children: definition.kind === 'composite' ? this.#children(definition.rule) : [],
      settings: settingsOf(record),
      minuteMs: this.#clock.minuteMs,
    };
  }

  metrics(range?: TimeRange): MetricsPage {
    const losses = lossSentences(this.#store.losses(), this.#logs.losses());
    const options = {
      service: this.#service,
      store: this.#store,
      clock: this.#clock,
      now: Date.now(),
      losses,
    };
    return metricsPage(options, range);
  }

  subscribe(listener: (event: CloudWatchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tickerFor({ alarms }: ServiceDefinition): Ticker {
    const highResolution = alarms.some((alarm) => alarm.kind === 'metric' && alarmPeriod(alarm) < 60);
    return new Ticker(
      periodMs(highResolution ? MIN_PERIOD : 60, this.#clock),
      (end) => this.#tick(end),
      (error) => this.#onProblem(`The alarms were not evaluated: ${messageOf(error)}`),
    );
  }

  async #tick(end: number): Promise<void> {
    const minute = beginOf(end, this.#clock.minuteMs);
    // Also when it is one of before: the clock may have been set back.
    if (minute !== this.#minute) {
      this.#minute = minute;
      await this.#endMinute(end);
    }
    this.#alarms.evaluate(Date.now(), this.#lambda.completeUntil(end));
  }

  async #endMinute(end: number): Promise<void> {
    // What is found now is the state at the end of the minute that is over.
    const at = end - 1;
    this.#lambda.sample(at);
    this.#logs.endMinute(at);
    for (const { name } of this.#service.queues) {
      recordQueueDepth(this.#store, name, await this.#depthOf(name), at);
    }
    this.#store.expire();
  }

  /** When all alarms have their new state: what is behind a composite alarm is then known, and its changes are shown before. */
  #tell({ alarm }: Transition): void {
    const record = this.#alarms.find(alarm.name);
    if (record === undefined) return;
    queueMicrotask(() => {
      try {
        this.#onMessage(this.#message(record));
      } catch (error) {
        this.#onProblem(`The message of ${alarm.name} could not be composed: ${String(error)}`);
      }
    });
  }

  /** By the code that composes it in AWS. */
  #message(record: AlarmRecord): string {
    const observe = (one: AlarmRecord): readonly ObservedAlarm[] => {
      const observed = readAlarm(describedAlarm(one));
      return observed === undefined ? [] : [observed];
    };
    const [alarm] = observe(record);
    if (alarm === undefined) return '';
    const [last] = record.history;
    return textOf(
      composeMessage({
        alarm,
        ...(last !== undefined && { previousState: last.from }),
        inAlarm: this.#alarms
          .records()
          .filter(({ state }) => state.value === 'ALARM')
          .flatMap(observe),
        history: record.history,
        changes: this.#changes(),
        place: { service: this.#service.name, stage: this.#service.stage, region: this.#service.region },
      }),
    );
  }

  #children(rule: string): AlarmSummary[] {
    try {
      return parseAlarmRule(rule).alarms.flatMap((name) => {
        const record = this.#alarms.find(name);
        return record === undefined ? [] : [this.#summary(record)];
      });
    } catch {
      // A rule that cannot be read is said in the reason of its alarm.
      return [];
    }
  }

  #summary(record: AlarmRecord): AlarmSummary {
    return alarmSummary(record, this.#service);
  }

  #changed(record: AlarmRecord): void {
    const event: CloudWatchEvent = { type: 'changed', alarm: this.#summary(record) };
    for (const listener of this.#listeners) listener(event);
  }
}
