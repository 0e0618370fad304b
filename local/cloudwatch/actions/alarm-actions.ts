/** What is done about a transition: topics are published to, functions invoked, EventBridge's rules followed. */
import { randomUUID } from 'node:crypto';
import { AsyncInvocations } from '../../lambda/async-invocations.ts';
import type { AsyncInvocationsOptions } from '../../lambda/async-invocations.ts';
import type { AsyncEventSink, Invoke } from '../../lambda/invocation.ts';
import { functionNameOf } from '../../template/arns.ts';
import { publishToTopic } from '../../messaging/send-message.ts';
import type { JsonObject } from '../../json.ts';
import type { Dispatch } from '../../events/event-bridge.ts';
import { eventBridgeEvent, lambdaActionEvent } from './alarm-event.ts';
import { snsMessage, snsSubject } from './sns-message.ts';
import type { Account, Transition } from './transition.ts';
import { actionsOf } from './transition.ts';

export interface AlarmActionsOptions extends Account {
  /** Where SNS answers. */
  readonly snsEndpoint: string;
  readonly invoke: Invoke;
  readonly functionNames: readonly string[];
  /** Takes an event to the default bus of EventBridge, and says where it goes. */
  readonly putEvent: (event: JsonObject) => readonly Dispatch[];
  readonly destinations?: AsyncInvocationsOptions['destinations'];
  /** Told of events that functions get. */
  readonly onAsyncEvent: AsyncEventSink;
  /** Told of what was not delivered. */
  readonly onError: (message: string, cause: unknown) => void;
}

/** Says what came of an action, for the history of the alarm. */
export type ActionReport = (outcome: string) => void;

export class AlarmActions {
  readonly #options: AlarmActionsOptions;
  readonly #invocations: AsyncInvocations;
  readonly #publishing = new Set<Promise<void>>();
  #functionNames: ReadonlySet<string>;

  constructor(options: AlarmActionsOptions) {
    this.#options = options;
    this.#functionNames = new Set(options.functionNames);
    this.#invocations = new AsyncInvocations({
      ...options,
      onDropped: ({ functionName, reason }) =>
        options.onError(`${functionName} did not take the change of an alarm`, reason),
    });
  }

  /** Calls these functions and no others. */
  update(functionNames: readonly string[]): void {
    this.#functionNames = new Set(functionNames);
  }

  /** Runs the actions of the new state, of an alarm whose actions are enabled and not held back. */
  act(transition: Transition, report: ActionReport): void {
    for (const arn of actionsOf(transition)) {
      if (/^arn:[^:]*:sns:/.test(arn)) this.#track(this.#publish(arn, transition, report));
      else if (/^arn:[^:]*:lambda:/.test(arn)) this.#invoke(arn, transition, report);
      else this.#fail(report, `${arn} is neither a topic nor a function: it is not called locally`);
    }
  }

  /** Tells EventBridge, which hears of every transition. */
  emit(transition: Transition, report: ActionReport): void {
    const event = eventBridgeEvent(transition, this.#options);
    for (const { rule, targetArn } of this.#options.putEvent(event)) {
      report(`sent to ${nameIn(targetArn)} by the rule ${rule}`);
    }
  }

  /** Waits for what is under way; what waits for a retry is given up. */
  async stop(): Promise<void> {
    await Promise.all(this.#publishing);
    await this.#invocations.stop();
  }

  #invoke(arn: string, transition: Transition, report: ActionReport): void {
    const functionName = functionNameOf(arn);
    if (!this.#functionNames.has(functionName)) {
      this.#fail(report, `${arn} is not a function that runs here`);
      return;
    }
    this.#accept(functionName, lambdaActionEvent(transition, this.#options));
    report(`sent to ${functionName}`);
  }

  #accept(functionName: string, event: object): void {
    this.#invocations.accept({ functionName, payload: JSON.stringify(event), requestId: randomUUID() });
  }

  async #publish(topicArn: string, transition: Transition, report: ActionReport): Promise<void> {
    try {
      await publishToTopic(this.#options.snsEndpoint, topicArn, {
        subject: snsSubject(transition, this.#options),
        text: snsMessage(transition, this.#options),
      });
      report(`published to ${topicArn}`);
    } catch (error) {
      this.#fail(report, `not published to ${topicArn}: ${messageOf(error)}`);
    }
  }

  #fail(report: ActionReport, outcome: string): void {
    report(outcome);
    this.#options.onError('An action of an alarm failed', outcome);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#publishing.delete(tracked));
    this.#publishing.add(tracked);
  }
}

/** Of a function its name, of anything else the ARN. */
function nameIn(arn: string): string {
  return /^arn:[^:]*:lambda:/.test(arn) ? functionNameOf(arn) : arn;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
