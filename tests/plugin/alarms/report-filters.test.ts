import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from '../../../local/cloudwatch/logs/filter-pattern.ts';
import type { ReportMetric } from '../../../plugin/alarms/report-filters.ts';
import { reportMetric } from '../../../plugin/alarms/report-filters.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

/** What the filter of a metric finds in a line: its value, or undefined where it does not match. */
function found(logFormat: 'JSON' | 'Text', metric: ReportMetric, line: string): unknown {
  const [fn] = inventoryOf(
    functionResources('Pay', 'pay', { LoggingConfig: { LogFormat: logFormat } }),
  ).functions;
  if (fn === undefined) throw new Error('no function');
  const report = reportMetric(fn, metric);
  if ('skipped' in report) throw new Error(report.skipped);
  const { pattern, metricValue } = report.filter;
  const match = parseFilterPattern(pattern)(line);
  if (match === undefined) return undefined;
  return metricValue.startsWith('$') ? Number(match.value(metricValue)) : Number(metricValue);
}

function json(status: string, metrics: object) {
  return JSON.stringify({
    time: '2026-11-24T16:16:25.740Z',
    type: 'platform.report',
    record: {
      requestId: '6d5e721d-084c-4c88-a7f9-799b28b1ab9d',
      metrics: { durationMs: 40.01, billedDurationMs: 41, memorySizeMB: 512, ...metrics },
      status,
    },
  });
}

function text(...parts: readonly string[]) {
  return [
    'REPORT RequestId: 6d5e721d-084c-4c88-a7f9-799b28b1ab9d',
    'Duration: 40.01 ms',
    'Billed Duration: 41 ms',
    'Memory Size: 512 MB',
    'Max Memory Used: 93 MB',
    ...parts,
  ].join('\t');
}

describe('the filters on reports', () => {
  it.each([
    ['MaxMemoryUsed', json('success', { maxMemoryUsedMB: 93 }), 93],
    ['InitDuration', json('success', { maxMemoryUsedMB: 93, initDurationMs: 244.85 }), 244.85],
    ['InitDuration', json('success', { maxMemoryUsedMB: 93 }), undefined],
    ['Timeouts', json('timeout', { maxMemoryUsedMB: 93 }), 1],
    ['Timeouts', json('error', { maxMemoryUsedMB: 93 }), undefined],
    ['MaxMemoryUsed', '{"level":"INFO","message":"platform.report","maxMemoryUsedMB":93}', undefined],
  ] as const)('find %s in JSON: %s', (metric, line, value) => {
    expect(found('JSON', metric, line)).toBe(value);
  });

  it.each([
    ['MaxMemoryUsed', text(), 93],
    [
      'MaxMemoryUsed',
      text('Init Duration: 244.85 ms', 'XRAY TraceId: 1-6b05b859-f72eca1c79e5f0e2a4c4486f'),
      93,
    ],
    ['InitDuration', text('Init Duration: 244.85 ms', ''), 244.85],
    ['InitDuration', text('Status: timeout'), undefined],
    [
      'Timeouts',
      '2026-11-24T16:16:31Z 6d5e721d-084c-4c88-a7f9-799b28b1ab9d Task timed out after 6.00 seconds',
      1,
    ],
    ['Timeouts', text('Status: error'), undefined],
    ['MaxMemoryUsed', 'a line of the function with Max Memory Used: 93 MB', undefined],
  ] as const)('find %s in text: %s', (metric, line, value) => {
    expect(found('Text', metric, line)).toBe(value);
  });
});
