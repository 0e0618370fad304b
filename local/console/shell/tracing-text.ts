import type { ServiceInfo } from '../../console-contract.ts';

/** Names that the bar has room for. */
const MOST_NAMES = 3;

/** Which functions are traced now: `tracing off`, `tracing on`, `tracing on, here only`, or `tracing on: take-payment`. */
export function tracingText({ functions, tracing, isTracedHereOnly = false }: ServiceInfo): string {
  const traced = functions.filter((each) => each.tracing).map(({ key }) => key);
  if (traced.length === 0) return tracing ? 'tracing on' : 'tracing off';
  if (traced.length === functions.length) return isTracedHereOnly ? 'tracing on, here only' : 'tracing on';
  const more = traced.length - MOST_NAMES;
  const names = traced.slice(0, MOST_NAMES).join(', ');
  return `tracing on: ${names}${more > 0 ? ` and ${more} more` : ''}`;
}
