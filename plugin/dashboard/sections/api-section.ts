import type { AlarmSpec } from '../../alarms/alarm-spec.ts';
import type { ApiResource } from '../../../local/template/index.ts';
import type { Section } from '../lay-out.ts';
import type { MetricLine } from '../lines.ts';
import { COLOR, linesOf } from '../lines.ts';
import { sectionHeading } from './section-heading.ts';
import type { WatchedChart } from './watched-charts.ts';
import { watchedCharts } from './watched-charts.ts';

/** What API Gateway calls the same thing for each kind of API. */
export const API_METRICS = {
  REST: { traffic: 'Count', clientErrors: '4XXError', serverErrors: '5XXError', latency: 'Latency' },
  HTTP: { traffic: 'Count', clientErrors: '4xx', serverErrors: '5xx', latency: 'Latency' },
  WEBSOCKET: {
    traffic: 'MessageCount',
    clientErrors: 'ClientError',
    serverErrors: 'ExecutionError',
    latency: 'IntegrationLatency',
  },
} as const satisfies Readonly<Record<ApiResource['kind'], Readonly<Record<string, string>>>>;

/** Makes lines of one stage of an API. REST APIs are known to CloudWatch by name, the others by id. */
export const apiLines = ({ kind, name, stage }: ApiResource): ReturnType<typeof linesOf> =>
  linesOf('AWS/ApiGateway', [
    { name: kind === 'REST' ? 'ApiName' : 'ApiId', value: name },
    { name: 'Stage', value: stage },
  ]);

export function apiSection(api: ApiResource, region: string, alarms: readonly AlarmSpec[]): Section {
  const { kind, key } = api;
  const line = apiLines(api);
  const names = API_METRICS[kind];
  const charts: readonly WatchedChart[] = [
    {
      title: `${key}: ${kind === 'WEBSOCKET' ? 'messages' : 'requests'}`,
      lines: [
        line(names.traffic, 'Sum', { label: 'all', color: COLOR.traffic }),
        line(names.clientErrors, 'Sum', { label: 'refused (4xx)', color: COLOR.warning }),
        line(names.serverErrors, 'Sum', { label: 'failed (5xx)', color: COLOR.failure }),
      ],
      leftLabel: 'per {period}',
    },
    {
      title: `${key}: share of errors, 0 to 1`,
      lines: [
        line(names.clientErrors, 'Average', { label: 'refused (4xx)', color: COLOR.warning }),
        line(names.serverErrors, 'Average', { label: 'failed (5xx)', color: COLOR.failure }),
      ],
      leftLabel: 'share of all',
    },
    { title: `${key}: latency`, lines: latency(line, names.latency), leftLabel: 'ms' },
    ...(kind === 'WEBSOCKET'
      ? []
      : [
          {
            title: `${key}: latency of what is behind it`,
            lines: latency(line, 'IntegrationLatency'),
            leftLabel: 'ms',
          },
        ]),
  ];
  return {
    panels: [
      sectionHeading({ kind: 'api', resource: api, region, title: `${KIND[kind]} API ${key}`, about: '' }),
      ...watchedCharts(charts, alarms),
    ],
  };
}

const latency = (line: ReturnType<typeof linesOf>, metricName: string): readonly MetricLine[] => [
  line(metricName, 'p50', { label: 'p50', color: COLOR.typical }),
  line(metricName, 'p90', { label: 'p90', color: COLOR.traffic }),
  line(metricName, 'p99', { label: 'p99', color: COLOR.slow }),
];

const KIND = { REST: 'REST', HTTP: 'HTTP', WEBSOCKET: 'WebSocket' } as const;
