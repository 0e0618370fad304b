import type { Stretch } from '../../xray/timeline-analysis.ts';

/** Shorter stretches cannot be told apart on the axis: documents have milliseconds. Seconds. */
const SHORTEST = 0.0005;

/** How much of what is shown one key moves it, and how much closer one key brings it. */
const PAN = 0.2;
const CLOSER = 0.5;

/** A click that trembles is no range: this share of the axis is. */
const SMALLEST_DRAG = 0.005;

/** The part between two shares of the whole, in either order; undefined for what is too small to be meant. */
export function stretchBetween(one: number, other: number, whole: Stretch): Stretch | undefined {
  const [from, to] = [Math.min(one, other), Math.max(one, other)].map((share) =>
    Math.min(1, Math.max(0, share)),
  );
  if (from === undefined || to === undefined || !(to - from >= SMALLEST_DRAG)) return undefined;
  const length = whole.end - whole.start;
  return within({ start: whole.start + from * length, end: whole.start + to * length }, whole);
}

/** The shown part after a key: `whole` when all of it is shown again, undefined for keys that are not the minimap's. */
export function zoomAfterKey(key: string, shown: Stretch, whole: Stretch): Stretch | 'whole' | undefined {
  const length = shown.end - shown.start;
  const middle = shown.start + length / 2;
  switch (key) {
    case 'ArrowLeft':
      return moved(shown, -length * PAN, whole);
    case 'ArrowRight':
      return moved(shown, length * PAN, whole);
    case 'Home':
      return moved(shown, whole.start - shown.start, whole);
    case 'End':
      return moved(shown, whole.end - shown.end, whole);
    case '+':
    case '=':
    case 'ArrowUp':
      return around(middle, length * CLOSER, whole);
    case '-':
    case 'ArrowDown':
      return around(middle, length / CLOSER, whole);
    case '0':
    case 'Escape':
      return 'whole';
    default:
      return undefined;
  }
}

/** A stretch with a little room on either side; `whole` when that is all there is. */
export function zoomTo({ start, end }: Stretch, whole: Stretch): Stretch | 'whole' {
  const room = (end - start) * 0.05;
  return orWhole(within({ start: start - room, end: end + room }, whole), whole);
}

/** What a zoom shows now: an axis may have grown or shrunk since. */
export function shownOf(zoom: Stretch | undefined, whole: Stretch): Stretch {
  const { start, end } = zoom ?? whole;
  if (zoom === undefined || !(end > whole.start && start < whole.end)) {
    return { start: whole.start, end: whole.end };
  }
  return within(zoom, whole);
}

function moved({ start, end }: Stretch, by: number, whole: Stretch): Stretch | 'whole' {
  const allowed = Math.min(whole.end - end, Math.max(whole.start - start, by));
  return orWhole({ start: start + allowed, end: end + allowed }, whole);
}

function around(middle: number, length: number, whole: Stretch): Stretch | 'whole' {
  return orWhole(within({ start: middle - length / 2, end: middle + length / 2 }, whole), whole);
}

/** No longer than the whole, no shorter than can be shown, and inside of the whole. */
function within({ start, end }: Stretch, whole: Stretch): Stretch {
  const most = whole.end - whole.start;
  const length = Math.min(most, Math.max(end - start, Math.min(SHORTEST, most)));
  const from = Math.min(whole.end - length, Math.max(whole.start, start));
  return { start: from, end: Math.min(whole.end, from + length) };
}

function orWhole(stretch: Stretch, whole: Stretch): Stretch | 'whole' {
  return stretch.start <= whole.start && stretch.end >= whole.end ? 'whole' : stretch;
}
