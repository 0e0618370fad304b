import { tracer } from './current-tracer.ts';
import type { AnnotationValue } from './tracer.ts';

/**
 * Makes a function show up in the timeline under `name`, with its duration and its error. It keeps its type, its
 * `this`, its being synchronous or not, and what it throws. Outside of an invocation, or while tracing is off, it is
 * just the function.
 *
 * @example
 * const priceOrder = traced('priceOrder', (items: Item[]) => total(items));
 */
export function traced<This, Args extends unknown[], R>(
  name: string,
  fn: (this: This, ...args: Args) => R,
): (this: This, ...args: Args) => R {
  if (!tracer.enabled) return fn;
  const tracedFunction = function (this: This, ...args: Args): R {
    return tracer.trace(name, () => fn.apply(this, args));
  };
  return Object.defineProperty(tracedFunction, 'name', { value: fn.name, configurable: true });
}

/**
 * Adds an annotation to the current subsegment, so that the trace can be found by it: `annotation.OrderId = "o-1"`.
 * Annotations are stored for all to see who may read traces: use ids, never names or addresses.
 */
export function annotate(key: string, value: AnnotationValue): void {
  tracer.annotate(key, value);
}
