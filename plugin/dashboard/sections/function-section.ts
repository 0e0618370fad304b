import type { FunctionResource } from 'lambda-lantern-local/template';
import { getAttribute } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedFilter } from '../../alarms/alarm-plan.ts';
import { joinTexts } from '../../alarms/console-links.ts';
import type { Panel, Section } from '../body.ts';
import type { MetricLine } from '../lines.ts';
import { COLOR, linesOf, queriesOf } from '../lines.ts';
import { limit, logs } from '../panels.ts';
import type { ResourceChart } from './section.ts';
import { section } from './section.ts';

export function functionSection(
  resource: FunctionResource,
  region: string,
  { alarms, filters, eventSources }: Pick<AlarmPlan, 'alarms' | 'filters' | 'eventSources'>,
): Section {
  const { key, timeout, memorySize, runsAtEdge, sharesLogGroup } = resource;
  const heading = { kind: 'function', resource, region, title: `Function ${key}` } as const;
  if (runsAtEdge) {
    const about = 'CloudFront runs it, so its metrics and logs are in the region of each request';
    return section({ ...heading, about, charts: [], alarms: [] });
  }
  const { panels } = section({
    ...heading,
    about: `timeout ${timeout} s, ${memorySize} MB`,
    charts: [
      invocations(resource),
      ...executionCharts(resource),
      duration(resource),
      concurrency(resource),
      ...reportCharts(resource, filters),
      ...provisionedCharts(resource),
      ...managedCharts(resource),
      ...asyncCharts(resource),
      ...streamCharts(resource),
      ...eventSourceCharts(resource, eventSources),
    ],
    alarms,
  });
  const errors = logs({
    title: `${key}: recent errors${sharesLogGroup ? ', with those of functions in the same log group' : ''}`,
    functions: [resource],
    query: recentErrors(resource),
    width: 12,
  });
  return { panels: [...panels, errors, ...tenantPanels(resource)] };
}

function lambda(resource: FunctionResource) {
  return linesOf('AWS/Lambda', { FunctionName: resource.name });
}

function invocations(resource: FunctionResource): ResourceChart {
  const line = lambda(resource);
  const lines = [
    line('Invocations', 'Sum', { id: 'invocations', label: 'invocations', color: COLOR.traffic }),
    line('Errors', 'Sum', { id: 'errors', label: 'errors', color: COLOR.failure }),
  ];
  if (resource.durable !== undefined) {
    const title = `${resource.key}: invocations and errors, replays and retries among them`;
    return { title, lines, leftLabel: 'per {period}' };
  }
  return {
    title: `${resource.key}: invocations and errors`,
    lines,
    math: [
      {
        expression: '100 * errors / invocations',
        label: 'error rate',
        color: COLOR.warning,
        yAxis: 'right',
      },
    ],
    leftLabel: 'per {period}',
    rightLabel: 'error rate, %',
  };
}

/** What became of the executions of a durable function, and how long they took: invocations are replays, too. */
function executionCharts(resource: FunctionResource): readonly ResourceChart[] {
  const { key, durable } = resource;
  if (durable === undefined) return [];
  const line = lambda(resource);
  const { executionTimeout } = durable;
  return [
    {
      title: `${key}: executions`,
      lines: [
        line('DurableExecutionStarted', 'Sum', { label: 'started', color: COLOR.traffic }),
        line('DurableExecutionSucceeded', 'Sum', { label: 'succeeded', color: COLOR.typical }),
        line('DurableExecutionFailed', 'Sum', { label: 'failed', color: COLOR.failure }),
        line('DurableExecutionTimedOut', 'Sum', { label: 'timed out', color: COLOR.warning }),
        line('DurableExecutionStopped', 'Sum', { label: 'stopped', color: COLOR.limit }),
      ],
      leftLabel: 'per {period}',
    },
    {
      title: `${key}: duration of executions`,
      lines: [
        line('DurableExecutionDuration', 'p50', { label: 'p50', color: COLOR.typical }),
        line('DurableExecutionDuration', 'p99', { label: 'p99', color: COLOR.slow }),
      ],
      ...(executionTimeout !== undefined && {
        limits: [limit(executionTimeout * MS_OF_SECOND, `execution timeout ${executionTimeout} s`)],
      }),
      leftLabel: 'ms',
    },
    {
      title: `${key}: what an execution does and keeps`,
      lines: [
        line('DurableExecutionOperations', 'Maximum', { label: 'operations, at most', color: COLOR.traffic }),
        line('DurableExecutionStorageWrittenBytes', 'Maximum', {
          label: 'bytes written, at most',
          color: COLOR.slow,
          yAxis: 'right',
        }),
      ],
      leftLabel: 'operations',
      rightLabel: 'bytes',
    },
  ];
}

