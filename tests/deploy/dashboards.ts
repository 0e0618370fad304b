import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { beforeAll, expect, it } from 'vitest';
import { inventoryOf } from './account.ts';
import type { Deployment } from './deployment.ts';
import { NAMES_OF_RESOURCES, resourceNames } from './resource-names.ts';

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly annotations?: { readonly alarms?: readonly string[] };
    readonly metrics?: ReadonlyArray<readonly unknown[]>;
  };
}

/** Reads the dashboards back, as CloudWatch would show them: every reference resolved. */
export function itHasItsDashboards(deployment: () => Deployment, stack: string): void {
  const [glance, resources] = [`${stack}-eu-west-1`, `${stack}-eu-west-1-resources`];
  const bodies = new Map<string, string>();
  const widgetsOf = (name: string): readonly Widget[] =>
    (JSON.parse(bodies.get(name) ?? '') as { widgets: Widget[] }).widgets;

  beforeAll(async () => {
    const { cloudWatch } = deployment().aws;
    for (const DashboardName of [glance, resources]) {
      const { DashboardBody = '' } = await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
      bodies.set(DashboardName, DashboardBody);
    }
  });

  it('has one dashboard to see it at a glance, and one to dig, and no other', async () => {
    const { dashboards } = await inventoryOf(deployment().aws);
    expect(dashboards).toEqual([glance, resources]);
    for (const name of [glance, resources]) expect(widgetsOf(name).length).toBeGreaterThan(10);
  });

  it('leaves no reference in the dashboards unresolved, and names its region', () => {
    for (const [name, body] of bodies) {
      expect(body.match(/\$\{[^}]*\}|"(?:Ref|Fn::\w+)":/g), name).toBeNull();
      const regions = widgetsOf(name).flatMap(({ properties }) => properties.region ?? []);
      expect(new Set(regions), name).toEqual(new Set(['eu-west-1']));
    }
  });

  it('shows every alarm at a glance, and none that is not there', async () => {
    const found = await deployment().aws.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const arns = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])].map(
      ({ AlarmArn }) => AlarmArn,
    );
    expect(arns.length).toBeGreaterThan(20);
    const shown = widgetsOf(glance).flatMap(({ properties }) => properties.alarms ?? []);
    // Those that are there for other alarms alone tell nothing by themselves.
    const telling = arns.filter((arn = '') => !/-(burn|late)-\d|-explained$/.test(arn));
    expect(shown.sort()).toEqual(telling.sort());
    const marked = widgetsOf(resources).flatMap(({ properties }) => properties.annotations?.alarms ?? []);
    expect(marked.filter((arn) => !arns.includes(arn))).toEqual([]);
  });

  it('draws metrics of what was deployed', async () => {
    const there = await resourceNames(deployment().aws);
    const named = [glance, resources]
      .flatMap(widgetsOf)
      .flatMap(({ properties }) => namesIn(properties.metrics ?? []));
    // The plugin's own topic is not part of what it watches.
    expect([...new Set(named), `${stack}-alarms`].sort()).toEqual([...there].sort());
  });
}

/** The values of the dimensions of a chart's metrics; `.` stands for what the metric above has in that place. */
function namesIn(metrics: ReadonlyArray<readonly unknown[]>): readonly string[] {
  let above: readonly unknown[] = [];
  return metrics.flatMap((written) => {
    if (typeof written[0] !== 'string') return [];
    const metric = written.map((part, index) => (part === '.' ? above[index] : part));
    above = metric;
    return metric.filter(
      (_, index) => index > 2 && index % 2 === 1 && NAMES_OF_RESOURCES.includes(String(metric[index - 1])),
    ) as string[];
  });
}
