import { describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../../local/cloudwatch/view.ts';
import { chartCommand } from '../../../local/console/chart/cursor-keys.ts';
import { drawLine, marksOf } from '../../../local/console/chart/line-path.ts';
import {
  momentsOf,
  nearestMoment,
  latestText,
  momentText,
  latestBreach,
} from '../../../local/console/chart/moments.ts';
import { plotOf } from '../../../local/console/chart/plot.ts';
import { timeTicks, valueTicks } from '../../../local/console/chart/ticks.ts';
import { metricChart } from '../../fixtures/console/alarms.ts';

const MINUTE = 60_000;
const START = new Date(2026, 10, 24, 12, 0, 0).getTime();
const size = { width: 640, height: 240 };

function points(...values: ReadonlyArray<number | undefined>): readonly MetricPoint[] {
  return values.flatMap((value, index) =>
    value === undefined ? [] : [{ at: START + index * MINUTE, value }],
  );
}

describe('the ticks of a chart', () => {
  it.each([
    [0, 7, 4, [0, 2, 4, 6, 8]],
    [0, 5200, 5, [0, 2000, 4000, 6000]],
    [0, 0.32, 4, [0, 0.1, 0.2, 0.3, 0.4]],
    [-3, 7, 4, [-5, 0, 5, 10]],
    [0, 0, 4, [0, 1]],
  ])('from %d to %d, about %d, are round and cover everything', (low, high, most, expected) => {
    expect(valueTicks(low, high, most)).toEqual(expected);
  });

  it('count whole things in whole numbers', () => {
    expect(valueTicks(0, 1, 4, 1)).toEqual([0, 1]);
  });

  it('stand at round times of the clock', () => {
    const labels = (ms: number, most: number) =>
      timeTicks(START + 1000, START + 1000 + ms, most).map(({ label }) => label);
    expect(labels(15 * MINUTE, 3)).toEqual(['12:05', '12:10', '12:15']);
    expect(labels(MINUTE, 4)).toEqual(['12:00:15', '12:00:30', '12:00:45', '12:01:00']);
    expect(labels(2000, 4)).toEqual(['12:00:01', '12:00:01.500', '12:00:02', '12:00:02.500', '12:00:03']);
    expect(labels(3 * 86_400_000, 3)).toEqual(['11-25', '11-26', '11-27']);
  });
});

describe('the line of a chart', () => {
  it('is broken where data is missing, and shows a point alone as a dot', () => {
    const chart = metricChart(points(1, 2, undefined, 3, undefined, 4, 5), { unit: 'None' });
    const plot = plotOf(chart, { width: 60, height: 240 });
    const { path, dots } = drawLine(chart.series[0]?.points ?? [], chart.periodMs, plot);
    expect(path.match(/M/g)).toHaveLength(3);
    expect(path.match(/L/g)).toHaveLength(2);
    expect(dots).toEqual([{ x: plot.x(START + 3 * MINUTE), y: plot.y(3) }]);
  });

  it('rises with the value, from left to right, within the drawing', () => {
    const chart = metricChart(points(0, 10));
    const plot = plotOf(chart, size);
    expect(plot.y(10)).toBeLessThan(plot.y(0));
    expect(plot.y(0)).toBe(plot.bottom);
    expect(plot.x(START)).toBeGreaterThan(plot.left);
    expect(plot.x(START + MINUTE)).toBeLessThan(plot.right);
    expect(plot.timeAt(plot.x(START))).toBeCloseTo(START + MINUTE / 2, 0);
  });

  it('leaves room for the threshold', () => {
    const chart = metricChart(points(1, 2), {
      threshold: { value: 100, comparisonOperator: 'GreaterThanThreshold' },
    });
    const plot = plotOf(chart, size);
    expect(plot.y(100)).toBeGreaterThanOrEqual(plot.top);
  });

  it('has a few points per pixel at most, and keeps the highest and the lowest', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      at: START + index * 1000,
      value: index === 12_345 ? 999 : index === 4321 ? -999 : Math.sin(index),
    }));
    const chart = metricChart(many, { periodMs: 1000 });
    const plot = plotOf(chart, size);
    const { path, dots } = drawLine(many, 1000, plot);
    expect(path.match(/[ML]/g)?.length).toBeLessThanOrEqual(4 * size.width);
    expect(path).toContain(`,${plot.y(999).toFixed(1)}`);
    expect(path).toContain(`,${plot.y(-999).toFixed(1)}`);
    expect(dots).toEqual([]);
  });

  it('marks breaching points, and of those that cover each other one', () => {
    const breaching = points(5, 6, 7).map((point, index) => ({ ...point, breaching: index !== 1 }));
    expect(marksOf(breaching, plotOf(metricChart(breaching), size))).toHaveLength(2);

    const crowd = Array.from({ length: 5000 }, (_, at) => ({ at, value: 1, breaching: true }));
    const marks = marksOf(crowd, plotOf(metricChart(crowd, { periodMs: 1 }), size));
    expect(marks.length).toBeGreaterThan(10);
    expect(marks.length).toBeLessThan(100);
  });

  it('survives values that are no numbers', () => {
    const odd = [
      ...points(1),
      { at: START + MINUTE, value: NaN },
      { at: START + 2 * MINUTE, value: Infinity },
    ];
    const chart = metricChart(odd);
    const plot = plotOf(chart, size);
    expect(drawLine(odd, MINUTE, plot).path).not.toMatch(/NaN|Infinity/);
    expect(momentsOf(chart)).toHaveLength(1);
  });
});

