/** What becomes of an asynchronous event when it is over: records for destinations, and dead letters. */
import { randomUUID } from 'node:crypto';
import type { Delivery } from '../events/targets.ts';
import { targetKind } from '../events/targets.ts';
import { asText, parseObject } from '../json.ts';
import type { AsyncDefinition, FunctionDefinition } from '../template/service.ts';
import type { AsyncEventSink, InvokeRequest, InvokeResponse } from './invocation.ts';
import { MAX_DEAD_LETTER_MESSAGE } from './limits.ts';

/** How an asynchronous event ended. */
export interface EndedEvent {
  readonly request: InvokeRequest & { readonly requestId: string };
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** How often the function ran with it. */
  readonly invokeCount: number;
  /** Of the last time that the function ran; undefined when it never did. */
  readonly response?: InvokeResponse;
  /** Why the function did not run in the end, with the status that Lambda gives it. */
  readonly refusal?: { readonly status: number; readonly message: string };
}

export interface DestinationsOptions {
  readonly functions: readonly FunctionDefinition[];
  readonly region: string;
  readonly accountId: string;
  readonly deliver: (delivery: Delivery) => Promise<void>;
  /** Told of what could not be delivered, for CloudWatch's metrics. */
  readonly onAsyncEvent?: AsyncEventSink;
  /** Told the same in words. */
  readonly onProblem: (message: string) => void;
}

export class Destinations {
  readonly #options: DestinationsOptions;
  #functions: ReadonlyMap<string, FunctionDefinition> = new Map();

  constructor(options: DestinationsOptions) {
    this.#options = options;
    this.update(options.functions);
  }

  /** Goes by the settings of these functions. */
  update(functions: readonly FunctionDefinition[]): void {
    this.#functions = new Map(functions.map((definition) => [definition.name, definition]));
  }

  settingsOf(functionName: string): AsyncDefinition {
    return this.#functions.get(functionName)?.asynchronous ?? {};
  }

  /** Delivers what the function's settings ask for. Never rejects: what is not delivered is told, and counted. */
  async ended(event: EndedEvent): Promise<void> {
    const { functionName } = event.request;
    const { onSuccess, onFailure, deadLetterArn } = this.settingsOf(functionName);
    const isSuccess = event.condition === 'Success';
    const destination = isSuccess ? onSuccess : onFailure;
    await Promise.all([
      destination === undefined
        ? undefined
        : this.#deliver(functionName, 'destination-error', this.#record(event, destination)),
      isSuccess || deadLetterArn === undefined
        ? undefined
        : this.#deliver(functionName, 'dead-letter-error', deadLetter(event, deadLetterArn)),
    ]);
  }

  async #deliver(
    functionName: string,
    kind: 'destination-error' | 'dead-letter-error',
    delivery: Delivery,
  ): Promise<void> {
    const { deliver, onAsyncEvent, onProblem } = this.#options;
    try {
      await deliver(delivery);
    } catch (error) {
      onAsyncEvent?.({ functionName, kind, age: 0 });
      const what = kind === 'destination-error' ? 'the record of an event' : 'an event';
      onProblem(`${delivery.arn} did not take ${what} of ${functionName}: ${(error as Error).message}`);
    }
  }

  /** The record of "Capturing records of Lambda asynchronous invocations"; to a bus it goes as the detail of an event. */
  #record(event: EndedEvent, arn: string): Delivery {
    const { request, condition, invokeCount, response } = event;
    const functionArn = `${this.#functions.get(request.functionName)?.arn ?? request.functionName}:$LATEST`;
    const timestamp = new Date().toISOString();
    const record = {
      version: '1.0',
      timestamp,
      requestContext: {
        requestId: request.requestId,
        functionArn,
        condition,
        approximateInvokeCount: invokeCount,
      },
      requestPayload: jsonIn(request.payload),
      ...(response !== undefined && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(response.functionError !== undefined && { functionError: response.functionError }),
        },
        responsePayload: jsonIn(response.payload),
      }),
    };
    const asEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
      source: 'lambda',
      account: this.#options.accountId,
      time: timestamp.replace(/\.\d+Z$/, 'Z'),
      region: this.#options.region,
      resources: [arn, functionArn],
      detail: record,
    };
    return {
      arn,
      payload: JSON.stringify(targetKind(arn) === 'bus' ? asEvent : record),
      traceHeader: request.traceHeader,
    };
  }
}

/** The event as it came, with the reason in attributes ("Adding a dead-letter queue"). */
function deadLetter({ request, response, refusal }: EndedEvent, arn: string): Delivery {
  const { status, message } = refusal ?? { status: 200, message: errorMessageIn(response?.payload ?? '') };
  return {
    arn,
    payload: request.payload,
    traceHeader: request.traceHeader,
    attributes: {
      RequestID: { DataType: 'String', StringValue: request.requestId },
      ErrorCode: { DataType: 'Number', StringValue: String(status) },
      ...(message !== '' && { ErrorMessage: { DataType: 'String', StringValue: shortened(message) } }),
    },
  };
}

function errorMessageIn(payload: string): string {
  return asText(parseObject(payload)?.errorMessage) ?? payload;
}

/** So many bytes at most, cut between characters. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_DEAD_LETTER_MESSAGE) return text;
  return bytes.toString('utf8', 0, MAX_DEAD_LETTER_MESSAGE).replace(/\uFFFD+$/, '');
}

/** An answer of nothing is null, as what a function without a result returns. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
