import { formatDuration } from '../../xray/format-duration.ts';

/** A mark on the time axis. */
export interface Tick {
  /** Seconds after the start of the axis. */
  readonly offset: number;
  readonly label: string;
}

/** Steps that people count in once decimal ones stop being round, in seconds. */
const LONG_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Marks at round distances from the start of the axis, at most `most` after the first. */
export function ticksOf(duration: number, most: number): readonly Tick[] {
  if (!(duration > 0) || most < 1) return [{ offset: 0, label: '0' }];
  const step = stepOf(duration / most);
  const count = Math.floor(duration / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => ({
    offset: index * step,
    label: index === 0 ? '0' : formatDuration(index * step),
  }));
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
