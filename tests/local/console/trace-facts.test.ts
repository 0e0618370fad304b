import { describe, expect, it } from 'vitest';
import { factsOf, firstFailure } from '../../../local/console/trace/trace-facts.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import type { TracePage } from '../../../local/xray/trace.ts';
import { hostilePage, runningPage } from '../../fixtures/console/odd-traces.ts';
import { orderPage } from '../../fixtures/console/orders.ts';

const START = 1_790_000_000;
function timelineOf({ trace, linked }: TracePage) {
  return buildTimeline([trace, ...linked], START + 2);
}

describe('the facts of a trace', () => {
  it('are those of the trace itself, not of its linked ones', () => {
    const page = orderPage(START);
    const facts = factsOf(page, timelineOf(page));
    expect(facts).toMatchObject({
      entry: { method: 'POST', target: '/local/orders', httpStatus: '201' },
      startTime: START,
      status: 'ok',
      inProgress: false,
      services: ['local-shop/local', 'shop-local-create-order'],
      correlationId: 'order-7f3c',
    });
    expect(facts.duration).toBeCloseTo(0.655, 5);
  });

  it('grow with the axis while something is in progress', () => {
    const page = runningPage(START);
    expect(factsOf(page, timelineOf(page))).toMatchObject({
      duration: 2,
      inProgress: true,
      status: 'in_progress',
    });
  });

  it('show an address that is not one of the web as it is', () => {
    const page = hostilePage(START);
    expect(factsOf(page, timelineOf(page)).entry.target).toMatch(/^javascript:alert/);
  });
});

describe('the first failure', () => {
  it('is the deepest of the worst, where the fault began', () => {
    expect(firstFailure(timelineOf(orderPage(START)).rows)?.name).toBe('chargeCard');
  });

  it('is found below a function that answered well', () => {
    const rows = timelineOf(orderPage(START)).rows.map((row) =>
      row.name === 'Invocation' ? { ...row, status: 'ok' as const } : row,
    );
    expect(firstFailure(rows)?.name).toBe('chargeCard');
  });

  it('is none where nothing failed', () => {
    expect(firstFailure(timelineOf(runningPage(START)).rows)).toBeUndefined();
  });
});
