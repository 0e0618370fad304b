import type { Expression } from 'lambda-lantern-local/template';
import { logicalIdIn } from 'lambda-lantern-local/template';
import { MESSAGE_SUBSCRIPTION } from '../actions/messenger.ts';
import type { PlannedAlarm } from '../alarms/alarm-plan.ts';
import type { WatchedService } from '../watch-service.ts';
import type { PriceName } from './prices.ts';
import { priceListOf, PRICES } from './prices.ts';

/** What the plugin adds to a deployment, as far as it is billed. */
export interface Added {
  readonly alarms: readonly PlannedAlarm[];
  readonly compositeAlarms: number;
  readonly metricFilters: number;
  /** Metrics that Lambda sends of event source mappings whose events are counted. */
  readonly eventSourceMetrics: number;
  readonly dashboards: ReadonlyArray<{ readonly metricCount: number }>;
  /** The share of the functions whose logs data protection looks through, 0 to 1. */
  readonly protectedShare: number;
  /** The share of the functions whose logs alarms on error lines scan, 0 to 1, and how many such alarms there are. */
  readonly errorLinesShare: number;
  readonly logAlarms: number;
  /** Customer managed keys of KMS. */
  readonly keys: number;
  readonly emailSubscriptions: number;
  /** How the function runs that composes the messages of the alarms, where there is one. */
  readonly messenger?: { readonly memorySize: number; readonly architecture: 'x86_64' | 'arm64' };
}

/** A month of the service. */
export interface Traffic {
  readonly requestsPerMonth: number;
  /** Share of the requests of which a trace is recorded, 0 to 1. */
  readonly sampling: number;
}

/** What nobody knows before the month is over; each is said in the report. */
const ASSUMPTIONS = {
  /** Changes of state of one alarm in a month that are notified. */
  notificationsOfAlarm: 4,
  /** Openings or refreshes of the dashboards in a month. */
  dashboardViews: 100,
  /** What the functions log for one request. */
  logBytesOfRequest: 2_000,
  /** A dashboard opens with the last three hours. */
  hoursOfView: 3,
  /** Seconds that the function runs that composes a message, with a cold start. */
  secondsOfMessage: 4,
} as const;

export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  /** USD for one. */
  readonly unitPrice: number;
  /** How many of them the free tier covers. */
  readonly free: number;
  /** USD a month when the account has used up its free tier elsewhere. */
  readonly full: number;
  /** USD a month when the free tier is all for this service. */
  readonly afterFree: number;
}

export interface CostEstimate {
  readonly region: string;
  readonly traffic: Traffic;
  readonly lines: readonly CostLine[];
  /** USD a month. */
  readonly total: { readonly full: number; readonly afterFree: number };
  /** What the figures rest on, and what is not in them. */
  readonly notes: readonly string[];
}

export interface EstimateCostOptions {
  readonly added: Added;
  readonly traffic: Traffic;
  readonly region: string;
}

