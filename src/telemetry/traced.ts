import { checkOptions, policyOrFlag } from '../check-options.ts';
import { checkPolicy } from '../redaction/policy/check-policy.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { currentCaptures, currentSpan, inSpan } from './trace-scope.ts';
import type { AnnotationValue } from './tracer.ts';
import { isThenable } from './when-settled.ts';

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

/**
 * Makes a function show up in the timeline under `name`, with its duration and its error. It keeps its type, its
 * `this`, its being synchronous or not, and what it throws. Where no invocation is
 * recorded it is just the function.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 * @example
 * const priceOrder = traced('priceOrder', (items: Item[]) => total(items), { capture: { allow: ['total'] } });
 */
export function traced<This, Args extends unknown[], R>(
  name: string,
  fn: (this: This, ...args: Args) => R,
  options: TracedOptions = {},
): (this: This, ...args: Args) => R {
  checkOptions('traced()', options, { capture: policyOrFlag });
  const { capture = false } = options;
  if (typeof capture === 'object') checkPolicy('redaction policy', capture);
  const tracedFunction = function (this: This, ...args: Args): R {
    return inSpan({ name, kind: 'internal' }, (span) => {
      const result = fn.apply(this, args);
      const captures = currentCaptures();
      if (capture === false || span === undefined || captures === undefined) return result;
      const record = (value: unknown): void => captures.result(span, value, capture);
      if (!isThenable(result)) {
        record(result);
        return result;
      }
      return result.then((value) => {
        record(value);
        return value;
      }) as R;
    });
  };
  return Object.defineProperty(tracedFunction, 'name', { value: fn.name, configurable: true });
}

/**
 * Adds an annotation to the current span, so that the trace can be found by it: `annotation.OrderId = "o-1"`.
 * Annotations are stored for all to see who may read traces: use ids, never names or addresses. A value that a detector
 * finds, or that stands under a key such as `Email`, is masked, with one warning.
 */
export function annotate(key: string, value: AnnotationValue): void {
  currentSpan()?.annotate(key, value);
}
