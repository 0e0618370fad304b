import type { ResourceMap } from '../alarms/alarm-resources.ts';
import type { AlarmPlan } from '../alarms/alarm-spec.ts';
import { joinTexts } from '../alarms/console-links.ts';
import type { Inventory } from '../../local/template/index.ts';
import type { StageDashboardSettings } from '../settings/dashboard-settings.ts';
import type { Conditions } from './conditions.ts';
import type { Section } from './lay-out.ts';
import { DASHBOARD_LIMITS } from './limits.ts';
import { markdownLink } from './links.ts';
import { intoPages } from './pages.ts';
import { text } from './panels.ts';
import { renderBody } from './render-body.ts';
import { resourceSections } from './resource-sections.ts';
import type { Dashboard } from './service-dashboard.ts';
import { dashboardLink, dashboardOf, serviceDashboard } from './service-dashboard.ts';

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
    ...dashboardOf([[pageHeading(inventory, names, index)], ...page.map(({ panels }: Section) => panels)]),
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

function pageHeading({ service, stage, region }: Inventory, names: readonly string[], index: number) {
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