/** Estimates the month's bill of what the plugin adds. Pure: from the list in `prices.ts`, asking nobody. */
export function estimateCost({ added, traffic, region }: EstimateCostOptions): CostEstimate {
  const { unitPrices, caveats } = priceListOf(region);
  const line = (what: string, quantity: number, price: PriceName, free = 0): CostLine => {
    const unitPrice = unitPrices[price];
    const covered = Math.min(free, quantity);
    return {
      what,
      quantity,
      unitPrice,
      free: covered,
      full: dollars(quantity * unitPrice),
      afterFree: dollars((quantity - covered) * unitPrice),
    };
  };
  const { freeTier } = PRICES;
  const metrics = billedAlarmMetrics(added.alarms);
  const notifications =
    (added.alarms.length + added.logAlarms + added.compositeAlarms) * ASSUMPTIONS.notificationsOfAlarm;
  const { messenger } = added;
  // What the alarm says is published once more, as the message.
  const published = messenger === undefined ? notifications : 2 * notifications;
  const small = added.dashboards.filter(({ metricCount }) => metricCount <= freeTier.metricsOfFreeDashboard);
  const lines = [
    line('Metrics of alarms', metrics.standard, 'alarmMetric', freeTier.alarmMetrics),
    line('Metrics of alarms, high resolution', metrics.highResolution, 'highResolutionAlarmMetric'),
    line('Composite alarms', added.compositeAlarms, 'compositeAlarm'),
    line('Metrics made by metric filters', added.metricFilters, 'customMetric', freeTier.customMetrics),
    line(
      'Metrics of event sources',
      added.eventSourceMetrics,
      'customMetric',
      Math.max(0, freeTier.customMetrics - added.metricFilters),
    ),
    line('Dashboards', added.dashboards.length, 'dashboard', Math.min(small.length, freeTier.dashboards)),
    line(
      'GB of logs that dashboards scan',
      scannedGb(added, traffic),
      'logsScannedGb',
      freeTier.logsScannedGb,
    ),
    line(
      'GB of logs that log alarms scan',
      errorLinesGb(added, traffic),
      'logsScannedGb',
      Math.max(0, freeTier.logsScannedGb - scannedGb(added, traffic)),
    ),
    line('GB of logs that data protection scans', protectedGb(added, traffic), 'dataProtectionGb'),
    line('Traces recorded', tracesOf(traffic), 'tracesRecorded', freeTier.tracesRecorded),
    line('Keys of KMS', added.keys, 'key'),
    line('Requests to KMS', added.keys > 0 ? published : 0, 'keyRequest', freeTier.keyRequests),
    line('Notifications published', published, 'snsPublish', freeTier.snsPublishes),
    ...(messenger === undefined
      ? []
      : [
          line(
            'GB-seconds that compose messages',
            messageSeconds(notifications, messenger),
            gbSecondOf(messenger),
            freeTier.gbSeconds,
          ),
        ]),
    line('E-mails', notifications * added.emailSubscriptions, 'snsEmail', freeTier.snsEmails),
  ].filter(({ quantity }) => quantity > 0);
  return {
    region,
    traffic,
    lines,
    total: {
      full: dollars(lines.reduce((sum, { full }) => sum + full, 0)),
      afterFree: dollars(lines.reduce((sum, { afterFree }) => sum + afterFree, 0)),
    },
    notes: [...caveats, ...notesOf(added)],
  };
}

/** What the plugin has added to a service, as far as it is billed. */
export function addedBy({
  plan,
  dashboards,
  dataProtection,
  resources,
  inventory,
}: Pick<WatchedService, 'plan' | 'dashboards' | 'dataProtection' | 'resources' | 'inventory'>): Added {
  const all = Object.values(resources);
  const messenger = inventory.functions.find(
    ({ logicalId }) =>
      logicalIdIn(resources[MESSAGE_SUBSCRIPTION]?.Properties.Endpoint as Expression) === logicalId,
  );
  return {
    alarms: plan.alarms,
    compositeAlarms: plan.composites.length,
    metricFilters: plan.filters.length,
    eventSourceMetrics: plan.eventSources.reduce((sum, { metrics }) => sum + metrics, 0),
    dashboards,
    protectedShare: dataProtection.share,
    errorLinesShare:
      plan.logAlarms.reduce((sum, { functions }) => sum + functions, 0) /
      Math.max(1, inventory.functions.length),
    logAlarms: plan.logAlarms.length,
    keys: all.filter(({ Type }) => Type === 'AWS::KMS::Key').length,
    emailSubscriptions: all.filter(
      ({ Type, Properties }) => Type === 'AWS::SNS::Subscription' && Properties.Protocol === 'email',
    ).length,
    ...(messenger !== undefined && { messenger }),
  };
}

function messageSeconds(notifications: number, { memorySize }: NonNullable<Added['messenger']>): number {
  return rounded((notifications * ASSUMPTIONS.secondsOfMessage * memorySize) / MB_OF_GB);
}

function gbSecondOf({ architecture }: NonNullable<Added['messenger']>): PriceName {
  return architecture === 'arm64' ? 'lambdaGbSecondArm' : 'lambdaGbSecond';
}

const MB_OF_GB = 1024;

/** Below this period, in seconds, an alarm is billed as one of high resolution. */
const STANDARD_RESOLUTION = 60;

/** Metrics that alarms are billed for, by resolution. */
interface BilledAlarmMetrics {
  readonly standard: number;
  readonly highResolution: number;
}

