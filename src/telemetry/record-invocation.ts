import type { Request } from '@middy/core';
import { isDurable } from '../lifecycle/durable.ts';
import { whenAnswered } from '../lifecycle/observe-body.ts';
import { Followers, thrownError } from '../lifecycle/request-ending.ts';
import { atMost, watchTimeout } from '../lifecycle/timeout-watch.ts';
import { correlationHeader, currentCorrelation, currentInvocation } from '../propagation/correlation.ts';
import { CORRELATION_ID_KEY } from '../propagation/correlation-id.ts';
import { isMessageSource, sourceOf } from '../propagation/event-sources.ts';
import { carriedInEntries } from '../propagation/carried.ts';
import { incomingTrace } from '../propagation/incoming-trace.ts';
import type { IncomingTrace } from '../propagation/incoming-trace.ts';
import { incomingTraceHeader } from '../propagation/trace-header.ts';
import { Captures } from './captures.ts';
import { OWN_NAMESPACE } from './own-names.ts';
import { isColdStart } from './cold-start.ts';
import { attempt, mayRecord, startGuarded } from './guarded-span.ts';
import { httpRequestOf, routeOf, withoutMethod } from './http-request.ts';
import type { Finish } from './invocation-record.ts';
import { InvocationRecord, passOn } from './invocation-record.ts';
import { createWarnOnce, processLogger } from './process-logger.ts';
import { loadProcessTracer } from './process-tracer.ts';
import { enterTraceScope } from './trace-scope.ts';
import type { InvocationScope, Routing } from './trace-scope.ts';
import type { InvocationAttributes, Tracer } from './tracer.ts';

/** How a pipeline is recorded: the options of `tracing()`. */
export interface RecordingOptions {
  readonly name?: string;
  readonly timeoutReserve?: number;
  readonly flushTimeout?: number;
  readonly tracer?: Tracer;
  readonly logger?: { warn(message: string): void };
}

const DEFAULT_TIMEOUT_RESERVE = 500;
const DEFAULT_FLUSH_TIMEOUT = 50;

const warnOnce = createWarnOnce();
const LATE = 'The trace had not left the process in time; the answer does not wait for it any longer';

/** What the hooks of `tracing()` do once that is loaded. */
export interface PipelineRecorder {
  /** Begins the record of an invocation, in the scope that was opened for it: of one whose own header says that it may be recorded. */
  begin(request: Request, scope: InvocationScope): Promise<void> | undefined;
  /** Ends it with the outcome that the request has; settles when the record has left the process. */
  finish(request: Request): Promise<void> | undefined;
}

/**
 * All of `tracing()` that is needed only where something is recorded.
 *
 * @param followers of the middleware, which follows those invocations itself that are surely not recorded.
 * @returns rejects where the tracer of the process cannot be loaded.
 */
export async function createPipelineRecorder(
  options: RecordingOptions,
  followers = new Followers<InvocationRecord>(),
): Promise<PipelineRecorder> {
  const tracer = options.tracer ?? (await loadProcessTracer());
  const begin = (request: Request, scope: InvocationScope, incoming: Incoming): InvocationRecord => {
    // The request is what users and their tests make of it.
    const finish = attempt('begin the record', () =>
      recordInvocation(request, scope, incoming, tracer, options),
    );
    const record = new InvocationRecord(followers, finish ?? unrecorded);
    followers.add(request, record);
    return record;
  };
  const pass = (request: Request, scope: InvocationScope, { header }: Incoming): InvocationRecord => {
    const record = new InvocationRecord(followers, passOn(request, scope, header));
    followers.add(request, record);
    return record;
  };
  return {
    begin(request, scope) {
      const incoming = incomingOf(scope);
      if (scope.outer !== undefined && !mayRecord(tracer, incoming.header)) {
        pass(request, scope, incoming);
        return undefined;
      }
      const preparing = attempt('get ready to record', () => tracer.prepare?.());
      if (preparing !== undefined) return preparing.then(() => void begin(request, scope, incoming));
      begin(request, scope, incoming);
      return undefined;
    },
    finish(request) {
      let record = followers.of(request);
      if (record === undefined) {
        // The hook of an error may run although a middleware before this one threw and `before` never did.
        const scope = enterTraceScope(request.context);
        const incoming = incomingOf(scope);
        record = (mayRecord(tracer, incoming.header) ? begin : pass)(request, scope, incoming);
      }
      return record.finish(true);
    },
  };
}

/** The trace that an invocation belongs to. */
interface Incoming {
  readonly header: string | undefined;
  /** That of the pipeline around this one, which hangs below what called it. */
  readonly outer?: IncomingTrace;
}

function incomingOf({ outer }: InvocationScope): Incoming {
  if (outer !== undefined) {
    const trace = incomingTrace(carriedInEntries(CORRELATION_ID_KEY, Object.entries(outer)));
    if (trace.traceHeader !== undefined) return { header: trace.traceHeader, outer: trace };
  }
  return { header: attempt('read the trace header', incomingTraceHeader) };
}

const unrecorded: Finish = () => undefined;

