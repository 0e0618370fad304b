/**
 * What runs in a function's process: loads the handler, then asks the Runtime API for one event after another, as
 * Lambda's own runtime for Node.js does. Started by the environment with a token as its only argument; it leans on
 * nothing but Node, and keeps its own references of what the function's code may replace.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';
import { installAwslambda } from './runtime/awslambda.ts';
import { isThenable, untilIdle, withCallback } from './runtime/callback-invocation.ts';
import { FunctionConsole } from './runtime/function-console.ts';
import type { LoadedHandler } from './runtime/handler-loader.ts';
import { hasCallbacks, loadHandler } from './runtime/handler-loader.ts';
import { InvokeStore } from './runtime/invoke-store.ts';
import { ResponseStream } from './runtime/response-stream.ts';
import type { DeliveredEvent } from './runtime/runtime-client.ts';
import { RuntimeClient } from './runtime/runtime-client.ts';
import { JSONStringifyError, UnhandledPromiseRejection } from './runtime/runtime-errors.ts';

/** Exit codes of Lambda's runtime. */
const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;
const INIT_FAILED = 1;

const [, , token = ''] = process.argv;
const executionEnv = process.env.AWS_EXECUTION_ENV ?? '';
const callbacks = hasCallbacks(executionEnv);
const turnOver = setImmediate;
const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API ?? '');
const invokeStore = new InvokeStore();
// The older client has no id before the first invocation, and writes that it has none.
const functionConsole = new FunctionConsole(process.env, invokeStore, callbacks ? undefined : '-');
/** Every invocation starts from here, so that a context entered by one does not leak into the next. */
const inCleanContext = AsyncLocalStorage.snapshot();
const writers = [process.stdout, process.stderr].map((stream) => ({
  stream,
  write: stream.write.bind(stream),
}));
/** Of the invocation that is neither answered nor failed. */
let unanswered: string | undefined;
/** The sending of an answer, until it has been taken. */
let sending: Promise<unknown> | undefined;
let turn = 0;

dieWithParent();
// From nodejs24.x on Node itself ends the process, which nobody can answer for any more.
if (callbacks) {
  process.on('uncaughtException', (error) => void fail('Uncaught Exception', error, UNCAUGHT_EXCEPTION));
  process.on('unhandledRejection', (reason) => {
    void fail('Unhandled Promise Rejection', new UnhandledPromiseRejection(reason), UNHANDLED_REJECTION);
  });
}
installAwslambda(invokeStore);
functionConsole.install();
void run();

async function run(): Promise<void> {
  let handler: LoadedHandler;
  try {
    handler = await inCleanContext(() =>
      loadHandler(process.env.LAMBDA_TASK_ROOT ?? '', process.env._HANDLER ?? '', executionEnv),
    );
  } catch (error) {
    if (callbacks) await fail('Uncaught Exception', error, UNCAUGHT_EXCEPTION);
    else await fail('Init Error', error, INIT_FAILED);
    return;
  }
  for (;;) {
    markOutput();
    const event = await client.next();
    unanswered = event.requestId;
    setTraceId(event.traceHeader);
    // Of the clients of Lambda's runtimes only the older one names the tenant in lines of its log.
    const { tenantId, ...untenanted } = event;
    await invokeStore.run(InvokeStore.contextOf({ ...untenanted, ...(callbacks && { tenantId }) }), () =>
      handler.streaming ? runStreaming(handler, event) : runBuffered(handler, event),
    );
  }
}

async function runBuffered({ call }: LoadedHandler, event: DeliveredEvent): Promise<void> {
  let body: string;
  try {
    const result = await inCleanContext(() =>
      callbacks
        ? withCallback(call, JSON.parse(event.payload), contextOf(event))
        : call(JSON.parse(event.payload), contextOf(event)),
    );
    await settled();
    body = serialise(result);
  } catch (error) {
    await settled();
    functionConsole.logError('Invoke Error', error);
    await sent(client.postError(event.requestId, error));
    return;
  }
  await sent(client.postResponse(event.requestId, body));
}

