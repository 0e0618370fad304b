import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../../local/cloudwatch/math/evaluate-expression.ts';
import { parseExpression } from '../../../local/cloudwatch/math/parse-expression.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { ErrorBudget } from '../../../plugin/settings/settings.ts';
import { fc } from '../../helpers/fast-check.ts';
import { inventoryOf, readTemplate } from '../../helpers/inventory.ts';
import { checked } from './checked-dashboards.ts';

const inventory = inventoryOf(readTemplate('shop').Resources);
const PAY = 'shop-local-charge-payment';

/** The widget of the budgets, as CloudWatch would read it. */
function budgetWidgets(functions: Readonly<Record<string, ErrorBudget>>) {
  const plan = planAlarms(inventory, {}, { functions });
  const { widgets = [] } = checked(inventory, plan).LanternServiceDashboard ?? {};
  return widgets.filter(({ properties }) => properties.title?.startsWith('Error budgets') === true);
}

/** What the first number of a widget says where its metrics have these values. */
function leftOf(budget: ErrorBudget, values: Readonly<Record<string, number>>): unknown {
  const [widget] = budgetWidgets({ [PAY]: budget });
  const entry = widget?.properties.metrics?.find(([first]) => typeof first === 'object')?.[0];
  const { expression } = entry as { expression: string };
  const value = evaluateExpression(parseExpression(expression), {
    period: 2_592_000,
    length: 1,
    beginOf: () => 0,
    metricIds: Object.keys(values),
    valueOf: (id) => ({ kind: 'series', points: [values[id]] }),
    quotaOf: () => undefined,
  });
  return typeof value === 'object' && value.kind === 'series' ? value.points[0] : value;
}

describe('the budgets on the dashboard', () => {
  it('are not there where nothing is promised', () => {
    expect(budgetWidgets({})).toEqual([]);
  });

  it('are of the last 30 days, whatever the dashboard shows, with a number for each promise', () => {
    const both = { availability: 99.9, latency: { under: '1s', target: 99 } };
    const [widget, ...others] = budgetWidgets({ [PAY]: both });
    expect(others).toEqual([]);
    expect(widget?.properties).toMatchObject({
      view: 'singleValue',
      start: '-P30D',
      setPeriodToTimeRange: true,
    });
    const labels = widget?.properties.metrics?.flatMap(([first]) =>
      typeof first === 'object' ? [(first as { label: string }).label] : [],
    );
    expect(labels).toEqual([`${PAY}: availability, 99.9 %`, `${PAY}: latency, 99 %`]);
  });

  it.each([
    ['nothing failed', 0, 100],
    ['half of what is allowed', 5, 50],
    ['all that is allowed', 10, 0],
    ['three times of what is allowed', 30, -200],
  ])('say how much is left: %s', (_what, failed, left) => {
    expect(leftOf({ availability: 99.9 }, { failed0: failed, requests0: 10_000 })).toBeCloseTo(left, 6);
  });

  it('count what was slow by the rank of the bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (requests, quick) => {
          const left = leftOf(
            { latency: { under: '1s', target: 99 } },
            { requests0: requests, quick0: quick },
          );
          expect(left).toBeCloseTo(100 - 100 * (100 - quick), 5);
        },
      ),
    );
  });
});
