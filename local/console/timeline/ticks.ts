import { formatDuration } from '../../xray/format-duration.ts';

/** A mark on the time axis. */
export interface Tick {
  /** Seconds after the start of the axis. */
  readonly offset: number;
  readonly label: string;
}

/** Steps that people count in once decimal ones stop being round, in seconds. */
const LONG_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/**
 * Marks at round distances from the start of the trace, at most `most` after the first, on an axis that begins `from` seconds
 * after that.
 */
export function ticksOf(duration: number, most: number, from = 0): readonly Tick[] {
  if (!(duration > 0) || most < 1) return [{ offset: 0, label: labelOf(from) }];
  const step = stepOf(duration / most);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor((from + duration) / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    offset: Math.max(0, (first + index) * step - from),
    label: labelOf((first + index) * step, step),
  }));
}

/** In as many digits as tell it from the next mark, where a zoomed axis begins late. */
function labelOf(time: number, step = time): string {
  if (!(time > 0)) return '0';
  const usual = formatDuration(time);
  if (usual !== formatDuration(time - step) && usual !== formatDuration(time + step)) return usual;
  const digits = Math.max(0, Math.ceil(-Math.log10(step * 1000) - 1e-9));
  return `${(time * 1000).toFixed(digits)} ms`;
}

function stepOf(smallest: number): number {
  if (smallest > 30) {
    return LONG_STEPS.find((step) => step >= smallest) ?? Math.ceil(smallest / 86_400) * 86_400;
  }
  if (smallest > 20) return 30;
  const magnitude = 10 ** Math.floor(Math.log10(smallest));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * magnitude >= smallest * (1 - 1e-9)) ?? 10;
  return factor * magnitude;
}
