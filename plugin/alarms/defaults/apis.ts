import type { ApiResource } from '../../../local/template/index.ts';
import type { MetricMath, MetricStat } from '../alarm-spec.ts';
import type { AlarmDefinition, Tuning } from '../definition.ts';
import { math, metric } from '../metrics.ts';

/** API Gateway's names of the same thing, by kind of API; a count is one sample per request. */
export const API_METRICS = {
  REST: { requests: 'Count', clientErrors: '4XXError', serverErrors: '5XXError', latency: 'Latency' },
  HTTP: { requests: 'Count', clientErrors: '4xx', serverErrors: '5xx', latency: 'Latency' },
  WEBSOCKET: {
    requests: 'MessageCount',
    clientErrors: 'ClientError',
    serverErrors: 'ExecutionError',
    latency: 'IntegrationLatency',
  },
} as const;

const RATE: Tuning = {
  threshold: 5,
  minimum: 20,
  statistic: 'Sum',
  period: 60,
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
  treatMissingData: 'notBreaching',
};

const NO_REQUESTS = 'No data means no requests.';

export const API_ALARMS: ReadonlyArray<AlarmDefinition<'api'>> = [
  {
    name: 'serverErrors',
    on: true,
    tuning: RATE,
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    severity: 'symptom',
    numbers:
      '5 % in 3 minutes is what AWS recommends; the guard of 20 requests is our judgement: below it, a single error would be more than 5 %.',
    missing: NO_REQUESTS,
    meaning:
      'A notable part of the requests is answered with a server error; what a function answers itself counts too.',
    cause:
      'A function that fails, is throttled, or takes longer than API Gateway waits. Look at the alarms of the functions behind it.',
    plan: (api, tuning) => [rate(api, 'serverErrors', tuning, 'Server errors (%)')],
  },
  {
    name: 'clientErrors',
    on: true,
    tuning: { ...RATE, threshold: 25, minimum: 50 },
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    severity: 'warning',
    numbers:
      'AWS recommends 5 %. Our judgement is 25 %: scanners and bots alone reach 5 % on a public API, and nobody reads an alarm that is always on.',
    missing: NO_REQUESTS,
    meaning: 'Many requests are refused as wrong.',
    cause:
      'A deployment that broke a contract, expired credentials of a client, or someone who tries things out.',
    plan: (api, tuning) => [rate(api, 'clientErrors', tuning, 'Client errors (%)')],
  },
  {
    name: 'latency',
    on: true,
    tuning: {
      threshold: 2500,
      minimum: 20,
      statistic: 'p99',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'ms',
    severity: 'symptom',
    numbers:
      '2,500 ms is what AWS recommends for p90 in 5 of 5 minutes; ours is p99 in 3 of 5, of minutes with 20 requests or more.',
    missing: NO_REQUESTS,
    meaning: 'The slowest answers take long; cold starts count here.',
    cause: 'A slow function behind it: look at the duration alarms, and at a trace of a slow request.',
    plan: (api, tuning) => [
      {
        metric: math(
          `IF(requests >= ${tuning.minimum ?? 0}, latency, 0)`,
          { latency: apiMetric(api, 'latency', tuning), requests: requests(api, tuning) },
          'Latency (ms)',
        ),
        threshold: tuning.threshold ?? 0,
        reason: `of minutes with ${tuning.minimum ?? 0} requests or more`,
      },
    ],
  },
];

function rate(
  api: ApiResource,
  of: 'serverErrors' | 'clientErrors',
  tuning: Tuning,
  label: string,
): {
  readonly metric: MetricMath;
  readonly threshold: number;
  readonly reason: string;
} {
  const minimum = tuning.minimum ?? 0;
  return {
    metric: math(
      `IF(requests >= ${minimum}, 100 * failed / requests, 0)`,
      { failed: apiMetric(api, of, tuning), requests: requests(api, tuning) },
      label,
    ),
    threshold: tuning.threshold ?? 0,
    reason: `of minutes with ${minimum} requests or more`,
  };
}

const requests = (api: ApiResource, { period }: Tuning): MetricStat =>
  apiMetric(api, 'requests', { statistic: 'SampleCount', period });

/** A REST API is known by its name, the others by their id. */
const apiMetric = (
  api: ApiResource,
  of: keyof (typeof API_METRICS)['REST'],
  tuning: Pick<Tuning, 'statistic' | 'period'>,
): MetricStat =>
  metric(
    'AWS/ApiGateway',
    API_METRICS[api.kind][of],
    { [api.kind === 'REST' ? 'ApiName' : 'ApiId']: api.name, Stage: api.stage },
    tuning,
  );
