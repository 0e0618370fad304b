import type { Expression, FunctionResource } from 'lambda-lantern-local/template';
import { ref } from 'lambda-lantern-local/template';
import type { PlannedFilter, MetricStat } from './alarm-plan.ts';
import type { Tuning, Unwatched } from './default-alarm.ts';
import { metric } from './metrics.ts';

export type ReportMetric = 'MaxMemoryUsed' | 'InitDuration' | 'Timeouts';

/** How CloudWatch Logs finds a number in a report. */
interface Extraction {
  readonly pattern: string;
  readonly value: string;
}

interface ReportField {
  readonly unit: string;
  /** JSON logs: the event `platform.report` of Lambda, "Lambda Telemetry API Event schema reference". */
  readonly json: Extraction;
  /** Text logs: the line that begins with REPORT, as words with names; white space parts them, tabs as well. */
  readonly text: Extraction;
}

/** The words of a REPORT line up to the memory used; what follows depends on the invocation. */
const REPORT_WORDS =
  'report="REPORT", requestIdLabel="RequestId:", requestId, durationLabel="Duration:", duration, durationUnit="ms", ' +
  'billed="Billed", billedLabel="Duration:", billedDuration, billedUnit="ms", memory="Memory", sizeLabel="Size:", ' +
  'memorySize, memoryUnit="MB", max="Max", maxMemory="Memory", usedLabel="Used:", maxMemoryUsed, usedUnit="MB"';

const FIELDS: Readonly<Record<ReportMetric, ReportField>> = {
  MaxMemoryUsed: {
    unit: 'Megabytes',
    json: {
      pattern: '{ $.type = "platform.report" && $.record.metrics.maxMemoryUsedMB > 0 }',
      value: '$.record.metrics.maxMemoryUsedMB',
    },
    text: { pattern: `[${REPORT_WORDS}, ...]`, value: '$maxMemoryUsed' },
  },
  InitDuration: {
    unit: 'Milliseconds',
    json: {
      pattern: '{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }',
      value: '$.record.metrics.initDurationMs',
    },
    text: {
      pattern: `[${REPORT_WORDS}, init="Init", initLabel="Duration:", initDuration, initUnit="ms", ...]`,
      value: '$initDuration',
    },
  },
  Timeouts: {
    unit: 'Count',
    json: { pattern: '{ $.type = "platform.report" && $.record.status = "timeout" }', value: '1' },
    // Where the line has an init, its status comes later: Lambda writes this sentence in any case.
    text: { pattern: '"Task timed out after"', value: '1' },
  },
};

/** The metric that a filter makes of the reports of a function; or why it cannot. */
export function reportMetric(
  fn: FunctionResource,
  name: ReportMetric,
):
  | {
      readonly stat: (taken: Pick<Tuning, 'statistic' | 'period'>) => MetricStat;
      readonly filter: PlannedFilter;
    }
  | Unwatched {
  const skipped = whyNot(fn);
  if (skipped !== undefined) return { skipped };
  const { unit, json, text } = FIELDS[name];
  const { pattern, value } = fn.logFormat === 'JSON' ? json : text;
  const namespace = namespaceOf(fn);
  return {
    stat: (taken) => metric(namespace, name, {}, taken),
    filter: {
      logicalId: `Lantern${fn.logicalId}${name}Filter`,
      functionLogicalId: fn.logicalId,
      ...(fn.condition !== undefined && { condition: fn.condition }),
      logGroup: ref(fn.logGroup ?? ''),
      pattern,
      namespace,
      metricName: name,
      metricValue: value,
      unit,
    },
  };
}

function whyNot(fn: FunctionResource): string | undefined {
  if (fn.logGroup === undefined) {
    return 'its log group is not in the template, so no metric filter can be put on it (disableLogs, or a group made elsewhere)';
  }
  if (fn.sharesLogGroup) {
    return `it shares the log group ${fn.logGroup} with other functions, and a report does not say whose it is`;
  }
  if (fn.logFormat === 'JSON' && fn.systemLogLevel === 'WARN') {
    return 'its system log level is WARN, which leaves platform.report out of the log; set systemLogLevel to INFO';
  }
  return undefined;
}

/** A filter can make no dimensions but of what is in the line, and a report does not name its function. */
function namespaceOf({ name }: FunctionResource): Expression {
  return typeof name === 'string' ? `LambdaLantern/${name}` : { 'Fn::Join': ['/', ['LambdaLantern', name]] };
}