/** CloudWatch bills an alarm by its metrics: each metric of metric math counts, and an anomaly band adds its two bounds. */
function billedAlarmMetrics(alarms: readonly PlannedAlarm[]): BilledAlarmMetrics {
  const of = (isHigh: boolean): number =>
    alarms
      .filter(({ metric }) => metric.period < STANDARD_RESOLUTION === isHigh)
      .reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  return { standard: of(false), highResolution: of(true) };
}

function metricsOf({ metric }: PlannedAlarm): number {
  if (metric.kind === 'stat') return 1;
  const stats = metric.metrics.filter((part) => 'stat' in part).length;
  const bands = metric.metrics.filter(
    (part) => 'expression' in part && part.expression.includes('ANOMALY_DETECTION_BAND'),
  ).length;
  return stats + bands * PRICES.metricsOfAnomalyBand;
}

function tracesOf({ requestsPerMonth, sampling }: Traffic): number {
  return Math.round(requestsPerMonth * sampling);
}

/** Each opening runs the queries of the dashboards over the logs of the time it shows. */
function scannedGb({ dashboards }: Added, { requestsPerMonth }: Traffic): number {
  const { dashboardViews, hoursOfView, logBytesOfRequest } = ASSUMPTIONS;
  const ofView = (requestsPerMonth * logBytesOfRequest * hoursOfView) / HOURS_OF_MONTH;
  return rounded((dashboards.length * dashboardViews * ofView) / BYTES_OF_GB);
}

/** Its queries look at each time once, one after the other. */
function errorLinesGb({ errorLinesShare }: Added, { requestsPerMonth }: Traffic): number {
  return rounded((errorLinesShare * requestsPerMonth * ASSUMPTIONS.logBytesOfRequest) / BYTES_OF_GB);
}

/** What is written is looked through once, whether it is only reported or masked as well. */
function protectedGb({ protectedShare }: Added, { requestsPerMonth }: Traffic): number {
  return rounded((protectedShare * requestsPerMonth * ASSUMPTIONS.logBytesOfRequest) / BYTES_OF_GB);
}

const HOURS_OF_MONTH = 730;
const BYTES_OF_GB = 1e9;

/** Fractions of a cent matter for one trace, and the noise of binary fractions does not. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

const dollars = rounded;

function notesOf({ dashboards, protectedShare, logAlarms, messenger }: Added): readonly string[] {
  const { notificationsOfAlarm, dashboardViews, logBytesOfRequest, hoursOfView, secondsOfMessage } =
    ASSUMPTIONS;
  const large = dashboards.filter(
    ({ metricCount }) => metricCount > PRICES.freeTier.metricsOfFreeDashboard,
  ).length;
  return [
    'The free tier is one for the whole account and all its regions.',
    `Assumed: ${notificationsOfAlarm} notifications a month of each alarm, ${dashboardViews} openings of each dashboard, ` +
      `each over ${hoursOfView} hours, and ${logBytesOfRequest} bytes of logs for each request.`,
    ...(large === 0
      ? []
      : [
          `Dashboards with more than ${PRICES.freeTier.metricsOfFreeDashboard} metrics are never free: ${large} of ${dashboards.length}.`,
        ]),
    ...(protectedShare === 0
      ? []
      : [
          'The price of data protection is as others quote it of AWS, and was not seen on its price list. The reports of its ' +
            'findings are logs as well, and not counted.',
        ]),
    ...(logAlarms === 0
      ? []
      : [
          'Of log alarms only what their queries scan is counted: the price of the alarm itself was not seen on the price list of AWS.',
        ]),
    ...(messenger === undefined
      ? []
      : [
          `Composing a message is taken to run for ${secondsOfMessage} seconds; its requests, and events put on a bus, cost less than a cent.`,
        ]),
    'A request that goes on through a queue is a trace of its own on the other side: count it twice.',
    'Not counted: writing and keeping the logs, because Lambda writes its reports anyway; reading traces, of which a month ' +
      `has ${million(PRICES.freeTier.tracesRead)} free; and on-demand tracing: the invocations of its function, and its ` +
      `schedules, of which a month has ${million(PRICES.freeTier.schedulerInvocations)} free.`,
  ];
}

function million(count: number): string {
  return `${count / 1e6} million`;
}
