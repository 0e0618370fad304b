import type { AlarmPlan } from '../../../plugin/alarms/alarm-plan.ts';
import type { Conditions } from '../../../plugin/dashboard/render-body.ts';
import { dashboardResources, planDashboards } from '../../../plugin/dashboard/plan-dashboards.ts';
import type { Inventory } from '../../../local/template/index.ts';
import type { CheckedDashboard } from './dashboard-checks.ts';
import { checkDashboard } from './dashboard-checks.ts';
import { resolveBody } from './resolve-body.ts';

export const BOTH = { service: true, resources: true };

interface CheckedOptions {
  readonly settings?: typeof BOTH;
  readonly conditions?: Conditions;
  /** Logical ids that the dashboards may refer to; any without it. */
  readonly declared?: ReadonlySet<string>;
}

/** The dashboards of a service by logical id, read as CloudWatch would. */
export function checked(
  inventory: Inventory,
  plan: AlarmPlan,
  { settings = BOTH, conditions, declared }: CheckedOptions = {},
): Readonly<Record<string, CheckedDashboard>> {
  return Object.fromEntries(
    Object.entries(dashboardResources(planDashboards(inventory, plan, settings), conditions)).map(
      ([logicalId, { Properties }]) => [
        logicalId,
        checkDashboard(resolveBody(Properties.DashboardBody, declared)),
      ],
    ),
  );
}