function duration(resource: FunctionResource): ResourceChart {
  const line = lambda(resource);
  return {
    title: `${resource.key}: duration`,
    lines: [
      line('Duration', 'p50', { label: 'p50', color: COLOR.typical }),
      line('Duration', 'p90', { label: 'p90', color: COLOR.traffic }),
      line('Duration', 'p99', { label: 'p99', color: COLOR.slow }),
    ],
    limits: [limit(resource.timeout * MS_OF_SECOND, `timeout ${resource.timeout} s`)],
    leftLabel: 'ms',
  };
}

const MS_OF_SECOND = 1_000;

function concurrency(resource: FunctionResource): ResourceChart {
  const line = lambda(resource);
  const reserved = resource.reservedConcurrency;
  return {
    title: `${resource.key}: concurrency and throttles`,
    lines: [
      line('ConcurrentExecutions', 'Maximum', { label: 'concurrent executions', color: COLOR.traffic }),
      line('Throttles', 'Sum', { label: 'throttles', color: COLOR.failure, yAxis: 'right' }),
    ],
    ...(reserved !== undefined && { limits: [limit(reserved, `reserved ${reserved}`)] }),
    leftLabel: 'at once',
    rightLabel: 'throttled per {period}',
  };
}

/**
 * Charts of the metrics that filters make of Lambda's reports in the log: memory, init durations, and how often something
 * was reported. None without the filters.
 */
function reportCharts(
  resource: FunctionResource,
  filters: readonly PlannedFilter[],
): readonly ResourceChart[] {
  const own = filters.filter(({ functionLogicalId }) => functionLogicalId === resource.logicalId);
  const linesOfUnit = (unit: string, shown: readonly Shown[]): readonly MetricLine[] =>
    own
      .filter((filter) => filter.unit === unit)
      .flatMap(({ namespace, metricName }) =>
        shown.map(({ statistic, color, label = metricName }) =>
          linesOf(namespace, {})(metricName, statistic, { label, color }),
        ),
      );
  const charts: readonly ResourceChart[] = [
    {
      title: `${resource.key}: memory`,
      lines: linesOfUnit('Megabytes', MAXIMUM_AND_MEDIAN),
      limits: [limit(resource.memorySize, `memory size ${resource.memorySize} MB`)],
      leftLabel: 'MB',
    },
    {
      title: `${resource.key}: init duration`,
      lines: linesOfUnit('Milliseconds', MAXIMUM_AND_MEDIAN),
      leftLabel: 'ms',
    },
    {
      title: `${resource.key}: reported in the log`,
      lines: [
        ...linesOfUnit('Count', [{ statistic: 'Sum', color: COLOR.failure }]),
        // Each report with an init duration is one cold start.
        ...linesOfUnit('Milliseconds', [
          { statistic: 'SampleCount', color: COLOR.traffic, label: 'cold starts' },
        ]),
      ],
      leftLabel: 'per {period}',
    },
  ];
  return charts.filter(({ lines }) => lines.length > 0);
}

