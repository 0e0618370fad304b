import { dimensionsOf } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';

/** What a queue holds at one moment. */
export interface QueueDepth {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** When the oldest message that was not deleted was sent, epoch milliseconds; undefined of an empty queue. */
  readonly oldestSentAt?: number;
}

export type QueueTraffic = 'NumberOfMessagesSent' | 'NumberOfMessagesReceived' | 'NumberOfMessagesDeleted';

const NAMESPACE = 'AWS/SQS';

/** Metrics of AWS/SQS that tell how full a queue is ("Available CloudWatch metrics for Amazon SQS"); ages in real seconds. */
export function recordQueueDepth(store: MetricStore, queueName: string, depth: QueueDepth, at: number): void {
  const dimensions = dimensionsOf({ QueueName: queueName });
  const age = depth.oldestSentAt === undefined ? 0 : Math.max(0, (at - depth.oldestSentAt) / 1000);
  for (const [name, value, unit] of [
    ['ApproximateNumberOfMessagesVisible', depth.visible, 'Count'],
    ['ApproximateNumberOfMessagesNotVisible', depth.notVisible, 'Count'],
    ['ApproximateNumberOfMessagesDelayed', depth.delayed, 'Count'],
    ['ApproximateAgeOfOldestMessage', Math.floor(age), 'Seconds'],
  ] as const) {
    store.record({ namespace: NAMESPACE, name, dimensions }, { at, value }, unit);
  }
}

export function recordQueueTraffic(
  store: MetricStore,
  queueName: string,
  traffic: QueueTraffic,
  messages: number,
): void {
  const id = { namespace: NAMESPACE, name: traffic, dimensions: dimensionsOf({ QueueName: queueName }) };
  store.record(id, { at: Date.now(), value: messages }, 'Count');
}

export function recordPublished(store: MetricStore, topicName: string, messages: number): void {
  const id = {
    namespace: 'AWS/SNS',
    name: 'NumberOfMessagesPublished',
    dimensions: dimensionsOf({ TopicName: topicName }),
  };
  store.record(id, { at: Date.now(), value: messages }, 'Count');
}
