import { checkOptions, flag } from '../check-options.ts';
import { getCorrelationId } from '../propagation/correlation.ts';
import { Scope } from '../propagation/scope.ts';
import { attempt } from '../telemetry/guarded-span.ts';
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
 * Where the outer of our two middlewares leaves the record of the call for the inner one. Not at the context that the SDK
 * gives both: with `cacheMiddleware` all calls of a command have the same one.
 */
const records = new Scope<CallRecord | undefined>();

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
  const observeCall: SdkMiddleware = (next, context) => async (args) => {
    // A presigned URL is made by the same stack, but nobody is called; then it is not a command that is sent.
    if (!('middlewareStack' in args)) return records.run(undefined, () => next(args));
    const service = context.clientName?.replace(/Client$/, '') ?? client.config.serviceId;
    const operation = context.commandName?.replace(/Command$/, '') ?? 'Unknown';
    const correlationId = getCorrelationId();
    const input =
      correlationId === undefined ? args.input : inject(service, operation, args.input, correlationId);
    const kind = carriesMessage(service, operation) ? 'producer' : 'client';
    return inCallSpan({ name: service, kind, callee: 'aws' }, async (record) => {
      const send = () => records.run(record, () => next(input === args.input ? args : { ...args, input }));
      if (!record.recording) return send();
      const region = await regionOf(client);
      return describeOutcome(send, record, { service, operation, input, region });
    });
  };

  const sendTraceHeaders: SdkMiddleware = (next) => (args) => {
    attempt('carry the trace on', () => {
      const headers = (args.request as { headers?: Record<string, string> } | undefined)?.headers;
      if (headers === undefined) return;
      const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
      for (const [name, value] of Object.entries(records.get()?.headers ?? {})) {
        if (!given.has(name.toLowerCase())) headers[name] = value;
      }
    });
    return next(args);
  };

  addToStack(client.middlewareStack, observeCall, sendTraceHeaders);
  return client;
}

/** Undefined where it is not known: the SDK says what it misses. */
async function regionOf(client: ObservableClient): Promise<string | undefined> {
  try {
    return await client.config.region();
  } catch {
    return undefined;
  }
}

async function describeOutcome(
  send: () => ReturnType<SdkHandler>,
  record: CallRecord,
  call: AwsCall,
): Promise<SdkResult> {
  const describe = (answerOf: () => AwsAnswer | undefined, lengthOf?: () => unknown): void => {
    // Input and answer are whatever the caller and a stubbed client make of them.
    attempt('describe a call', () => {
      const length = Number(lengthOf?.() ?? Number.NaN);
      record.describe(describeAwsCall(call, answerOf(), Number.isSafeInteger(length) ? length : undefined));
    });
  };
  let result: SdkResult;
  try {
    result = await send();
  } catch (error) {
    describe(() => (error as { $metadata?: AwsAnswer } | undefined)?.$metadata);
    throw error;
  }
  describe(
    () => result.output?.$metadata,
    () => result.response?.headers?.['content-length'],
  );
  return result;
}
