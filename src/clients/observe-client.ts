import { checkOptions, flag } from '../check-options.ts';
import { getCorrelationId } from '../propagation/correlation.ts';
import { createWarnOnce } from '../telemetry/process-logger.ts';
import { inCallSpan } from '../telemetry/trace-scope.ts';
import type { CallRecord } from '../telemetry/trace-scope.ts';
import { carriesMessage } from './injections.ts';
import type { AwsAnswer, AwsCall } from './describe-aws-call.ts';
import { describeAwsCall } from './describe-aws-call.ts';
import { createInputInjector } from './inject-correlation.ts';
import type { ObservableClient, SdkHandler, SdkMiddleware, SdkResult } from './sdk-middleware.ts';
import { addToStack } from './sdk-middleware.ts';

export type { ObservableClient } from './sdk-middleware.ts';

export interface ObserveClientOptions {
  /**
   * Whether the correlation id may become a member of a payload, where a service has no other place for it: events of
   * EventBridge, inputs of Step Functions and Scheduler, records of Kinesis and Firehose, asynchronous invocations of
   * Lambda. Only JSON objects are touched.
   *
   * @default true
   */
  readonly payload?: boolean;
}

/**
 * Makes an AWS SDK v3 client carry the context: each call shows up in the timeline with its operation and resource, the
 * trace headers go along, and what the service delivers to others carries the correlation id (`injections.ts` says where).
 * Works with every kind of client (`SNSClient`, `SNS`, `DynamoDBDocumentClient`); doing it twice is harmless.
 *
 * @returns the same client.
 * @throws TypeError for an option that does not exist or has the wrong type.
 *
 * @example
 * const sqs = observeClient(new SQSClient({}));
 */
export function observeClient<Client extends ObservableClient>(
  client: Client,
  options: ObserveClientOptions = {},
): Client {
  checkOptions('observeClient()', options, { payload: flag });
  const { payload = true } = options;
  const warnOnce = createWarnOnce();
  const inject = createInputInjector(payload, warnOnce);
  /** Where the outer of our two middlewares leaves the record of the call for the inner one. */
  const recordOf = new WeakMap<object, CallRecord>();

  const observeCall: SdkMiddleware = (next, context) => async (args) => {
    // A presigned URL is made by the same stack, but nobody is called; then it is not a command that is sent.
    if (!('middlewareStack' in args)) return next(args);
    const service = context.clientName?.replace(/Client$/, '') ?? client.config.serviceId;
    const operation = context.commandName?.replace(/Command$/, '') ?? 'Unknown';
    const correlationId = getCorrelationId();
    const input =
      correlationId === undefined ? args.input : inject(service, operation, args.input, correlationId);
    const kind = carriesMessage(service, operation) ? 'producer' : 'client';
    return inCallSpan({ name: service, kind, callee: 'aws' }, async (record) => {
      recordOf.set(context, record);
      const send = () => next(input === args.input ? args : { ...args, input });
      if (!record.recording) return send();
      const region = await client.config.region().catch(() => undefined);
      return describeOutcome(send, record, { service, operation, input, region });
    });
  };

  const sendTraceHeaders: SdkMiddleware = (next, context) => (args) => {
    const headers = (args.request as { headers?: Record<string, string> } | undefined)?.headers;
    if (headers !== undefined) {
      const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
      for (const [name, value] of Object.entries(recordOf.get(context)?.headers ?? {})) {
        if (!given.has(name.toLowerCase())) headers[name] = value;
      }
    }
    return next(args);
  };

  addToStack(client.middlewareStack, observeCall, sendTraceHeaders);
  return client;
}

async function describeOutcome(
  send: () => ReturnType<SdkHandler>,
  record: CallRecord,
  call: AwsCall,
): Promise<SdkResult> {
  try {
    const result = await send();
    const length = Number(result.response?.headers?.['content-length'] ?? Number.NaN);
    record.describe(
      describeAwsCall(call, result.output?.$metadata, Number.isSafeInteger(length) ? length : undefined),
    );
    return result;
  } catch (error) {
    record.describe(describeAwsCall(call, (error as { $metadata?: AwsAnswer } | undefined)?.$metadata));
    throw error;
  }
}
