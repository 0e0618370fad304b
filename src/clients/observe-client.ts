import { getCorrelationId } from '../propagation/correlation.ts';
import { TRACE_HEADER_NAME } from '../propagation/trace-header.ts';
import { tracer } from '../telemetry/current-tracer.ts';
import { createWarnOnce } from '../telemetry/warn-once.ts';
import type { CallData, CallRecord } from '../telemetry/tracer.ts';
import type { AwsAnswer } from './describe-aws-call.ts';
import { describeAwsCall } from './describe-aws-call.ts';
import { injectCorrelation } from './inject-correlation.ts';

/** What an AWS SDK v3 client must have to be observed; every client has it. */
export interface ObservableClient {
  readonly config: { readonly region: () => Promise<string>; readonly serviceId: string };
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface SdkArguments {
  readonly input: object;
  readonly request?: unknown;
}
interface SdkResult {
  readonly output: { readonly $metadata?: AwsAnswer };
}
interface SdkContext {
  readonly commandName?: string;
}
type SdkHandler = (args: SdkArguments) => Promise<SdkResult>;
type SdkMiddleware = (next: SdkHandler, context: SdkContext) => SdkHandler;

/** Where the outer of our two middlewares leaves the record of the call for the inner one. */
const callOf = new WeakMap<object, CallRecord>();

/**
 * Makes an AWS SDK v3 client carry the context: each call shows up in the timeline with its operation and resource, the
 * trace header goes along, and messages to SNS and SQS carry the correlation id in one attribute.
 *
 * @returns the same client.
 */
export function observeClient<Client extends ObservableClient>(client: Client): Client {
  const warnOnce = createWarnOnce();

  const observeCall: SdkMiddleware = (next, context) => async (args) => {
    const commandName = context.commandName ?? 'UnknownCommand';
    const correlationId = getCorrelationId();
    let { input } = args;
    if (correlationId !== undefined) {
      const injected = injectCorrelation(commandName, input, correlationId);
      input = injected.input;
      if (injected.withoutRoom > 0) {
        warnOnce(
          `${commandName}: a message has no room for one more attribute; it is sent without its correlation id`,
        );
      }
    }
    return tracer.traceCall({ name: client.config.serviceId, namespace: 'aws' }, async (call) => {
      callOf.set(context, call);
      const region = await client.config.region().catch(() => undefined);
      try {
        const result = await next({ ...args, input });
        call.describe(describe(commandName, input, region, result.output.$metadata));
        return result;
      } catch (error) {
        const answer = (error as { $metadata?: AwsAnswer } | undefined)?.$metadata;
        call.describe(describe(commandName, input, region, answer));
        throw error;
      }
    });
  };

  const sendTraceHeader: SdkMiddleware = (next, context) => (args) => {
    const headers = (args.request as { headers?: Record<string, string> } | undefined)?.headers;
    const traceHeader = callOf.get(context)?.traceHeader;
    if (headers !== undefined && traceHeader !== undefined) headers[TRACE_HEADER_NAME] = traceHeader;
    return next(args);
  };

  const add = client.middlewareStack.add.bind(client.middlewareStack) as (
    middleware: SdkMiddleware,
    options: object,
  ) => void;
  add(observeCall, { step: 'initialize', name: 'lanternObserveCall', priority: 'high', override: true });
  // Before the SDK's own recursion detection, which adds the header only where none is.
  add(sendTraceHeader, { step: 'build', name: 'lanternTraceHeader', priority: 'high', override: true });
  return client;
}

function describe(
  commandName: string,
  input: object,
  region: string | undefined,
  answer: AwsAnswer = {},
): CallData {
  const status = answer.httpStatusCode;
  return {
    aws: describeAwsCall(commandName, input, region, answer),
    ...(status !== undefined && { http: { response: { status } } }),
  };
}
