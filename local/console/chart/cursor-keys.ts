/** What a key does on a chart; `index` is a place in its moments. */
export type ChartCommand =
  { readonly type: 'move'; readonly index: number } | { readonly type: 'open' } | { readonly type: 'leave' };

/** So far a page key goes. */
const PAGE = 10;

/** Undefined for keys that are not the chart's. `cursor` is undefined while no point is chosen. */
export function chartCommand(
  key: string,
  cursor: number | undefined,
  count: number,
): ChartCommand | undefined {
  const last = count - 1;
  const from = cursor ?? count;
  const moveTo = (index: number): ChartCommand => ({
    type: 'move',
    index: Math.min(last, Math.max(0, index)),
  });
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return moveTo(from - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return moveTo(from + 1);
    case 'PageDown':
      return moveTo(from - PAGE);
    case 'PageUp':
      return moveTo(from + PAGE);
    case 'Home':
      return moveTo(0);
    case 'End':
      return moveTo(last);
    case 'Enter':
    case ' ':
      return cursor === undefined ? undefined : { type: 'open' };
    case 'Escape':
      return cursor === undefined ? undefined : { type: 'leave' };
    default:
      return undefined;
  }
}
