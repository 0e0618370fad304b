/** Where events go: functions, queues, topics and event buses, by their ARNs. Rules, schedules and destinations deliver here. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { parseObject } from '../json.ts';
import type { InvokeRequest } from '../lambda/invocation.ts';
import type { MessageAttribute } from '../messaging/send-message.ts';
import { publishToTopic, sendToQueue } from '../messaging/send-message.ts';
import { functionNameOf } from '../template/arns.ts';

export interface TargetsOptions {
  /** Takes an event for a function, which gets it asynchronously. */
  readonly accept: (event: InvokeRequest & { readonly requestId: string }) => void;
  /** Where SQS answers. */
  readonly queuesUrl: string;
  /** Where SNS answers. */
  readonly topicsUrl: string;
  /** Takes an event for a bus of EventBridge. */
  readonly putEvent: (busName: string, event: JsonObject, traceHeader?: string) => void;
}

export interface Delivery {
  readonly arn: string;
  /** A text; JSON for a function, and a whole event for a bus. */
  readonly payload: string;
  readonly traceHeader?: string | undefined;
  /** Of a topic's message. */
  readonly subject?: string;
  /** Of a FIFO queue or topic. */
  readonly groupId?: string | undefined;
  /** Of a message: functions and buses get none. */
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

type TargetKind = 'function' | 'queue' | 'topic' | 'bus';

const KINDS: ReadonlyArray<readonly [TargetKind, RegExp]> = [
  ['function', /^arn:[^:]+:lambda:[^:]*:\d*:function:[^:]+(:[^:]+)?$/],
  ['queue', /^arn:[^:]+:sqs:[^:]*:\d*:[^:]+$/],
  ['topic', /^arn:[^:]+:sns:[^:]*:\d*:[^:]+$/],
  ['bus', /^arn:[^:]+:events:[^:]*:\d*:event-bus\/[^:]+$/],
];

/** What an ARN is of; undefined where nothing can be delivered to it here. */
export function targetKind(arn: string): TargetKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(arn))?.[0];
}

export class Targets {
  readonly #options: TargetsOptions;

  constructor(options: TargetsOptions) {
    this.#options = options;
  }

  /**
   * Delivers to a target. A function has it when this resolves, but may not have run yet.
   *
   * @throws Error that says why the target did not take it.
   */
  async deliver({ arn, payload, traceHeader, subject, groupId, attributes }: Delivery): Promise<void> {
    const { accept, queuesUrl, topicsUrl, putEvent } = this.#options;
    const message = {
      text: payload,
      traceHeader,
      groupId,
      ...(subject !== undefined && { subject }),
      ...(attributes !== undefined && { attributes }),
    };
    switch (targetKind(arn)) {
      case 'function':
        accept({
          functionName: functionNameOf(arn),
          payload,
          requestId: randomUUID(),
          ...(traceHeader !== undefined && { traceHeader }),
        });
        return;
      case 'queue':
        await sendToQueue(queuesUrl, arn, message);
        return;
      case 'topic':
        await publishToTopic(topicsUrl, arn, message);
        return;
      case 'bus': {
        const event = parseObject(payload);
        if (event === undefined) throw new Error('An event bus takes events only, which are JSON objects.');
        putEvent(arn.slice(arn.indexOf(':event-bus/') + ':event-bus/'.length), event, traceHeader);
        return;
      }
      case undefined:
        throw new Error(`${arn} is no function, queue, topic or event bus: it is not reached locally.`);
    }
  }
}