interface Shown {
  readonly statistic: string;
  readonly color: string;
  /** The name of the metric where absent. */
  readonly label?: string;
}

const MAXIMUM_AND_MEDIAN: readonly Shown[] = [
  { statistic: 'Maximum', color: COLOR.slow, label: 'at most' },
  { statistic: 'p50', color: COLOR.typical, label: 'p50' },
];

/** One chart per alias or version with provisioned concurrency; Lambda measures each on its own. */
function provisionedCharts({ key, name, provisioned }: FunctionResource): readonly ResourceChart[] {
  return provisioned.map(({ qualifier, concurrency }) => {
    const line = linesOf('AWS/Lambda', { FunctionName: name, Resource: joinTexts(name, ':', qualifier) });
    return {
      title: `${key}: provisioned concurrency (${concurrency})`,
      lines: [
        line('ProvisionedConcurrencyUtilization', 'Maximum', {
          label: 'share in use, 0 to 1',
          color: COLOR.traffic,
        }),
        line('ProvisionedConcurrencySpilloverInvocations', 'Sum', {
          label: 'spilled over',
          color: COLOR.warning,
          yAxis: 'right',
        }),
      ],
      leftLabel: 'share in use',
      rightLabel: 'spilled over per {period}',
    };
  });
}

/** How full the environments of a function on managed instances are, by its versions, and what it was throttled for. */
function managedCharts(resource: FunctionResource): readonly ResourceChart[] {
  const { key, name, managed } = resource;
  if (managed === undefined) return [];
  const { capacityProvider, concurrencyOfEnvironment: most } = managed;
  const by = queriesOf({ CapacityProviderName: capacityProvider, FunctionName: name }, 'Resource');
  const line = lambda(resource);
  return [
    {
      title: `${key}: CPU and memory of its environments`,
      lines: [],
      math: ['ExecutionEnvironmentCPUUtilization', 'ExecutionEnvironmentMemoryUtilization'].map(
        (metricName) => by(metricName, 'Maximum'),
      ),
      leftLabel: '%',
      period: 300,
    },
    {
      title: `${key}: invocations at once in an environment`,
      lines: [],
      math: [by('ExecutionEnvironmentConcurrency', 'Maximum')],
      ...(most !== undefined && { limits: [limit(most, `at most ${most}`)] }),
      leftLabel: 'at once',
      period: 300,
    },
    {
      title: `${key}: what it was throttled for`,
      lines: ['ConcurrencyThrottles', 'CPUThrottles', 'MemoryThrottles', 'DiskThrottles'].map((metricName) =>
        line(metricName, 'Sum', { label: metricName }),
      ),
      leftLabel: 'per {period}',
    },
  ];
}

/** What waits for a function that is invoked asynchronously, and what is given up. */
function asyncCharts(resource: FunctionResource): readonly ResourceChart[] {
  if (!resource.isAsync) return [];
  const line = linesOf('AWS/Lambda', { FunctionName: resource.name });
  const right = { yAxis: 'right' } as const;
  return [
    {
      title: `${resource.key}: asynchronous events`,
      lines: [
        line('AsyncEventAge', 'Maximum', { label: 'age, at most', color: COLOR.slow }),
        line('AsyncEventsReceived', 'Sum', { label: 'received', color: COLOR.traffic, ...right }),
        line('AsyncEventsDropped', 'Sum', { label: 'dropped', color: COLOR.failure, ...right }),
        ...(resource.hasDeadLetterConfig
          ? [line('DeadLetterErrors', 'Sum', { label: 'dead letters lost', color: COLOR.warning, ...right })]
          : []),
        ...(resource.hasDestination
          ? [
              line('DestinationDeliveryFailures', 'Sum', {
                label: 'not delivered to the destination',
                color: COLOR.warning,
                ...right,
              }),
            ]
          : []),
      ],
      leftLabel: 'ms',
      rightLabel: 'events per {period}',
    },
  ];
}

