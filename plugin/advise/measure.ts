/** What is asked of CloudWatch about a function, and what it comes to. */
import type { FunctionResource } from 'lambda-lantern-local/template';
import type { MeasuredMetric, Observations } from '../learn/metric-reader.ts';

const HOUR = 3600;

/** What a function did in the days that were looked at. What nobody measured is undefined, not zero. */
export interface Measured {
  readonly invocations: number;
  /** Milliseconds, all invocations together. */
  readonly durationSum: number | undefined;
  readonly durationMaximum: number | undefined;
  /** Milliseconds: the median of the hours' 99th percentiles. */
  readonly durationP99: number | undefined;
  readonly concurrencyMaximum: number | undefined;
  /** MB. From a metric filter of the plugin. */
  readonly memoryMaximum: number | undefined;
  /** Invocations that began with an init; from a metric filter that is off unless asked for. */
  readonly coldStarts: number | undefined;
  /** Bytes that its log group took in. */
  readonly logBytes: number | undefined;
  /** By alias or version: the highest share of its ready environments in use, and the invocations that found none. */
  readonly provisioned: ReadonlyArray<{
    readonly qualifier: string;
    readonly concurrency: number;
    readonly utilization: number | undefined;
    readonly spillover: number;
  }>;
}

interface Asked {
  readonly metrics: readonly MeasuredMetric[];
  readonly evaluate: (answers: readonly Observations[]) => Measured;
}

/** Undefined for a function whose name only the deployment knows. */
export function questionsAbout(fn: FunctionResource): Asked | undefined {
  const { name, provisioned } = fn;
  if (typeof name !== 'string') return undefined;
  const lambda = (
    metricName: string,
    statistic: string,
    more: Record<string, string> = {},
  ): MeasuredMetric => ({
    namespace: 'AWS/Lambda',
    metricName,
    dimensions: { FunctionName: name, ...more },
    statistic,
    period: HOUR,
  });
  const reported = (metricName: string, statistic: string): MeasuredMetric => ({
    namespace: `LambdaLantern/${name}`,
    metricName,
    dimensions: {},
    statistic,
    period: HOUR,
  });
  const ready = provisioned.flatMap(({ qualifier, concurrency }) =>
    typeof qualifier === 'string' ? [{ qualifier, concurrency }] : [],
  );
  const metrics = [
    lambda('Invocations', 'Sum'),
    lambda('Duration', 'Sum'),
    lambda('Duration', 'Maximum'),
    lambda('Duration', 'p99'),
    lambda('ConcurrentExecutions', 'Maximum'),
    reported('MaxMemoryUsed', 'Maximum'),
    reported('InitDuration', 'SampleCount'),
    {
      namespace: 'AWS/Logs',
      metricName: 'IncomingBytes',
      dimensions: { LogGroupName: `/aws/lambda/${name}` },
      statistic: 'Sum',
      period: HOUR,
    },
    ...ready.flatMap(({ qualifier }) => [
      lambda('ProvisionedConcurrencyUtilization', 'Maximum', { Resource: `${name}:${qualifier}` }),
      lambda('ProvisionedConcurrencySpilloverInvocations', 'Sum', { Resource: `${name}:${qualifier}` }),
    ]),
  ];
  return {
    metrics,
    evaluate: (answers) => {
      const [invocations, sum, maximum, p99, concurrency, memory, inits, bytes, ...rest] =
        answers.map(present);
      return {
        invocations: total(invocations) ?? 0,
        durationSum: total(sum),
        durationMaximum: most(maximum),
        durationP99: median(p99),
        concurrencyMaximum: most(concurrency),
        memoryMaximum: most(memory),
        coldStarts: total(inits),
        logBytes: fn.sharesLogGroup ? undefined : total(bytes),
        provisioned: ready.map((each, index) => ({
          ...each,
          utilization: most(rest[2 * index]),
          spillover: total(rest[2 * index + 1]) ?? 0,
        })),
      };
    },
  };
}

function present(observations: Observations): readonly number[] {
  return observations.filter((value) => value !== null);
}

function total(values: readonly number[] = []): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function most(values: readonly number[] = []): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function median(values: readonly number[] = []): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
