import { CORRELATION_ID_KEY } from './correlation-id.ts';
import type { IncomingTrace } from './incoming-trace.ts';
import { Scope } from './scope.ts';
import type { OpenedScope } from './scope.ts';

/** What one unit of work (an invocation, or one record of a batch) belongs to. */
export interface CorrelationContext {
  readonly correlationId: string;
  /** The kind of event it came with: `api-gateway-rest`, `sqs`, and so on. */
  readonly source: string;
  /** The trace context it came with, where it came with one. */
  readonly incoming?: IncomingTrace;
  /**
   * The name under which calls and answers carry the id on, as `correlationId({ header })` has it.
   *
   * @default that of the scope around it, else 'x-correlation-id'
   */
  readonly header?: string;
}

/** The keys of a log line that make it findable by the correlation id. */
export interface CorrelationLogKeys {
  readonly correlation_id?: string;
}

const correlation = new Scope<CorrelationContext>();

/** The context of the innermost scope; undefined outside of an invocation. */
export function currentCorrelation(): CorrelationContext | undefined {
  return correlation.get();
}

/** What stands for the running invocation; undefined outside of one. See `OpenedScope.invocation`. */
export function currentInvocation(): object | undefined {
  return correlation.invocation();
}

/** The correlation id of the current invocation or record; undefined outside of one. */
export function getCorrelationId(): string | undefined {
  return correlation.get()?.correlationId;
}

/** The name under which the id of the current scope is carried: by headers, message attributes and members of payloads. */
export function correlationHeader(): string {
  return correlation.get()?.header ?? CORRELATION_ID_KEY;
}

/** The log keys of the current scope, to spread into any logger's line; none outside of an invocation. */
export function correlationLogKeys(): CorrelationLogKeys {
  const correlationId = getCorrelationId();
  return correlationId === undefined ? {} : { correlation_id: correlationId };
}

/** Runs `fn` in a scope of its own, and returns what it returns. */
export function runWithCorrelation<R>(context: CorrelationContext, fn: () => R): R {
  const header = context.header ?? correlation.get()?.header;
  return correlation.run(header === undefined ? context : { ...context, header }, fn);
}

/** Opens the scope of an invocation, whose context may follow; see {@link Scope.enter}. */
export function enterCorrelation(
  invocation: unknown,
  context?: CorrelationContext,
): OpenedScope<CorrelationContext> {
  return correlation.enter(invocation, context);
}

/**
 * Keeps something for the running invocation, beside its context, until its scope is left: one that was opened by
 * {@link enterCorrelation}. A pipeline within another shares what is kept there.
 */
export function keepForInvocation(create: () => object): void {
  correlation.keep(create);
}

/** What is kept for the running invocation; `ENDED` for code that is still at work when its invocation is over. */
export function keptForInvocation(): object | undefined {
  return correlation.kept();
}

/** Runs `fn` with something else kept, and returns what it returns. */
export function runKeeping<R>(kept: object, fn: () => R): R {
  return correlation.runKeeping(kept, fn);
}