/** How far a function is behind the streams it reads: records for Kafka, milliseconds for the others. */
function streamCharts({ key, name, streams }: FunctionResource): readonly ResourceChart[] {
  const line = linesOf('AWS/Lambda', { FunctionName: name });
  const charts: ResourceChart[] = [];
  if (streams.some(({ kind }) => kind !== 'kafka')) {
    charts.push({
      title: `${key}: age of the last record read`,
      lines: [line('IteratorAge', 'Maximum', { label: 'iterator age', color: COLOR.slow })],
      leftLabel: 'ms',
    });
  }
  if (streams.some(({ kind }) => kind === 'kafka')) {
    charts.push({
      title: `${key}: records not read yet`,
      lines: [line('OffsetLag', 'Maximum', { label: 'offset lag', color: COLOR.slow })],
      leftLabel: 'records',
    });
  }
  return charts;
}

/** What became of the events of each mapping, where Lambda counts them because an alarm watches. */
function eventSourceCharts(
  { key, eventSources }: FunctionResource,
  counted: AlarmPlan['eventSources'],
): readonly ResourceChart[] {
  return eventSources
    .filter(({ mapping }) => counted.some(({ logicalId }) => logicalId === mapping))
    .map(({ kind, mapping }) => {
      const line = linesOf('AWS/Lambda', { EventSourceMappingUUID: getAttribute(mapping, 'Id') });
      const ending: readonly MetricLine[] =
        kind === 'queue'
          ? [line('DeletedEventCount', 'Sum', { label: 'done', color: COLOR.typical })]
          : [
              line('OnFailureDestinationDeliveredEventCount', 'Sum', {
                label: 'given up',
                color: COLOR.warning,
              }),
              line('DroppedEventCount', 'Sum', { label: 'dropped', color: COLOR.slow }),
            ];
      return {
        title: `${key}: events of ${mapping}`,
        lines: [
          line('PolledEventCount', 'Sum', { label: 'polled', color: COLOR.traffic }),
          line('FilteredOutEventCount', 'Sum', { label: 'filtered out', color: COLOR.limit }),
          line('FailedInvokeEventCount', 'Sum', { label: 'failed', color: COLOR.failure }),
          ...ending,
        ],
        leftLabel: 'per {period}',
      };
    });
}

/** Lambda has no metrics by tenant: its log says whose each line is, in JSON. */
function tenantPanels(resource: FunctionResource): readonly Panel[] {
  if (!resource.isolatesTenants || resource.logFormat !== 'JSON') return [];
  return [
    logs({
      title: `${resource.key}: invocations and failures by tenant`,
      functions: [resource],
      query: [
        'filter type = "platform.report"',
        'stats count(*) as invocations, sum(strcontains(record.status, "success") = 0) as failures, ' +
          'max(record.metrics.durationMs) as longest by coalesce(record.tenantId, tenantId) as tenant',
        'sort failures desc, invocations desc',
        'limit 20',
      ],
      width: 12,
    }),
  ];
}

/** Commands of Logs Insights for what went wrong, newest first: errors that were logged, and endings that Lambda reports. */
function recentErrors({ logFormat }: FunctionResource): readonly string[] {
  return logFormat === 'JSON' ? [...JSON_ERRORS, ...NEWEST] : [...TEXT_ERRORS, ...NEWEST];
}

const JSON_ERRORS = [
  'fields @timestamp, coalesce(message, record.status) as what, coalesce(requestId, function_request_id, record.requestId) as request, correlation_id, xray_trace_id, @message',
  'filter level in ["ERROR", "FATAL"] or (type = "platform.report" and record.status != "success")',
];

const TEXT_ERRORS = [
  'fields @timestamp, @requestId, @message',
  'filter @message like /ERROR|Task timed out|Runtime exited|Runtime\\.ExitError/',
];

const NEWEST = ['sort @timestamp desc', 'limit 20'];
