import { checkOptions, flag } from '../check-options.ts';
import { getCorrelationId } from '../propagation/correlation.ts';
import { Scope } from '../propagation/scope.ts';
import { attempt } from '../telemetry/guarded-span.ts';
import { createWarnOnce } from '../telemetry/process-logger.ts';
import { inCallSpan } from '../telemetry/trace-scope.ts';
import type { CallRecord } from '../telemetry/trace-scope.ts';
import type { SpanDescription } from '../telemetry/tracer.ts';
import { carriesMessage } from './injections.ts';
import type { AwsAnswer, AwsCall } from './describe-aws-call.ts';
import { describeAwsCall } from './describe-aws-call.ts';
import { createInputInjector } from './inject-correlation.ts';
import type {
  ObservableClient,
  SdkArguments,
  SdkHandler,
  SdkMiddleware,
  SdkResult,
} from './sdk-middleware.ts';
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

/** A call that is under way. */
interface RunningCall {
  readonly record: CallRecord;
  readonly description: SpanDescription;
  /** Known where the call is recorded. */
  readonly call?: AwsCall;
  /** Names of headers that we have set, and may set again. */
  readonly headers: Set<string>;
  attempts: number;
}

/**
 * Where the outermost of our middlewares leaves the call for the others. Not at the context that the SDK gives them: with
 * `cacheMiddleware` all calls of a command have the same one.
 */
const calls = new Scope<RunningCall | undefined>();

/**
 * Makes an AWS SDK v3 client carry the context: each call shows up in the timeline with its operation and resource, the
 * trace headers go along, and what the service delivers to others carries the correlation id (`injections.ts` says where).
 * Works with every kind of client (`SNSClient`, `SNS`, `DynamoDBDocumentClient`); doing it twice is harmless.
 *
 * @returns the same client.
 * @throws TypeError for what is no such client, and for an option that does not exist or has the wrong type.
 *
 * @example
 * const sqs = observeClient(new SQSClient({}));
 */
export function observeClient<Client extends ObservableClient>(
  client: Client,
  options: ObserveClientOptions = {},
): Client {
  checkOptions('observeClient()', options, { payload: flag });
  if (typeof (client as Partial<Client> | null | undefined)?.middlewareStack?.add !== 'function') {
    throw new TypeError(
      'observeClient() takes a client of AWS SDK v3, such as new SQSClient({}); this is none',
    );
  }
  const { payload = true } = options;
  const warnOnce = createWarnOnce();
  const inject = createInputInjector(payload, warnOnce);
  const observeCall: SdkMiddleware = (next, context) => async (args) => {
    // A presigned URL is made by the same stack, but nobody is called; then it is not a command that is sent.
    if (!('middlewareStack' in args)) return calls.run(undefined, () => next(args));
    const service = context.clientName?.replace(/Client$/, '') ?? client.config.serviceId;
    const operation = context.commandName?.replace(/Command$/, '') ?? 'Unknown';
    const correlationId = getCorrelationId();
    const input =
      correlationId === undefined ? args.input : inject(service, operation, args.input, correlationId);
    const kind = carriesMessage(service, operation) ? 'producer' : 'client';
    const description: SpanDescription = { name: service, kind, callee: 'aws' };
    return inCallSpan(description, async (record) => {
      const running = { record, description, headers: new Set<string>(), attempts: 0 };
      const sendAs = (call: RunningCall) =>
        calls.run(call, () => next(input === args.input ? args : { ...args, input }));
      if (!record.recording) return sendAs(running);
      const call = { service, operation, input, region: await regionOf(client) };
      return describeOutcome(() => sendAs({ ...running, call }), record, call);
    });
  };

  const sendTraceHeaders: SdkMiddleware = (next) => (args) => {
    const call = calls.get();
    attempt('carry the trace on', () => {
      const headers = headersOf(args);
      if (headers === undefined || call === undefined) return;
      const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
      for (const [name, value] of Object.entries(call.record.headers)) {
        if (given.has(name.toLowerCase())) continue;
        headers[name] = value;
        call.headers.add(name);
      }
    });
    return next(args);
  };

  /** The span of the call is that of its first attempt too; each further one has a span, and a header, of its own. */
  const observeAttempt: SdkMiddleware = (next) => async (args) => {
    const running = calls.get();
    if (running?.call === undefined) return next(args);
    const { description, headers: ours } = running;
    const retry = running.attempts;
    running.attempts += 1;
    if (retry === 0) return next(args);
    const call: AwsCall = { ...running.call, retry };
    return inCallSpan(description, (record) => {
      attempt('carry the trace on', () => {
        const headers = headersOf(args);
        for (const [name, value] of Object.entries(record.headers)) {
          if (headers !== undefined && ours.has(name)) headers[name] = value;
        }
      });
      return describeOutcome(() => next(args), record, call);
    });
  };

  addToStack(client.middlewareStack, {
    call: observeCall,
    header: sendTraceHeaders,
    attempt: observeAttempt,
  });
  return client;
}

function headersOf(args: SdkArguments): Record<string, string> | undefined {
  return (args.request as { headers?: Record<string, string> } | undefined)?.headers;
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
