import { describe, expect, it } from 'vitest';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { conditionsOf } from '../../../plugin/dashboard/render-body.ts';
import { dashboardResources, planDashboards } from '../../../plugin/dashboard/plan-dashboards.ts';
import { inventoryOf, readTemplate } from '../../helpers/inventory.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { BOTH, checked } from './checked-dashboards.ts';
import type { CheckedDashboard } from './dashboard-checks.ts';
import { alarmOn, EMPTY, everything, FULL_FUNCTION, functionNamed, NO_ALARMS } from './inventories.ts';
import { alarmArn } from './resolve-body.ts';
import { services } from './services.ts';

describe('the dashboards of any service', () => {
  it('are what CloudWatch takes, and show every alarm', () => {
    fc.assert(
      fc.property(services, ({ inventory, plan }) => {
        const { LanternServiceDashboard: glance, ...dig } = checked(inventory, plan);
        const alarms = plan.alarms.map(({ logicalId }) => alarmArn(logicalId));

        expect(glance?.alarms).toEqual(expect.arrayContaining(alarms));
        const charted = Object.values(dig).flatMap(({ alarms: own }) => own);
        const drawn = Object.values(dig).flatMap(({ widgets }) =>
          widgets.flatMap(({ properties }) => properties.annotations?.horizontal ?? []),
        );
        const thresholds = drawn.filter(({ label }) => label.startsWith('alarm '));
        expect(charted.length + thresholds.length).toBe(alarms.length);
      }),
      runs(25),
    );
  });

  it('count the metrics that CloudWatch reads', () => {
    fc.assert(
      fc.property(services, ({ inventory }) => {
        const dashboards = checked(inventory, NO_ALARMS);
        for (const { logicalId, metricCount } of planDashboards(inventory, NO_ALARMS, BOTH)) {
          expect(dashboards[logicalId]?.metrics).toHaveLength(metricCount);
        }
      }),
      runs(5),
    );
  });

  it('have every function and resource in a section, over as many dashboards as it takes', () => {
    const functions = Array.from({ length: 120 }, (_, index) => functionNamed(`fn${index}`, FULL_FUNCTION));
    const dashboards = checked(everything(functions), NO_ALARMS, {
      settings: { service: false, resources: true },
    });

    const sections = Object.values(dashboards).flatMap(({ widgets }) =>
      widgets.flatMap(({ properties: { markdown = '' } }) => /^## Function (\w+)/.exec(markdown)?.[1] ?? []),
    );
    expect(Object.keys(dashboards).length).toBeGreaterThan(1);
    expect(sections).toEqual(functions.map(({ key }) => key));
    for (const { widgets } of Object.values(dashboards)) {
      expect(widgets[0]?.properties.markdown).toMatch(/page \d of \d, because a dashboard holds 500 widgets/);
    }
  });

  it('say what is left out at a glance', () => {
    const functions = Array.from({ length: 103 }, (_, index) => functionNamed(`fn${index}`));
    const { LanternServiceDashboard: glance } = checked({ ...EMPTY, functions }, NO_ALARMS);

    expect(glance?.widgets.map(({ properties }) => properties.markdown)).toContainEqual(
      expect.stringContaining('Left out here: 3 of 103 functions'),
    );
  });
});

describe('the dashboards', () => {
  it.each([
    [{ service: true, resources: true }, ['LanternServiceDashboard', 'LanternResourcesDashboard']],
    [{ service: true, resources: false }, ['LanternServiceDashboard']],
    [{ service: false, resources: true }, ['LanternResourcesDashboard']],
    [{ service: false, resources: false }, []],
  ])('are with %j %j', (settings, expected) => {
    const inventory = everything([functionNamed('pay')]);

    expect(planDashboards(inventory, NO_ALARMS, settings).map(({ logicalId }) => logicalId)).toEqual(
      expected,
    );
  });

  it('have the region in their names, because dashboards belong to the account', () => {
    const inventory = { ...everything([functionNamed('pay')]), service: 'order.shop' };

    expect(planDashboards(inventory, NO_ALARMS, BOTH).map(({ name }) => name)).toEqual([
      'order-shop-dev-eu-west-1',
      'order-shop-dev-eu-west-1-resources',
    ]);
  });

  it('are one for a service without anything to dig in', () => {
    expect(Object.keys(checked(EMPTY, NO_ALARMS))).toEqual(['LanternServiceDashboard']);
  });
});

describe('a resource that is deployed under a condition', () => {
  const pay = functionNamed('pay', { condition: 'IsProduction' });
  const inventory = { ...EMPTY, functions: [pay, functionNamed('get')] };
  const plan = {
    ...NO_ALARMS,
    alarms: [alarmOn(pay, { metricName: 'Duration', statistic: 'Average' }, { condition: 'IsProduction' })],
  };
  const conditions = new Map([
    ['payFunction', 'IsProduction'],
    ['payLogGroup', 'IsProduction'],
  ]);

  it('is never referred to without its condition', () => {
    const rendered = dashboardResources(planDashboards(inventory, plan, BOTH), conditions);
    const bodies = Object.values(rendered).map(({ Properties }) => Properties.DashboardBody as Sub);

    for (const {
      'Fn::Sub': [text, variables],
    } of bodies) {
      expect(text).not.toMatch(/\$\{pay/);
      expect(text).toContain('${getFunction}');
      expect(Object.values(variables)).toContainEqual({
        'Fn::If': ['IsProduction', { Ref: 'payFunction' }, 'not-deployed'],
      });
    }
  });

  it('is said to be so, and left out of the query that would fail without its log group', () => {
    const dashboards = checked(inventory, plan, { conditions });
    const texts = Object.values(dashboards).map(({ text }) => text);

    expect(texts[1]).toContain('deployed only where IsProduction holds');
    expect(texts[0]).toContain('Traced invocations of this service, without 1 of 2 functions');
    expect(texts[0]).not.toContain("SOURCE 'payLogGroup");
  });

  it('has its alarms by name, because there is no ARN to ask for', () => {
    expect(checked(inventory, plan, { conditions }).LanternResourcesDashboard?.alarms).toEqual([
      'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:shop-dev-pay-Duration',
    ]);
  });
});

interface Sub {
  readonly 'Fn::Sub': readonly [string, Readonly<Record<string, unknown>>];
}
describe.each(['shop', 'every-event'] as const)('the template %s', (name) => {
  const template = readTemplate(name);
  const inventory = inventoryOf(template.Resources);
  const plan = planAlarms(inventory);
  const alarms = [...plan.alarms, ...plan.composites].map(({ logicalId }) => logicalId);
  const declared = new Set([...Object.keys(template.Resources), ...alarms]);
  const { LanternServiceDashboard: glance, LanternResourcesDashboard: dig } = checked(inventory, plan, {
    conditions: conditionsOf(template),
    declared,
  });

  it('gets dashboards that refer to what it has, with every alarm', () => {
    const arns = [
      ...plan.alarms.map(({ condition, name: own, logicalId }) =>
        alarmArn(condition === undefined ? logicalId : own),
      ),
      ...plan.composites
        .filter(({ isPart }) => isPart !== true)
        .map(({ condition, name: own, logicalId }) => alarmArn(condition === undefined ? logicalId : own)),
    ];

    expect(glance?.alarms.toSorted()).toEqual(arns.toSorted());
  });

  it('has every alarm by which a function is watched on a chart of that function', () => {
    for (const { key } of inventory.functions) {
      const own = plan.alarms.filter(({ resource }) => resource.kind === 'function' && resource.key === key);
      const section = sectionOf(dig, `## Function ${key}`);
      const drawn = section.flatMap(({ properties: { annotations } }) => annotations?.horizontal ?? []);
      const thresholds = drawn.filter(({ label }) => label.startsWith('alarm '));
      const charts = section.flatMap(({ properties: { annotations } }) => annotations?.alarms ?? []);

      expect(thresholds.length + charts.length).toBe(own.length);
      expect(own.length).toBeGreaterThan(3);
    }
  });
});

/** The widgets below a heading, down to the next one. */
function sectionOf(dashboard: CheckedDashboard | undefined, heading: string): CheckedDashboard['widgets'] {
  const widgets = dashboard?.widgets ?? [];
  const start = widgets.findIndex(({ properties }) => properties.markdown?.startsWith(heading));
  const rest = widgets.slice(start + 1);
  const end = rest.findIndex(({ properties }) => properties.markdown !== undefined);
  return end === -1 ? rest : rest.slice(0, end);
}
