import { describe, expect, it } from 'vitest';
import { commandFor } from '../../../local/console/timeline/keyboard.ts';
import { ancestorsOf, visibleLines, rowLabel, channelOf } from '../../../local/console/timeline/rows.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import type { Timeline } from '../../../local/xray/timeline.ts';
import { hostilePage, runningPage } from '../../fixtures/console/odd-traces.ts';
import { createOrderTraceId, fulfilOrderTraceId, orderPage } from '../../fixtures/console/orders.ts';

const START = 1_790_000_000;
const none: ReadonlySet<string> = new Set();

function orderTimeline(): Timeline {
  const { trace, linked } = orderPage(START);
  return buildTimeline([trace, ...linked], START + 2);
}

function keyOf({ rows }: Timeline, name: string): string {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`The timeline has no row "${name}".`);
  return found.key;
}

describe('the visible lines', () => {
  it('are every row, under a heading for each trace where several share the axis', () => {
    const timeline = orderTimeline();
    const lines = visibleLines(timeline.rows, none);
    expect(lines.filter(({ kind }) => kind === 'row')).toHaveLength(timeline.rows.length);
    expect(lines.filter(({ kind }) => kind === 'heading').map(({ row }) => row.traceId)).toEqual([
      createOrderTraceId,
      fulfilOrderTraceId,
    ]);
  });

  it('have no heading where there is one trace', () => {
    const { rows } = buildTimeline([runningPage(START).trace], START + 1);
    expect(visibleLines(rows, none).every(({ kind }) => kind === 'row')).toBe(true);
  });

  it('leave out everything below a collapsed row, and nothing else', () => {
    const timeline = orderTimeline();
    const names = visibleLines(timeline.rows, new Set([keyOf(timeline, '## create-order')])).map(
      ({ row }) => row.name,
    );
    expect(names).toContain('## create-order');
    expect(names).toContain('Overhead');
    expect(names).toContain('chargeCard');
    expect(names).not.toContain('priceOrder');
  });
});

describe('the rows above a row', () => {
  it('are its ancestors, nearest first', () => {
    const timeline = orderTimeline();
    const names = ancestorsOf(timeline.rows, keyOf(timeline, 'priceOrder')).map(
      (key) => timeline.rows.find((row) => row.key === key)?.name,
    );
    expect(names.slice(0, 3)).toEqual(['## create-order', 'Invocation', 'shop-local-create-order']);
  });

  it('are found once even where parents go round in a circle', () => {
    const [first, second] = orderTimeline().rows;
    if (first === undefined || second === undefined) throw new Error('The fixture has too few rows.');
    const circle = [
      { ...first, parentKey: second.key },
      { ...second, parentKey: first.key },
    ];
    expect(ancestorsOf(circle, first.key)).toEqual([second.key, first.key]);
  });
});

describe('a key in the grid', () => {
  const timeline = orderTimeline();
  const lines = visibleLines(timeline.rows, none);
  const at = (name: string) => lines.findIndex(({ kind, row }) => kind === 'row' && row.name === name);
  const handler = at('## create-order');
  const handlerKey = keyOf(timeline, '## create-order');

  it('moves up and down, and stays at the ends', () => {
    expect(commandFor('ArrowDown', lines, 0, none)).toEqual({ type: 'move', to: 1 });
    expect(commandFor('ArrowUp', lines, 1, none)).toEqual({ type: 'move', to: 0 });
    expect(commandFor('ArrowUp', lines, 0, none)).toBeUndefined();
    expect(commandFor('ArrowDown', lines, lines.length - 1, none)).toBeUndefined();
  });

  it('goes to the first and the last line', () => {
    expect(commandFor('Home', lines, 5, none)).toEqual({ type: 'move', to: 0 });
    expect(commandFor('End', lines, 5, none)).toEqual({ type: 'move', to: lines.length - 1 });
  });

  it('expands a collapsed row with the right arrow, and then enters it', () => {
    expect(commandFor('ArrowRight', lines, handler, new Set([handlerKey]))).toEqual({
      type: 'expand',
      key: handlerKey,
    });
    expect(commandFor('ArrowRight', lines, handler, none)).toEqual({ type: 'move', to: handler + 1 });
    expect(commandFor('ArrowRight', lines, at('priceOrder'), none)).toBeUndefined();
  });

  it('collapses an open row with the left arrow, and goes to the parent from a leaf', () => {
    expect(commandFor('ArrowLeft', lines, handler, none)).toEqual({ type: 'collapse', key: handlerKey });
    expect(commandFor('ArrowLeft', lines, at('SNS'), none)).toEqual({ type: 'move', to: handler });
  });

  it('opens the details with Enter, and leaves other keys to the browser', () => {
    expect(commandFor('Enter', lines, handler, none)).toEqual({ type: 'open', line: lines[handler] });
    expect(commandFor('Tab', lines, handler, none)).toBeUndefined();
  });
});

describe('what a row says', () => {
  it('is its name, type, status and duration', () => {
    const timeline = orderTimeline();
    const lookup = timeline.rows.find(({ name }) => name === 'lookup-card');
    expect(lookup && rowLabel(lookup, timeline.end)).toBe('lookup-card, remote, Error, 28 ms');
  });

  it('tells that it is still in progress, or that its parent is missing', () => {
    const running = buildTimeline([runningPage(START).trace], START + 3);
    expect(running.rows.map((row) => rowLabel(row, running.end))[0]).toBe(
      'local-shop/local, AWS::ApiGateway::Stage, In progress, 3 s so far',
    );
    const hostile = buildTimeline([hostilePage(START).trace], START + 3);
    expect(hostile.rows.map((row) => rowLabel(row, hostile.end)).at(-1)).toMatch(/, parent missing$/);
  });

  it('names SQS as what carried a message to a function, seen from either end', () => {
    const { trace, linked } = orderPage(START);
    for (const traces of [
      [trace, ...linked],
      [...linked, trace],
    ]) {
      const { rows } = buildTimeline(traces, START + 2);
      const first = rows.find(({ link }) => link !== undefined);
      expect(first && channelOf(first, rows)).toBe('SQS');
    }
  });
});
