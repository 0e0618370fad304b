/** Lines drawn above and below what can be seen: small traces are there whole, also for the browser's own search. */
export const OVERSCAN = 60;

export interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * Which of `count` lines of equal height to draw. Pixels.
 *
 * @param overscan lines above and below. @default OVERSCAN
 */
export function renderedRange(
  scrollTop: number,
  viewHeight: number,
  lineHeight: number,
  count: number,
  overscan = OVERSCAN,
): Range {
  return {
    from: Math.max(0, Math.floor(scrollTop / lineHeight) - overscan),
    to: Math.min(count, Math.ceil((scrollTop + viewHeight) / lineHeight) + overscan),
  };
}
