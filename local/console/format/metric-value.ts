import { formatDuration } from '../../xray/format-duration.ts';

/** Seconds that one of the unit has. */
const SECONDS = new Map([
  ['Seconds', 1],
  ['Milliseconds', 1e-3],
  ['Microseconds', 1e-6],
]);

/** How CloudWatch's units are written behind a number (CloudWatch API reference, `MetricDatum`, `Unit`). */
const SUFFIXES = new Map([
  ['Bytes', 'B'],
  ['Kilobytes', 'kB'],
  ['Megabytes', 'MB'],
  ['Gigabytes', 'GB'],
  ['Terabytes', 'TB'],
  ['Bits', 'bit'],
  ['Kilobits', 'kbit'],
  ['Megabits', 'Mbit'],
  ['Gigabits', 'Gbit'],
  ['Terabits', 'Tbit'],
  ['Percent', '%'],
]);

/** Units that are written with a letter for thousands, as plain counts are; the others have one already, or none. */
const SCALED_HERE = new Set(['Bytes', 'Bits']);

/** Names of thousands, millions and so on. */
const SCALES = ['', 'k', 'M', 'G', 'T', 'P'];

/** A value with CloudWatch's unit, short enough for an axis: `4.8 s`, `12.5 %`, `1.2 k`, `92 MB`, `30/s`. */
export function formatMetricValue(value: number, unit?: string): string {
  if (!Number.isFinite(value)) return '–';
  const seconds = SECONDS.get(unit ?? '');
  if (seconds !== undefined) {
    return value < 0 ? `−${formatDuration(-value * seconds)}` : formatDuration(value * seconds);
  }
  const [what = '', perSecond] = (unit ?? '').split('/');
  const suffix = SUFFIXES.get(what) ?? '';
  const isScaled = suffix !== '' && !SCALED_HERE.has(what);
  const [number, scale] = isScaled ? [shortNumber(value), ''] : scaled(value);
  const rest = `${scale}${suffix}`;
  return `${number}${rest === '' ? '' : ` ${rest}`}${perSecond === undefined ? '' : '/s'}`;
}

/** The value in thousands, millions and so on, and the letter for them. */
function scaled(value: number): readonly [number: string, scale: string] {
  const size = Math.abs(value);
  const power = size < 1000 ? 0 : Math.min(SCALES.length - 1, Math.floor(Math.log10(size) / 3));
  return [shortNumber(value / 1000 ** power), SCALES[power] ?? ''];
}

/** Three digits that count, and all before the point. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  return `${value < 0 ? '−' : ''}${size < 1000 ? Number(size.toPrecision(3)) : Math.round(size)}`;
}
