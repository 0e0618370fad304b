import { describe, expect, it } from 'vitest';
import { shownOf, stretchBetween, zoomAfterKey, zoomTo } from '../../../local/console/timeline/zoom.ts';
import { ticksOf } from '../../../local/console/timeline/ticks.ts';

const whole = { start: 100, end: 110 };

describe('a range that is dragged', () => {
  it('is the part between its ends, in whichever direction', () => {
    expect(stretchBetween(0.2, 0.6, whole)).toEqual({ start: 102, end: 106 });
    expect(stretchBetween(0.6, 0.2, whole)).toEqual({ start: 102, end: 106 });
    expect(stretchBetween(-3, 0.5, whole)).toEqual({ start: 100, end: 105 });
  });

  it('is none where the pointer hardly moved', () => {
    for (const to of [0.4, 0.4001, NaN]) expect(stretchBetween(0.4, to, whole)).toBeUndefined();
  });
});

describe('the keys of the minimap', () => {
  const press = (key: string, shown = { start: 104, end: 106 }) => zoomAfterKey(key, shown, whole);

  it('move what is shown, and stop at the ends', () => {
    expect(press('ArrowRight')).toEqual({ start: 104.4, end: 106.4 });
    expect(press('End')).toEqual({ start: 108, end: 110 });
    expect(press('Home')).toEqual({ start: 100, end: 102 });
    expect(press('ArrowLeft', { start: 100.1, end: 102.1 })).toEqual({ start: 100, end: 102 });
  });

  it('come closer and go further, until all of it is shown', () => {
    expect(press('+')).toEqual({ start: 104.5, end: 105.5 });
    expect(press('-')).toEqual({ start: 103, end: 107 });
    expect(press('-', { start: 101, end: 108 })).toBe('whole');
    expect(press('0')).toBe('whole');
    expect(press('Tab')).toBeUndefined();
  });

  it('never leave the trace, whatever is pressed', () => {
    for (const length of [1e-5, 0.003, 12, 4000]) {
      const trace = { start: 1_790_000_000, end: 1_790_000_000 + length };
      let shown = trace;
      for (const key of '+ + ArrowRight + + End - ArrowLeft + Home + + + + + + + + + + ArrowRight'.split(
        ' ',
      )) {
        const next = zoomAfterKey(key, shown, trace);
        shown = next === undefined || next === 'whole' ? trace : next;
        expect(shown.start).toBeGreaterThanOrEqual(trace.start);
        expect(shown.end).toBeLessThanOrEqual(trace.end);
        expect(shown.end).toBeGreaterThan(shown.start);
      }
    }
  });
});

describe('what a zoom shows', () => {
  it('is all of it without a zoom, and where the zoom lies beside the trace', () => {
    expect(shownOf(undefined, whole)).toEqual(whole);
    expect(shownOf({ start: 90, end: 99 }, whole)).toEqual(whole);
    expect(shownOf({ start: 104, end: 105 }, whole)).toEqual({ start: 104, end: 105 });
  });

  it('is a row with some room around it', () => {
    expect(zoomTo({ start: 104, end: 106 }, whole)).toEqual({ start: 103.9, end: 106.1 });
    expect(zoomTo({ start: 100, end: 110 }, whole)).toBe('whole');
  });
});

describe('the axis of a zoom', () => {
  it('has marks at round distances from the start of the trace', () => {
    const ticks = ticksOf(2, 4, 3.3);
    expect(ticks.map(({ label }) => label)).toEqual(['3.5 s', '4 s', '4.5 s', '5 s']);
    expect(ticks[0]?.offset).toBeCloseTo(0.2);
  });

  it('has marks that can be told apart however close it is and however late it begins', () => {
    for (const from of [0, 0.75, 12.34, 75.5, 3700]) {
      for (let duration = 0.0005; duration < 100; duration *= 3.7) {
        const ticks = ticksOf(duration, 8, from);
        const labels = ticks.map(({ label }) => label);
        expect(new Set(labels).size, labels.join(', ')).toBe(labels.length);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const { offset } of ticks) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(duration * 1.000001);
        }
      }
    }
  });
});
