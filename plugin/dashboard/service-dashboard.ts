import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan } from '../alarms/alarm-plan.ts';
import { cloudWatchLink, dashboardLink, joinTexts, markdownLink } from '../alarms/console-links.ts';
import type { Dashboard, Panel } from './body.ts';
import { dashboardOf } from './body.ts';
import { budgetPanels } from './budget-panels.ts';
import { alarmStatus, text } from './panels.ts';
import { failureCharts, trafficCharts } from './service-charts.ts';
import { tracingPanels } from './tracing-panels.ts';

/**
 * Resources of one kind that have lines of their own: beyond it nobody tells lines apart, and with it no chart comes near the
 * 500 metrics that CloudWatch takes in one, nor the dashboard near its limits.
 */
const LINES_OF_KIND = 100;

/**
 * The service at a glance.
 *
 * @param resourceDashboards names of the dashboards to dig in, to link to
 */
export function serviceDashboard(
  inventory: Inventory,
  plan: AlarmPlan,
  resourceDashboards: readonly string[],
): Dashboard {
  const { trimmed, notes } = atAGlance(inventory, resourceDashboards.length > 0);
  // The root stands for the service, its branches for parts of it.
  const composites = plan.composites
    .filter(({ isPart }) => isPart !== true)
    .toSorted((one, other) => Number(other.isRoot) - Number(one.isRoot));
  const rows: ReadonlyArray<readonly Panel[]> = [
    [heading(inventory, resourceDashboards)],
    notes.length === 0 ? [] : [text(notes.join('\n\n'), 1 + notes.length)],
    alarmStatus('Is the service healthy?', composites),
    budgetPanels(plan.objectives),
    alarmStatus('Alarms, the worst first', [
      ...plan.alarms.filter(({ isPart }) => isPart !== true),
      ...plan.logAlarms,
    ]),
    trafficCharts(trimmed),
    failureCharts(trimmed),
    tracingPanels(trimmed.functions),
    [howToRead(plan.objectives.length > 0)],
  ];
  return dashboardOf(rows.map((panels) => ({ panels })));
}

function heading({ service, stage, region }: Inventory, resourceDashboards: readonly string[]): Panel {
  const numbered = resourceDashboards.length > 1;
  const links = [
    markdownLink('alarms', cloudWatchLink(region, '#alarmsV2:')),
    markdownLink('traces', cloudWatchLink(region, '#xray:traces/query')),
    markdownLink('trace map', cloudWatchLink(region, '#xray:service-map/map')),
    ...resourceDashboards.map((name, index) =>
      markdownLink(numbered ? `resources ${index + 1}` : 'resources', dashboardLink(region, name)),
    ),
  ];
  return text(
    joinTexts(`# ${service}, stage ${stage}\n`, ...links.flatMap((link) => [link, ' · ']).slice(0, -1)),
    2,
  );
}

function howToRead(hasBudgets: boolean): Panel {
  return text(
    [
      '## How to read this',
      '- **Begin with the alarms.** The description of each says what it means, its likely cause, and what to look at first.',
      ...(hasBudgets
        ? [
            '- **Then the error budgets**: below 0 % more was broken in the last 30 days than was promised, and what is not urgent may wait for them.',
          ]
        : []),
      '- **Then traffic, errors, latency**, from left to right. Errors that rise with traffic point to capacity; errors without it, to a change or to what the service calls.',
      '- **Throttles** are neither invocations nor errors: a throttled function looks healthy in the first two rows.',
      '- **p99** is one request in a hundred. With fewer than a hundred requests a minute it is the slowest one.',
      '- **Dead letters** never leave by themselves: look at them, mend the cause, and send them again.',
      '- Charts keep their period, a minute or that of their alarm, so that thresholds stay comparable. To look back further than 15 days, set the period of the dashboard to "Auto".',
    ].join('\n'),
    hasBudgets ? 7 : 6,
  );
}

/** The inventory with as many resources of each kind as one can tell apart, and what had to be left out. */
function atAGlance(
  inventory: Inventory,
  hasResourceDashboards: boolean,
): { readonly trimmed: Inventory; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const elsewhere = hasResourceDashboards ? '; the dashboards of the resources have all of them' : '';
  const first = <T>(what: string, items: readonly T[]): readonly T[] => {
    if (items.length <= LINES_OF_KIND) return items;
    notes.push(
      `**Left out here: ${items.length - LINES_OF_KIND} of ${items.length} ${what}**, from totals too${elsewhere}.`,
    );
    return items.slice(0, LINES_OF_KIND);
  };
  const trimmed: Inventory = {
    ...inventory,
    // What runs at the edge is measured there.
    functions: first(
      'functions',
      inventory.functions.filter(({ runsAtEdge }) => !runsAtEdge),
    ),
    apis: first('APIs', inventory.apis),
    queues: first('queues', inventory.queues),
    topics: first('topics', inventory.topics),
    tables: first('tables', inventory.tables),
    rules: first('rules', inventory.rules),
    schedules: first('schedules', inventory.schedules),
    stateMachines: first('state machines', inventory.stateMachines),
  };
  return { trimmed, notes };
}
