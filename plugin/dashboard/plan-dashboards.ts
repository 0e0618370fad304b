import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan } from '../alarms/alarm-plan.ts';
import type { ResourceMap } from '../alarms/alarm-resources.ts';
import { dashboardLink, joinTexts, markdownLink } from '../alarms/console-links.ts';
import type { StageDashboardSettings } from '../settings/settings.ts';
import type { Dashboard, Panel, Section } from './body.ts';
import { DASHBOARD_LIMITS, dashboardOf } from './body.ts';
import { text } from './panels.ts';
import type { Conditions } from './render-body.ts';
import { renderBody } from './render-body.ts';
import { resourceSections } from './resource-sections.ts';
import { serviceDashboard } from './service-dashboard.ts';

export interface PlannedDashboard extends Dashboard {
  readonly logicalId: string;
  readonly name: string;
}

/** The dashboards of a service: at a glance, and for digging as many as the limits of CloudWatch ask for. */
export function planDashboards(
  inventory: Inventory,
  plan: AlarmPlan,
  { service, resources }: Required<StageDashboardSettings>,
): readonly PlannedDashboard[] {
  const pages = resources ? intoPages(resourceSections(inventory, plan)) : [];
  const names = pages.map((_, index) =>
    nameOf(inventory, index === 0 ? '-resources' : `-resources-${index + 1}`),
  );
  const dig = pages.map((page, index) => ({
    logicalId: `LanternResourcesDashboard${index === 0 ? '' : index + 1}`,
    name: names[index] ?? '',
    ...dashboardOf([{ panels: [pageHeading(inventory, names, index)] }, ...page]),
  }));
  if (!service) return dig;
  const glance = {
    logicalId: 'LanternServiceDashboard',
    name: nameOf(inventory, ''),
    ...serviceDashboard(inventory, plan, names),
  };
  return [glance, ...dig];
}

/** The dashboards as resources of the template, by logical id. */
export function dashboardResources(
  dashboards: readonly PlannedDashboard[],
  conditions?: Conditions,
): ResourceMap {
  return Object.fromEntries(
    dashboards.map(({ logicalId, name, body }) => [
      logicalId,
      {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: name, DashboardBody: renderBody(body, conditions) },
      },
    ]),
  );
}

/**
 * Dashboards belong to the account, not to a region, so the name has the region in it: the same stage in two regions has
 * its own dashboards in each. Other characters than these are refused by CloudWatch.
 */
function nameOf({ service, stage, region }: Inventory, suffix: string): string {
  const name = `${service}-${stage}-${region}`.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return name.slice(0, DASHBOARD_LIMITS.nameCharacters - suffix.length) + suffix;
}

function pageHeading({ service, stage, region }: Inventory, names: readonly string[], index: number): Panel {
  const title = `# ${service}, stage ${stage}: functions and resources`;
  if (names.length === 1) return text(title, 1);
  const links = names.flatMap((name, page) => [
    ' · ',
    page === index ? String(page + 1) : markdownLink(String(page + 1), dashboardLink(region, name)),
  ]);
  const { widgets, metrics } = DASHBOARD_LIMITS;
  const why = `page ${index + 1} of ${names.length}, because a dashboard holds ${widgets} widgets and ${metrics} metrics at most`;
  return text(joinTexts(`${title}\n${why}`, ...links), 2);
}

/** What a page takes of the room that a dashboard has. */
interface Room {
  readonly widgets: number;
  readonly metrics: number;
  readonly characters: number;
}

/** Less than CloudWatch's limits by what the heading takes. */
const ROOM: Room = {
  widgets: DASHBOARD_LIMITS.widgets - 1,
  metrics: DASHBOARD_LIMITS.metrics,
  characters: DASHBOARD_LIMITS.bodyCharacters - 5_000,
};

/** As few pages as hold the sections in their order; a section is never torn apart. */
function intoPages(sections: readonly Section[]): ReadonlyArray<readonly Section[]> {
  const pages: Section[][] = [];
  let used: Room = { widgets: 0, metrics: 0, characters: 0 };
  for (const section of sections) {
    const needed = roomOf(section);
    const together = add(used, needed);
    const page = pages.at(-1);
    if (page !== undefined && fits(together)) {
      page.push(section);
      used = together;
    } else {
      pages.push([section]);
      used = needed;
    }
  }
  return pages;
}

function roomOf({ panels }: Section): Room {
  return {
    widgets: panels.length,
    metrics: panels.reduce((sum, { metricCount }) => sum + metricCount, 0),
    // Expressions are longer as JSON than in the body, and about as long as the names that take their place.
    characters: panels.reduce((sum, panel) => sum + JSON.stringify(panel).length, 0),
  };
}

function add(one: Room, other: Room): Room {
  return {
    widgets: one.widgets + other.widgets,
    metrics: one.metrics + other.metrics,
    characters: one.characters + other.characters,
  };
}

function fits(used: Room): boolean {
  return used.widgets <= ROOM.widgets && used.metrics <= ROOM.metrics && used.characters <= ROOM.characters;
}
