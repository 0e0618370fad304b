import type { ApiResource } from 'lambda-lantern-local/template';
import type { MetricStat } from '../alarm-plan.ts';
import type { Tuning, Watched } from '../default-alarm.ts';
import { defaultAlarms, minutes } from '../default-alarm.ts';
import { API_METRICS, apiDimensions, math, metric } from '../metrics.ts';

const NO_REQUESTS = 'No data means no requests.';

export const API_ALARMS = defaultAlarms<'api'>([
  {
    name: 'serverErrors',
    tuning: { threshold: 5, minimum: 20, statistic: 'Sum', ...minutes(3, 5) },
    unit: '%',
    severity: 'symptom',
    meaning:
      'A notable part of the requests is answered with a server error; what a function answers itself counts too.',
    cause:
      'A function that fails, is throttled, or takes longer than API Gateway waits. Look at the alarms of the functions behind it.',
    numbers:
      '5 % in 3 minutes is what AWS recommends; the guard of 20 requests is our judgement: below it, a single error would be more than 5 %.',
    missing: NO_REQUESTS,
    watch: (api, tuning) => rate(api, 'serverErrors', tuning, 'Server errors (%)'),
  },
  {
    name: 'clientErrors',
    tuning: { threshold: 25, minimum: 50, statistic: 'Sum', ...minutes(3, 5) },
    unit: '%',
    severity: 'warning',
    meaning: 'Many requests are refused as wrong.',
    cause:
      'A deployment that broke a contract, expired credentials of a client, or someone who tries things out.',
    numbers:
      'AWS recommends 5 %. Our judgement is 25 %: scanners and bots alone reach 5 % on a public API, and nobody reads an alarm that is always on.',
    missing: NO_REQUESTS,
    watch: (api, tuning) => rate(api, 'clientErrors', tuning, 'Client errors (%)'),
  },
  {
    name: 'latency',
    tuning: { threshold: 2500, minimum: 20, statistic: 'p99', ...minutes(3, 5) },
    unit: 'ms',
    severity: 'symptom',
    meaning: 'The slowest answers take long; cold starts count here.',
    cause: 'A slow function behind it: look at the duration alarms, and at a trace of a slow request.',
    numbers:
      '2,500 ms is what AWS recommends for p90 in 5 of 5 minutes; ours is p99 in 3 of 5, of minutes with 20 requests or more.',
    missing: NO_REQUESTS,
    watch: (api, { minimum = 0, ...tuning }) => ({
      metric: math(
        `IF(requests >= ${minimum}, latency, 0)`,
        { latency: apiMetric(api, 'latency', tuning), requests: requests(api, tuning) },
        'Latency (ms)',
      ),
      reason: `of minutes with ${minimum} requests or more`,
    }),
  },
]);

function rate(
  api: ApiResource,
  of: 'serverErrors' | 'clientErrors',
  { minimum = 0, ...tuning }: Tuning,
  label: string,
): Pick<Watched, 'metric' | 'reason'> {
  return {
    metric: math(
      `IF(requests >= ${minimum}, 100 * failed / requests, 0)`,
      { failed: apiMetric(api, of, tuning), requests: requests(api, tuning) },
      label,
    ),
    reason: `of minutes with ${minimum} requests or more`,
  };
}

function requests(api: ApiResource, { period }: Pick<Tuning, 'period'>): MetricStat {
  return apiMetric(api, 'requests', { statistic: 'SampleCount', period });
}

function apiMetric(
  api: ApiResource,
  of: keyof (typeof API_METRICS)['REST'],
  tuning: Pick<Tuning, 'statistic' | 'period'>,
): MetricStat {
  return metric('AWS/ApiGateway', API_METRICS[api.kind][of], apiDimensions(api), tuning);
}
