import type { FunctionResource } from 'lambda-lantern-local/template';
import { PRICES } from '../cost/prices.ts';
import type { Panel } from './body.ts';
import { COLOR, linesOf } from './lines.ts';
import { chart, logs, text } from './panels.ts';

/** Seconds: cost is read by the hour. */
const HOUR = 3_600;

/** Log groups that one query of Logs Insights can read: "CloudWatch Logs quotas" of its user guide. */
const LOG_GROUPS_OF_QUERY = 50;

/**
 * Commands of Logs Insights that count the invocations of which X-Ray keeps a trace: Lambda says so in the report of each,
 * in either log format.
 */
const TRACED_INVOCATIONS: readonly string[] = [
  'filter (type = "platform.report" and record.tracing.value like /Sampled=1/) or @message like /XRAY TraceId: .*Sampled: true/',
  'stats count(*) as traced by bin(1h)',
];

const HALF = { width: 12, height: 6 } as const;

/**
 * What tracing costs. X-Ray publishes one metric of recorded traces, for its group `Default` and so for the whole account
 * and region; what is this service's own is counted in its logs.
 */
export function tracingPanels(functions: readonly FunctionResource[]): readonly Panel[] {
  if (functions.length === 0) return [];
  const price = PRICES.unitPrices.tracesRecorded;
  // A query fails as a whole for a log group that is not there.
  const certain = functions.filter(({ condition }) => condition === undefined);
  const asked = certain.slice(0, LOG_GROUPS_OF_QUERY);
  const left = functions.length - asked.length;
  const recorded = linesOf('AWS/X-Ray', { GroupName: 'Default' });
  return [
    text(
      [
        '## Cost of tracing',
        `X-Ray takes ${price * MILLION} USD for a million recorded traces; the first ${FREE_TRACES} of a month are free. ` +
          'The recorded traces are those of the whole account in this region, because X-Ray measures no smaller group by itself. ' +
          'Traced invocations are those of this service, counted in its logs; a trace often has several. Each opening of the ' +
          'dashboard scans the logs.',
      ].join('\n'),
      3,
    ),
    chart({
      title: 'Traces recorded, whole account',
      lines: [
        recorded('ApproximateTraceCount', 'Sum', { id: 'traces', label: 'traces', color: COLOR.traffic }),
        {
          expression: `${price} * traces`,
          label: 'USD, before free traces',
          color: COLOR.warning,
          yAxis: 'right',
        },
      ],
      leftLabel: 'per {period}',
      rightLabel: 'USD per {period}',
      period: HOUR,
      size: HALF,
    }),
    ...(asked.length === 0
      ? []
      : [
          logs({
            title: `Traced invocations of this service${left > 0 ? `, without ${left} of ${functions.length} functions` : ''}`,
            functions: asked,
            query: TRACED_INVOCATIONS,
            view: 'timeSeries',
            width: HALF.width,
          }),
        ]),
  ];
}

const MILLION = 1_000_000;

const FREE_TRACES = PRICES.freeTier.tracesRecorded.toLocaleString('en-US');
