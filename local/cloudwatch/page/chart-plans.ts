/** Which charts the page shows of each kind of resource. */
import type {
  ApiDefinition,
  FunctionDefinition,
  QueueDefinition,
  TopicDefinition,
} from '../../template/service.ts';
import type { MetricId } from '../metrics/metric.ts';
import { dimensionsOf } from '../metrics/metric.ts';
import { LANTERN_NAMESPACE } from '../sources/lambda-metrics.ts';

export interface ChartPlan {
  readonly title: string;
  readonly unit?: string;
  readonly series: ReadonlyArray<{
    readonly id: MetricId;
    readonly statistic: string;
    readonly label: string;
  }>;
}

type Line = readonly [name: string, statistic: string, label: string];

function planner(namespace: string, dimensions: Readonly<Record<string, string>>) {
  return (title: string, unit: string, ...lines: readonly Line[]): ChartPlan => ({
    title,
    unit,
    series: lines.map(([name, statistic, label]) => ({
      id: { namespace, name, dimensions: dimensionsOf(dimensions) },
      statistic,
      label,
    })),
  });
}

export function functionCharts({ name }: FunctionDefinition): ChartPlan[] {
  const lambda = planner('AWS/Lambda', { FunctionName: name });
  const lantern = planner(LANTERN_NAMESPACE, { FunctionName: name });
  return [
    lambda(
      'Invocations',
      'Count',
      ['Invocations', 'Sum', 'invocations'],
      ['Errors', 'Sum', 'errors'],
      ['Throttles', 'Sum', 'throttles'],
    ),
    lambda(
      'Duration',
      'Milliseconds',
      ['Duration', 'p50', 'p50'],
      ['Duration', 'p99', 'p99'],
      ['Duration', 'Maximum', 'maximum'],
    ),
    lambda('Concurrent executions', 'Count', ['ConcurrentExecutions', 'Maximum', 'maximum']),
    lantern('Memory used', 'Megabytes', ['MaxMemoryUsed', 'Maximum', 'maximum']),
    lantern('Init duration', 'Milliseconds', ['InitDuration', 'Maximum', 'maximum']),
  ];
}

export function apiCharts({ kind, name, id, stage }: ApiDefinition): ChartPlan[] {
  const [dimension, clientErrors, serverErrors] =
    kind === 'REST' ? [{ ApiName: name }, '4XXError', '5XXError'] : [{ ApiId: id }, '4xx', '5xx'];
  const api = planner('AWS/ApiGateway', { ...dimension, Stage: stage });
  return [
    api(
      'Requests',
      'Count',
      ['Count', 'Sum', 'requests'],
      [clientErrors, 'Sum', '4xx'],
      [serverErrors, 'Sum', '5xx'],
    ),
    api('Latency', 'Milliseconds', ['Latency', 'p50', 'p50'], ['Latency', 'p99', 'p99']),
  ];
}

export function queueCharts({ name }: QueueDefinition): ChartPlan[] {
  const queue = planner('AWS/SQS', { QueueName: name });
  return [
    queue(
      'Messages',
      'Count',
      ['ApproximateNumberOfMessagesVisible', 'Maximum', 'visible'],
      ['ApproximateNumberOfMessagesNotVisible', 'Maximum', 'in flight'],
    ),
    queue('Age of the oldest message', 'Seconds', ['ApproximateAgeOfOldestMessage', 'Maximum', 'maximum']),
  ];
}

export function topicCharts({ name }: TopicDefinition): ChartPlan[] {
  return [
    planner('AWS/SNS', { TopicName: name })('Messages published', 'Count', [
      'NumberOfMessagesPublished',
      'Sum',
      'published',
    ]),
  ];
}
