import { isAsyncFunction, isGeneratorFunction } from 'node:util/types';
import { checkOptions, policyOrFlag } from '../check-options.ts';
import { checkPolicy } from '../redaction/policy/check-policy.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { attempt } from './guarded-span.ts';
import { ownFramesAre } from './own-frames.ts';
import { beginStep, currentCaptures, currentPlace, currentSpan, unrecorded } from './trace-scope.ts';
import type { Step, TraceScope } from './trace-scope.ts';
import type { AnnotationValue, SpanDescription } from './tracer.ts';
import { isThenable, whenSettled } from './when-settled.ts';
import type { Outcome } from './when-settled.ts';

/** Options of {@link traced}. */
export interface TracedOptions {
  /**
   * Whether the result is captured, as `metadata.lantern.result` of the function's span: `true` by the policy of
   * the pipeline that the function runs in (`responseCapture()`), or a policy of its own. What it throws is recorded as
   * an error, never as a value.
   *
   * @default false
   */
  readonly capture?: boolean | RedactionPolicy;
}

type AnyFunction = (...args: never[]) => unknown;

/**
 * Makes a function show up in the timeline under `name`, with its duration and its error. It keeps its type, its
 * `this`, its being synchronous or not, and what it throws; what it returns is what the caller gets, the same object.
 * Where no invocation is recorded it is just the function.
 *
 * A promise is waited for, and a generator lasts from its first `next` to its last. Another thenable is not touched: a
 * function that returns one ends as it returns, unless it is `async`.
 *
 * @throws TypeError when what shall be traced is no function, or an option is unknown or of the wrong type.
 * @example
 * const priceOrder = traced('priceOrder', (items: Item[]) => total(items), { capture: { allow: ['total'] } });
 */
export function traced<F extends AnyFunction>(name: string, fn: F, options: TracedOptions = {}): F {
  if (typeof fn !== 'function')
    throw new TypeError(`traced() takes a name and a function, but got ${typeof fn} for the function`);
  checkOptions('traced()', options, { capture: policyOrFlag });
  const { capture = false } = options;
  if (typeof capture === 'object') checkPolicy('redaction policy', capture);
  const description: SpanDescription = { name, kind: 'internal' };
  const call = fn as unknown as (this: unknown, ...args: unknown[]) => unknown;
  const isAsync = isAsyncFunction(fn);
  const isGenerator = isGeneratorFunction(fn);
  const tracedFunction = function (this: unknown, ...args: unknown[]): unknown {
    const step = isGenerator ? undefined : beginStep(description);
    const before = step?.enter();
    try {
      const result =
        step?.span.runs === true ? step.run(() => call.apply(this, args)) : call.apply(this, args);
      if (isGenerator) {
        const place = currentPlace();
        if (place !== undefined) traceGenerator(result as AnyGenerator, place, description, capture);
        return result;
      }
      return step === undefined
        ? result
        : whenSettled(result, isAsync, (outcome) => settle(step, outcome, capture));
    } catch (error) {
      step?.end({ error });
      throw error;
    } finally {
      if (step !== undefined) step.leave(before);
    }
  };
  // Everything else that the function is: its name, its length, its prototype, and what was put on it.
  for (const key of Reflect.ownKeys(fn)) {
    Reflect.defineProperty(tracedFunction, key, Reflect.getOwnPropertyDescriptor(fn, key) ?? {});
  }
  return tracedFunction as unknown as F;
}

function settle(step: Step, outcome: Outcome, capture: boolean | RedactionPolicy): void {
  // To look into a thenable is to touch it.
  if (capture !== false && 'value' in outcome && !isThenable(outcome.value)) {
    step.captures?.result(step.span, outcome.value, capture);
  }
  step.end(outcome);
}

/** A generator, asynchronous or not: what its methods return is a result or the promise of one. */
type AnyGenerator = Record<'next' | 'return' | 'throw', (this: unknown, ...args: unknown[]) => unknown>;

/**
 * Puts methods of ours on a generator, in the place of those that it inherits: each runs below a span that begins with
 * the first `next`, where that is called, and ends with the result that is `done`.
 *
 * @param place where the generator was made, for one that is read where nothing is recorded.
 */
function traceGenerator(
  generator: AnyGenerator,
  place: TraceScope,
  description: SpanDescription,
  capture: boolean | RedactionPolicy,
): void {
  let step: Step | undefined;
  let hasBegun = false;
  const advanced = (outcome: Outcome): void => {
    if (step === undefined) return;
    if ('error' in outcome) step.end(outcome);
    else if ((outcome.value as IteratorResult<unknown>).done === true) {
      settle(step, { value: generator }, capture);
    }
  };
  const begin = (): Step | undefined => {
    hasBegun = true;
    return beginStep(description, place);
  };
  for (const method of ['next', 'return', 'throw'] as const) {
    const own = generator[method];
    const advance = function (this: unknown, ...args: unknown[]): unknown {
      // Until it has begun, the others end it without running it.
      if (!hasBegun && method === 'next') step = begin();
      const before = step?.enter();
      try {
        const result =
          step?.span.runs === true ? step.run(() => own.apply(this, args)) : own.apply(this, args);
        // The promise of an asynchronous generator is its caller's alone.
        return step === undefined ? result : whenSettled(result, true, advanced);
      } catch (error) {
        step?.end({ error });
        throw error;
      } finally {
        if (step !== undefined) step.leave(before);
      }
    };
    Object.defineProperty(generator, method, { value: advance, configurable: true, writable: true });
  }
}

/** `file:line:column` at the end of a frame. */
const PLACE = /[^\s(]+:\d+:\d+(?=\)?$)/;

/** Where a traced function, or the method of a traced generator, calls what it stands for. */
function ownPlaces(): readonly string[] {
  const stack = (): string => new Error('probe').stack ?? '';
  const generator = (function* () {
    yield stack();
  })();
  return unrecorded(() => {
    const calls = traced('probe', stack)().split('\n')[2];
    traceGenerator(
      generator as never,
      { incomingHeader: undefined },
      { name: 'probe', kind: 'internal' },
      false,
    );
    // Between the two stand the generator and the language's own `next`.
    const advances = generator.next().value?.split('\n')[4];
    return [calls, advances].flatMap((line) => PLACE.exec(line ?? '') ?? []);
  });
}

ownFramesAre(ownPlaces);

/**
 * Adds an annotation to the current span, so that the trace can be found by it: `annotation.OrderId = "o-1"`.
 * Annotations are stored for all to see who may read traces: use ids, never names or addresses. A value that a detector
 * finds, or that stands under a key such as `Email`, is masked, with one warning.
 */
export function annotate(key: string, value: AnnotationValue): void {
  currentSpan()?.annotate(key, value);
}

/**
 * Puts data on the current span that is shown but not searched, as the metadata `default.<key>`. It is shown by the policy of
 * the pipeline (`responseCapture()`), in which the key is a name: by default its shape, and values where `allow` names them.
 * What cannot be written as JSON is described, and it takes 8 kB at most.
 */
export function putMetadata(key: string, value: unknown): void {
  const span = currentSpan();
  if (span !== undefined) attempt('add metadata', () => currentCaptures()?.metadata(span, key, value));
}

/**
 * Marks the current span as failed by an error that the service has handled itself, such as one that a router turns into an
 * answer. What was recorded first counts, also when the function throws later. The message is masked as every other.
 *
 * @param error anything that can be thrown.
 */
export function recordError(error: unknown): void {
  currentSpan()?.fail(error);
}
