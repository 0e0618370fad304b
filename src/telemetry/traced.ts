import { checkOptions } from '../check-options.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import type { Capture } from './capture.ts';
import { createCapture } from './capture.ts';
import { tracer } from './current-tracer.ts';
import { isThenable } from './settle.ts';
import { pipelineCapture } from './trace-scope.ts';
import type { AnnotationValue } from './tracer.ts';

/** Options of {@link traced}. */
export interface TracedOptions {
  /**
   * Whether the result is captured, as `metadata.lantern.result` of the function's subsegment: `true` by the policy of
   * the pipeline that the function runs in (`responseCapture()`), or a policy of its own. What it throws is recorded as
   * an error, never as a value.
   *
   * @default false
   */
  readonly capture?: boolean | RedactionPolicy;
}

/**
 * Bytes of a result by the pipeline's policy. A function may run many times in one trace, and a trace may hold 500 kB
 * (AWS re:Post, "X-Ray trace quota error").
 */
const MOST_RESULT_BYTES = 8192;

/**
 * Makes a function show up in the timeline under `name`, with its duration and its error. It keeps its type, its
 * `this`, its being synchronous or not, and what it throws. Outside of an invocation, or while tracing is off, it is
 * just the function.
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
  checkOptions('traced', options, { capture: 'policy' });
  const { capture = false } = options;
  const own = typeof capture === 'object' ? createCapture(capture) : undefined;
  if (!tracer.enabled) return fn;
  // By the pipeline's policy, and by the default one in a pipeline that captures nothing itself.
  const show = own?.show ?? showByPipeline(createCapture());
  const tracedFunction = function (this: This, ...args: Args): R {
    return tracer.trace(name, () => {
      const result = fn.apply(this, args);
      return capture === false || !tracer.recording ? result : captured(result, show);
    });
  };
  return Object.defineProperty(tracedFunction, 'name', { value: fn.name, configurable: true });
}

function showByPipeline(byDefault: Capture): Capture['show'] {
  return (value, room) => (pipelineCapture() ?? byDefault).show(value, Math.min(room, MOST_RESULT_BYTES));
}

/** Gives back the result, or a promise of it, once it is captured. */
function captured<R>(result: R, show: Capture['show']): R {
  const add = (value: unknown): void => {
    const shown = show(value, tracer.metadataRoom());
    if (shown !== undefined) tracer.addMetadata('lantern', 'result', shown);
  };
  if (isThenable(result)) {
    return result.then((value) => {
      add(value);
      return value;
    }) as R;
  }
  add(result);
  return result;
}

/**
 * Adds an annotation to the current subsegment, so that the trace can be found by it: `annotation.OrderId = "o-1"`.
 * Annotations are stored for all to see who may read traces: use ids, never names or addresses. A value that a detector
 * finds, or that stands under a key such as `Email`, is masked, with one warning.
 */
export function annotate(key: string, value: AnnotationValue): void {
  tracer.annotate(key, value);
}