describe('the periods of a chart', () => {
  const chart = metricChart([], {
    series: [
      { label: 'p50', points: points(40, undefined, 41) },
      { label: 'p99', points: points(300, 5200).map((each) => ({ ...each, breaching: each.value > 4800 })) },
    ],
  });
  const moments = momentsOf(chart);

  it('put together what several series measured at one time', () => {
    expect(moments.map(({ at, breaching }) => [(at - START) / MINUTE, breaching])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
    expect(moments[1]?.points.map((point) => point?.value)).toEqual([undefined, 5200]);
  });

  it('are found by the nearest time', () => {
    const at = (minutes: number) => nearestMoment(moments, START + minutes * MINUTE);
    expect([-5, 0.4, 0.6, 1, 1.7, 9].map(at)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(nearestMoment([], START)).toBe(-1);
  });

  it('are said with their time, values, and whether they breach', () => {
    expect(moments.map((moment) => momentText(chart, moment))).toEqual([
      '12:00:00, p50 40 ms, p99 300 ms',
      '12:01:00, p99 5.2 s, breaching',
      '12:02:00, p50 41 ms',
    ]);
    expect(latestText(chart, moments)).toBe('3 periods, 1 breaching, latest 12:02:00, p50 41 ms');
  });

  it('say which one breached last', () => {
    expect(latestBreach(chart)).toEqual({ from: START + MINUTE, to: START + 2 * MINUTE });
    expect(latestBreach(metricChart(points(1, 2)))).toBeUndefined();
  });
});

describe('the keyboard on a chart', () => {
  it('begins at the newest point and moves within the data', () => {
    expect(chartCommand('ArrowLeft', undefined, 5)).toEqual({ type: 'move', index: 4 });
    expect(chartCommand('ArrowLeft', 0, 5)).toEqual({ type: 'move', index: 0 });
    expect(chartCommand('ArrowRight', 4, 5)).toEqual({ type: 'move', index: 4 });
    expect(chartCommand('PageDown', 4, 50)).toEqual({ type: 'move', index: 0 });
    expect(chartCommand('Home', 3, 5)).toEqual({ type: 'move', index: 0 });
    expect(chartCommand('End', undefined, 5)).toEqual({ type: 'move', index: 4 });
  });

  it('opens and leaves what is chosen, and nothing else', () => {
    expect(chartCommand('Enter', 2, 5)).toEqual({ type: 'open' });
    expect(chartCommand('Escape', 2, 5)).toEqual({ type: 'leave' });
    for (const key of ['Enter', 'Escape', 'Tab', 'a']) {
      expect(chartCommand(key, undefined, 5)).toBeUndefined();
    }
  });
});
