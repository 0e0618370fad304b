import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckedDashboard } from '../plugin/dashboard/dashboard-checks.ts';
import { checkDashboard } from '../plugin/dashboard/dashboard-checks.ts';
import { resolveBody } from '../plugin/dashboard/resolve-body.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Estimate {
  readonly lines: ReadonlyArray<{ readonly what: string; readonly quantity: number }>;
  readonly total: { readonly full: number; readonly afterFree: number };
}

let project: ProjectCopy;
let resources: Readonly<Record<string, Resource>>;
let estimate: Estimate;
let dashboards: Readonly<Record<string, CheckedDashboard>>;

beforeAll(async () => {
  project = await copyProject();
  const args = [
    'alarms',
    '--cost',
    '--format',
    'json',
    '--requests-per-month',
    '10000000',
    '--stage',
    'prod',
  ];
  const run = runServerless(args, project.directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  estimate = JSON.parse(run.output().slice(run.output().indexOf('{'))) as Estimate;
  const packaging = runServerless(['package', '--stage', 'prod'], project.directory);
  if ((await packaging.exited) !== 0) throw new Error(packaging.output());
  const file = join(project.directory, '.serverless/cloudformation-template-update-stack.json');
  resources = (JSON.parse(await readFile(file, 'utf8')) as { Resources: typeof resources }).Resources;
  const declared = new Set(Object.keys(resources));
  dashboards = Object.fromEntries(
    ofType('AWS::CloudWatch::Dashboard').map(({ Properties }) => [
      String(Properties.DashboardName),
      checkDashboard(resolveBody(Properties.DashboardBody, declared)),
    ]),
  );
});
afterAll(() => project.remove());

function ofType(type: string): readonly Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

describe('the dashboards of the packaged shop', () => {
  it('are two, which refer to nothing but what the template has', () => {
    expect(Object.keys(dashboards)).toEqual([
      'order-shop-prod-eu-west-1',
      'order-shop-prod-eu-west-1-resources',
    ]);
  });

  it('show every alarm of the template but those that are there for other alarms alone', () => {
    const alarms = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::CompositeAlarm')].filter(
      ({ Properties }) => !/-(burn|late)-\d|-explained$/.test(String(Properties.AlarmName)),
    );

    expect(new Set(dashboards['order-shop-prod-eu-west-1']?.alarms).size).toBe(alarms.length);
  });

  it('cost nothing at a glance but for error budgets, because CloudWatch has dashboards of up to 50 metrics free', () => {
    const metrics = dashboards['order-shop-prod-eu-west-1']?.metrics ?? [];
    const ofBudgets = metrics.filter(({ style }) => /^(requests|failed|quick)\d+$/.test(String(style.id)));
    expect(ofBudgets).toHaveLength(8);
    expect(metrics.length - ofBudgets.length).toBeLessThanOrEqual(50);
  });

  it('have a section for each function', () => {
    const functions = dashboards['order-shop-prod-eu-west-1-resources']?.widgets.flatMap(
      ({ properties: { markdown = '' } }) => /^## Function ([\w-]+)/.exec(markdown)?.[1] ?? [],
    );

    expect(functions).toEqual(['create-order', 'get-order', 'fulfil-order', 'take-payment', 'on-alarm']);
  });
});

describe('serverless alarms --cost', () => {
  const quantity = (what: string) => estimate.lines.find((line) => line.what === what)?.quantity;

  it('counts what the template has', () => {
    expect(quantity('Composite alarms')).toBe(ofType('AWS::CloudWatch::CompositeAlarm').length);
    expect(quantity('Metrics made by metric filters')).toBe(ofType('AWS::Logs::MetricFilter').length);
    expect(quantity('Dashboards')).toBe(2);
    expect(quantity('Keys of KMS')).toBe(ofType('AWS::KMS::Key').length);
    expect(quantity('Traces recorded')).toBe(500_000);
  });

  it('counts each metric of each alarm', () => {
    const metrics = ofType('AWS::CloudWatch::Alarm').flatMap(
      ({ Properties }) =>
        (Properties.Metrics as ReadonlyArray<{ MetricStat?: unknown }> | undefined)?.filter(
          ({ MetricStat }) => MetricStat !== undefined,
        ) ?? [Properties],
    );

    expect(quantity('Metrics of alarms')).toBe(metrics.length);
  });
});
