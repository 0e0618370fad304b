/**
 * What runs in a function's process: loads the handler, then asks the Runtime API for one event after another, as
 * Lambda's own runtime for Node.js does. Started by the environment with a token as its only argument; it leans on
 * nothing but Node, and keeps its own references of what the function's code may replace.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';
import { installAwslambda } from './runtime/awslambda.ts';
import { withCallback } from './runtime/callback-invocation.ts';
import { FunctionConsole } from './runtime/function-console.ts';
import type { LoadedHandler } from './runtime/handler-loader.ts';
import { loadHandler } from './runtime/handler-loader.ts';
import { ResponseStream } from './runtime/response-stream.ts';
import type { DeliveredEvent } from './runtime/runtime-client.ts';
import { RuntimeClient } from './runtime/runtime-client.ts';
import { JSONStringifyError, UnhandledPromiseRejection } from './runtime/runtime-errors.ts';

/** Exit codes of Lambda's runtime. */
const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;
const INIT_FAILED = 1;

const [, , token = ''] = process.argv;
const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API ?? '');
const functionConsole = new FunctionConsole(process.env);
/** Every invocation starts from here, so that a context entered by one does not leak into the next. */
const inCleanContext = AsyncLocalStorage.snapshot();
const writers = [process.stdout, process.stderr].map((stream) => ({
  stream,
  write: stream.write.bind(stream),
}));
let requestId: string | undefined;
let turn = 0;

dieWithParent();
process.on('uncaughtException', (error) => void fail('Uncaught Exception', error, UNCAUGHT_EXCEPTION));
process.on('unhandledRejection', (reason) => {
  void fail('Unhandled Promise Rejection', new UnhandledPromiseRejection(reason), UNHANDLED_REJECTION);
});
installAwslambda();
functionConsole.install(() => requestId);
void run();

async function run(): Promise<void> {
  let handler: LoadedHandler;
  try {
    handler = await inCleanContext(() =>
      loadHandler(
        process.env.LAMBDA_TASK_ROOT ?? '',
        process.env._HANDLER ?? '',
        process.env.AWS_EXECUTION_ENV ?? '',
      ),
    );
  } catch (error) {
    await fail('Uncaught Exception', error, INIT_FAILED);
    return;
  }
  for (;;) {
    markOutput();
    const event = await client.next();
    requestId = event.requestId;
    setTraceId(event.traceHeader);
    await (handler.streaming ? runStreaming(handler, event) : runBuffered(handler, event));
    requestId = undefined;
  }
}

async function runBuffered({ call, callbacks }: LoadedHandler, event: DeliveredEvent): Promise<void> {
  let body: string;
  try {
    const result = await inCleanContext(() =>
      callbacks
        ? withCallback(call, JSON.parse(event.payload), contextOf(event))
        : call(JSON.parse(event.payload), contextOf(event)),
    );
    body = serialise(result);
  } catch (error) {
    functionConsole.logError('Invoke Error', error);
    await client.postError(event.requestId, error);
    return;
  }
  await client.postResponse(event.requestId, body);
}

async function runStreaming({ call, highWaterMark }: LoadedHandler, event: DeliveredEvent): Promise<void> {
  const stream = new ResponseStream(client.streamResponse(event.requestId), highWaterMark);
  try {
    await inCleanContext(() => call(JSON.parse(event.payload), stream, contextOf(event)));
    await stream.sent;
  } catch (error) {
    functionConsole.logError('Invoke Error', error);
    await stream.fail(error);
  }
}

function contextOf(event: DeliveredEvent): object {
  return invocationContext(process.env, event, parseClientContext(event.clientContext));
}

function serialise(result: unknown): string {
  try {
    const json: unknown = JSON.stringify(result);
    // What has no JSON, as undefined or a function, is null to Lambda.
    return typeof json === 'string' ? json : 'null';
  } catch (error) {
    throw new JSONStringifyError(error);
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
    if (requestId !== undefined) await client.postError(requestId, error);
    else if (turn === 0) await client.postInitError(error);
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

/** The context object that a handler gets with an event. */
function invocationContext(env: NodeJS.ProcessEnv, event: DeliveredEvent, clientContext: unknown): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    identity: undefined,
    invokedFunctionArn: event.functionArn,
    awsRequestId: event.requestId,
    getRemainingTimeInMillis: () => event.deadline - Date.now(),
  };
}

function parseClientContext(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
