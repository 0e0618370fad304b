import type { ApiResource } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import { API_METRICS, apiDimensions } from '../../alarms/metrics.ts';
import type { Section } from '../body.ts';
import type { MetricLine } from '../lines.ts';
import { COLOR, linesOf } from '../lines.ts';
import type { ResourceChart } from './section.ts';
import { section } from './section.ts';

export function apiSection(api: ApiResource, region: string, alarms: readonly PlannedAlarm[]): Section {
  const { kind, key } = api;
  const line = linesOf('AWS/ApiGateway', apiDimensions(api));
  const names = API_METRICS[kind];
  const charts: readonly ResourceChart[] = [
    {
      title: `${key}: ${kind === 'WEBSOCKET' ? 'messages' : 'requests'}`,
      lines: [
        line(names.requests, 'Sum', { label: 'all', color: COLOR.traffic }),
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
  return section({ kind: 'api', resource: api, region, title: `${KIND[kind]} API ${key}`, charts, alarms });
}

function latency(line: ReturnType<typeof linesOf>, metricName: string): readonly MetricLine[] {
  return [
    line(metricName, 'p50', { label: 'p50', color: COLOR.typical }),
    line(metricName, 'p90', { label: 'p90', color: COLOR.traffic }),
    line(metricName, 'p99', { label: 'p99', color: COLOR.slow }),
  ];
}

const KIND = { REST: 'REST', HTTP: 'HTTP', WEBSOCKET: 'WebSocket' } as const;