async function runStreaming({ call, highWaterMark }: LoadedHandler, event: DeliveredEvent): Promise<void> {
  const stream = new ResponseStream(client.streamResponse(event.requestId), highWaterMark);
  const context: object & { callbackWaitsForEmptyEventLoop?: boolean } = contextOf(event);
  if (callbacks) context.callbackWaitsForEmptyEventLoop = true;
  try {
    await inCleanContext(async () => {
      const result = call(JSON.parse(event.payload), stream, context);
      // What the older client throws there is no Error.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (!isThenable(result)) throw callbacks ? NOT_ASYNC : new Error(NOT_ASYNC);
      if ((await result) !== undefined) functionConsole.warn('Streaming handlers ignore return values.');
    });
    await stream.sent;
  } catch (error) {
    await settled();
    functionConsole.logError('Invoke Error', error);
    await stream.fail(error);
  }
  unanswered = undefined;
  if (context.callbackWaitsForEmptyEventLoop === true) await untilIdle();
}

const NOT_ASYNC = 'Streaming does not support non-async handlers.';

/**
 * Lets a turn pass where Lambda's runtime does: a promise that has rejected on nobody's watch ends the process within it, before
 * there is an answer.
 */
async function settled(): Promise<void> {
  if (!callbacks) await new Promise((resolve) => turnOver(resolve));
}

/**
 * Waits until an answer has been taken. Lambda's runtime sends it without letting anything else run, so nothing that happens
 * meanwhile can keep it back.
 */
async function sent(answer: Promise<void>): Promise<void> {
  let late: { readonly error: unknown } | undefined;
  const hold = (error: unknown): void => void (late ??= { error });
  if (!callbacks) process.on('uncaughtException', hold);
  sending = answer;
  unanswered = undefined;
  await answer;
  sending = undefined;
  process.off('uncaughtException', hold);
  if (late !== undefined) {
    const { error } = late;
    turnOver(() => {
      throw error;
    });
    await new Promise(() => undefined);
  }
}

/** The context object that a handler gets with an event. */
function contextOf(event: DeliveredEvent): object {
  const { env } = process;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(event.clientContext),
    identity: parsed(event.identity),
    invokedFunctionArn: event.functionArn,
    awsRequestId: event.requestId,
    tenantId: event.tenantId,
    ...(!callbacks && { xRayTraceId: event.traceHeader }),
    getRemainingTimeInMillis: () => event.deadline - Date.now(),
  };
}

function serialise(result: unknown): string {
  try {
    const json: unknown = JSON.stringify(result);
    // What has no JSON, as undefined or a function, is null to Lambda.
    return typeof json === 'string' ? json : 'null';
  } catch {
    throw new JSONStringifyError();
  }
}

function setTraceId(header: string | undefined): void {
  if (header === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = header;
}

/** Reports what the function cannot survive, and ends the process. */
async function fail(message: string, error: unknown, exitCode: number): Promise<void> {
  functionConsole.logError(message, error);
  try {
    if (unanswered !== undefined) await client.postError(unanswered, error);
    else if (turn === 0) await client.postInitError(error);
    else await sending;
  } finally {
    process.exit(exitCode);
  }
}

/** Tells the environment that all output up to here has been read, when it has read this. */
function markOutput(): void {
  const mark = `\0${token}:${turn++}\n`;
  for (const { stream, write } of writers) if (stream.writable) write(mark);
}

/** The lifeline closes when the parent goes, however it goes; then this process and its descendants go too. */
function dieWithParent(): void {
  const lifeline = new Socket({ fd: 3, readable: true, writable: false });
  lifeline.on('error', () => lifeline.destroy());
  lifeline.on('close', () => {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
    process.exit(1);
  });
  lifeline.resume();
  lifeline.unref();
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
