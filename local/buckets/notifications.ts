/** Who hears of what happens in buckets: functions, queues and topics by the bucket's configuration, and EventBridge. */
import type { Delivery } from '../events/targets.ts';
import type { JsonObject } from '../json.ts';
import type { NotificationDefinition } from '../template/service.ts';
import type { Account, ObjectEvent } from './object-event.ts';
import { eventBridgeEventOf, isOfType, notificationOf } from './object-event.ts';

export interface NotificationsOptions extends Account {
  /** Delivers to functions, which get it asynchronously, and to queues and topics. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
  /** Takes an event for the default bus. */
  readonly putEvent: (event: JsonObject) => void;
  /** Told of what could not be delivered. */
  readonly onProblem: (message: string) => void;
}

/** What topics get as the subject of a message. */
const SUBJECT = 'Amazon S3 Notification';

export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Takes an event and returns at once: whoever has changed the object waits for nobody. */
  tell(event: ObjectEvent): void {
    const { bucket } = event;
    if (bucket.eventBridge) this.#options.putEvent(eventBridgeEventOf(event, this.#options));
    for (const notification of bucket.notifications) {
      if (!isFor(notification, event)) continue;
      const running = this.#deliver(notification, event).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  /** Waits for what is being delivered. */
  async stop(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #deliver({ id, targetArn }: NotificationDefinition, event: ObjectEvent): Promise<void> {
    const { deliver, onProblem } = this.#options;
    try {
      await deliver({
        arn: targetArn,
        payload: JSON.stringify(notificationOf(event, id, this.#options)),
        subject: SUBJECT,
        traceHeader: event.traceHeader,
      });
    } catch (error) {
      onProblem(
        `${targetArn} did not take the notification of ${event.type} in the bucket ${event.bucket.name}: ${(error as Error).message}`,
      );
    }
  }
}

function isFor({ events, prefix, suffix }: NotificationDefinition, { type, key }: ObjectEvent): boolean {
  return events.some((pattern) => isOfType(pattern, type)) && key.startsWith(prefix) && key.endsWith(suffix);
}
