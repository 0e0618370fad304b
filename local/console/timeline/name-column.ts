import { useCallback, useEffect, useState } from 'preact/hooks';

const STORAGE_KEY = 'lantern-name-column';

/** What the column may take of the timeline's width: the name and the bar each keep some room. */
export const SMALLEST_SHARE = 0.15;
export const LARGEST_SHARE = 0.75;

/** How far one press of an arrow key moves the edge, and one with Shift. */
const SMALL_STEP = 0.02;
const LARGE_STEP = 0.1;

/** The share that a key leads to; undefined for keys that are not the handle's. Enter: as it was at first. */
export function shareAfterKey(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  share: number,
): number | 'default' | undefined {
  const step = shiftKey ? LARGE_STEP : SMALL_STEP;
  switch (key) {
    case 'ArrowLeft':
      return allowedShare(share - step);
    case 'ArrowRight':
      return allowedShare(share + step);
    case 'Home':
      return SMALLEST_SHARE;
    case 'End':
      return LARGEST_SHARE;
    case 'Enter':
      return 'default';
    default:
      return undefined;
  }
}

export function allowedShare(share: number): number {
  return Math.min(LARGEST_SHARE, Math.max(SMALLEST_SHARE, share));
}

/** The share that a text remembers; undefined when it remembers none. */
export function readShare(text: string | null): number | undefined {
  const share = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(share) ? allowedShare(share) : undefined;
}

/**
 * What the reader gave the column of names, as a share of the timeline's width; undefined: nothing yet. It is remembered
 * where the browser allows that.
 */
export function useNameShare(): readonly [number | undefined, (share: number | undefined) => void] {
  const [share, setShare] = useState(remembered);
  useEffect(() => remember(share), [share]);
  return [share, useCallback((next: number | undefined) => setShare(next), [])];
}

function remembered(): number | undefined {
  try {
    return readShare(localStorage.getItem(STORAGE_KEY));
  } catch {
    return undefined;
  }
}

function remember(share: number | undefined): void {
  try {
    if (share === undefined) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, share.toFixed(3));
  } catch {
    // It then lasts as long as the page does.
  }
}
