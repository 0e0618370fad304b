/** Milliseconds below a second, seconds below a minute; about three digits, so that a column reads at a glance. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  const milliseconds = seconds * 1000;
  if (milliseconds < 9.95) return `${trim(milliseconds, milliseconds < 0.995 ? 2 : 1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (seconds < 9.995) return `${trim(seconds, 2)} s`;
  if (seconds < 59.95) return `${trim(seconds, 1)} s`;
  return formatMinutes(Math.round(seconds));
}

function formatMinutes(seconds: number): string {
  const parts =
    seconds < 3600
      ? { large: Math.floor(seconds / 60), largeUnit: 'min', small: seconds % 60, smallUnit: 's' }
      : {
          large: Math.floor(seconds / 3600),
          largeUnit: 'h',
          small: Math.floor((seconds % 3600) / 60),
          smallUnit: 'min',
        };
  const large = `${parts.large} ${parts.largeUnit}`;
  return parts.small === 0 ? large : `${large} ${parts.small} ${parts.smallUnit}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