function recordInvocation(
  request: Request,
  scope: InvocationScope,
  { header: incomingHeader, outer }: Incoming,
  tracer: Tracer,
  {
    name,
    timeoutReserve = DEFAULT_TIMEOUT_RESERVE,
    flushTimeout = tracer.flushTimeout ?? DEFAULT_FLUSH_TIMEOUT,
    logger = processLogger,
  }: RecordingOptions,
): Finish {
  const { opened } = scope;
  const captures = new Captures();
  const attributes = attributesOf(request, currentInvocation() ?? opened.invocation);
  const trace = startGuarded(tracer, {
    name: name ?? handlerName(attributes),
    kind: isMessageSource(sourceOf(request.event, request.context, correlationHeader()))
      ? 'consumer'
      : 'server',
    incomingHeader,
    incoming: outer ?? currentCorrelation()?.incoming,
    attributes,
    texts: captures.texts,
  });
  if (trace === undefined) return passOn(request, scope, incomingHeader);
  const http = httpRequestOf(request.event);
  const routing: Routing = {};
  opened.set({ incomingHeader, span: trace, captures, routing });
  /** As late as can be: the policy that masks a path, and the route, may only be known by then. */
  const describeRequest = (status?: number): void => {
    if (http === undefined || !trace.recording) return;
    const { method, origin, path } = http;
    const told = routing.route;
    const route = told === undefined ? routeOf(request.event, path) : withoutMethod(told);
    trace.describe({
      http: {
        request: { method, url: origin + path },
        ...(status !== undefined && { response: { status } }),
      },
    });
    trace.annotate('HttpMethod', method);
    trace.annotate('HttpPath', shortened(captures.texts.path(path)));
    if (route !== undefined) trace.annotate('HttpRoute', shortened(route));
  };
  if (trace.recording) {
    trace.annotate('ColdStart', attributes.coldStart);
    if (attributes.service !== undefined) trace.annotate('Service', attributes.service);
    const tenantId = tenantIdOf(request.context);
    if (tenantId !== undefined) trace.annotate('TenantId', tenantId);
    const correlationId = currentCorrelation()?.correlationId;
    if (correlationId !== undefined) trace.annotate('CorrelationId', correlationId);
  }
  const stopWatching =
    timeoutReserve === 0 || !trace.recording
      ? () => undefined
      : watchTimeout(request.context, timeoutReserve, (remaining) => {
          describeRequest();
          trace.checkpoint('timeout');
          logger.warn(`The invocation times out in ${remaining} ms; what its trace holds so far is sent`);
        });
  if (isDurable(request.context)) trace.checkpoint('suspension');

  let ending: { readonly left: Promise<void> | undefined } | undefined;
  const end = (failure?: { readonly error: unknown }): Promise<void> | undefined => {
    stopWatching();
    opened.leave();
    if (ending === undefined) {
      if (failure !== undefined) trace.fail(failure.error);
      const left = trace.end();
      ending = { left: left && atMost(left, flushTimeout, () => warnOnce(LATE)) };
    }
    return ending.left;
  };
  return (canReplaceResponse) => {
    const thrown = thrownError(request);
    if (thrown !== undefined) trace.fail(thrown.error);
    const status = statusOf(request.response);
    describeRequest(status);
    if (status !== undefined) trace.setStatus(status);
    return whenAnswered(request, canReplaceResponse, (ending) => {
      if (ending !== undefined) trace.addMetadata(OWN_NAMESPACE, 'streamedBytes', ending.bytes);
      return end(ending?.failure);
    });
  };
}

/** Whom a function that isolates its tenants is called for; Lambda has at most 256 characters of it. */
function tenantIdOf(context: unknown): string | undefined {
  const { tenantId } = (context ?? {}) as { tenantId?: unknown };
  return typeof tenantId === 'string' ? tenantId : undefined;
}

/** What annotations may hold at most, so that one of ours is never left out for its length. */
const LONGEST_VALUE = 1000;

function shortened(value: string): string {
  return value.slice(0, LONGEST_VALUE).toWellFormed();
}

function attributesOf(request: Request, invocation: object): InvocationAttributes {
  // The context is whatever a test or another runtime passes, whatever its type says. In Middy's durable mode Lambda's is
  // a property of it.
  const given = request.context as Partial<Request['context']> & { lambdaContext?: Request['context'] };
  const { functionName, functionVersion, invokedFunctionArn, awsRequestId, memoryLimitInMB } =
    given.lambdaContext ?? given;
  const memoryLimit = Number(memoryLimitInMB);
  const service = process.env.POWERTOOLS_SERVICE_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME;
  const eventSource = currentCorrelation()?.source;
  const attributes: { -readonly [Name in keyof InvocationAttributes]: InvocationAttributes[Name] } = {
    coldStart: isColdStart(invocation),
  };
  if (functionName !== undefined) attributes.functionName = functionName;
  if (functionVersion !== undefined) attributes.functionVersion = functionVersion;
  if (invokedFunctionArn !== undefined) attributes.functionArn = invokedFunctionArn;
  if (awsRequestId !== undefined) attributes.requestId = awsRequestId;
  if (Number.isFinite(memoryLimit)) attributes.memoryLimit = memoryLimit;
  if (service !== undefined) attributes.service = service;
  if (eventSource !== undefined) attributes.eventSource = eventSource;
  return attributes;
}

function handlerName({ functionName }: InvocationAttributes): string {
  return `## ${process.env._HANDLER ?? functionName ?? 'handler'}`;
}

function statusOf(response: unknown): number | undefined {
  try {
    const { statusCode } = (response ?? {}) as { statusCode?: unknown };
    return typeof statusCode === 'number' ? statusCode : undefined;
  } catch {
    // A getter that throws: whoever sends the answer will see it too.
    return undefined;
  }
}
