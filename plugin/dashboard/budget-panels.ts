import type { PlannedObjective } from '../alarms/alarm-plan.ts';
import { DASHBOARD_LIMITS, REGION } from './body.ts';
import type { Panel } from './body.ts';
import type { Line } from './lines.ts';
import { metricsArray } from './lines.ts';

/** An error budget is of 30 days, as the paces of its alarms have it. */
const BUDGET = '-P30D';

/** Numbers that stand beside each other over the whole width and can still be read. */
const NUMBERS_OF_ROW = 6;

/** Budgets of one widget: each is made of two metrics or three, and a widget takes 500. */
const NUMBERS_OF_WIDGET = 60;

/** How much of each error budget is left: 100 % where nothing was spent, and below 0 where more than all of it was. */
export function budgetPanels(objectives: readonly PlannedObjective[]): readonly Panel[] {
  const count = Math.ceil(objectives.length / NUMBERS_OF_WIDGET);
  return Array.from({ length: count }, (_, index) => {
    const shown = objectives.slice(index * NUMBERS_OF_WIDGET, (index + 1) * NUMBERS_OF_WIDGET);
    const lines = shown.flatMap(linesOf);
    const part = count === 1 ? '' : ` (${index + 1} of ${count})`;
    return {
      type: 'metric',
      width: DASHBOARD_LIMITS.columns,
      height: 2 + 2 * Math.ceil(shown.length / NUMBERS_OF_ROW),
      properties: {
        title: `Error budgets: % left of the last 30 days${part}`,
        region: REGION,
        view: 'singleValue',
        // One value for all of it, whatever range the dashboard shows.
        start: BUDGET,
        setPeriodToTimeRange: true,
        metrics: metricsArray(lines),
      },
      metricCount: lines.filter((line) => 'metric' in line).length,
    };
  });
}

function linesOf({ metrics, resource, promise, goal, bad, total }: PlannedObjective, index: number): Line[] {
  const allowed = Number((100 - goal).toPrecision(10));
  const ofThis = (expression: string): string =>
    metrics.reduce(
      (text, { id }) => text.replace(new RegExp(`\\b${id}\\b`, 'g'), `${id}${index}`),
      expression,
    );
  return [
    ...metrics.map(({ id, stat: { namespace, metricName, dimensions, statistic } }) => ({
      metric: { namespace, metricName, dimensions },
      statistic,
      id: `${id}${index}`,
      visible: false,
    })),
    {
      id: `left${index}`,
      expression: `100 * (1 - 100 * (${ofThis(bad)}) / (${ofThis(total)}) / ${allowed})`,
      label: `${resource.key}: ${promise}, ${goal} %`,
    },
  ];
}
