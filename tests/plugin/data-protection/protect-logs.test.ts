import { describe, expect, it } from 'vitest';
import { replayAlarms } from '../../../local/cloudwatch/replay-alarms.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { alarmsReport } from '../../../plugin/alarms-command/alarms-report.ts';
import { CATEGORIES, dataIdentifiers } from '../../../plugin/data-protection/data-identifiers.ts';
import { addPolicies, protectLogs } from '../../../plugin/data-protection/protect-logs.ts';
import { dataProtectionForStage } from '../../../plugin/settings/resolve-settings.ts';
import type { DataProtectionSettings, SloSettings } from '../../../plugin/settings/settings.ts';
import { CATEGORIES as REDACTED } from '../../../src/redaction/detectors/detector.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const OWN_POLICY = { Name: 'own', Version: '2021-06-01', Statement: [] };

/** Two functions with log groups, two that share one, one without, and one whose group has a policy of its own. */
const RESOURCES = {
  ...functionResources('Pay', 'pay'),
  ...functionResources('Get', 'get'),
  ...functionResources('First', 'first', { LoggingConfig: { LogGroup: { Ref: 'Shared' } } }),
  ...functionResources('Second', 'second', { LoggingConfig: { LogGroup: { Ref: 'Shared' } } }),
  Shared: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 14 } },
  ...functionResources('Else', 'else', { LoggingConfig: { LogGroup: 'made-elsewhere' } }),
  ...functionResources('Own', 'own'),
  OwnLogGroup: {
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: '/aws/lambda/shop-dev-own', DataProtectionPolicy: OWN_POLICY },
  },
};

function protect(settings: DataProtectionSettings, resources: Readonly<Record<string, unknown>> = RESOURCES) {
  const template = { Resources: { ...resources } as Record<string, { Properties: Record<string, unknown> }> };
  const protection = protectLogs(inventoryOf(resources), template, dataProtectionForStage(settings, 'dev'));
  addPolicies(template, protection.policies);
  Object.assign(template.Resources, protection.resources);
  const policyOf = (id: string) => template.Resources[id]?.Properties.DataProtectionPolicy;
  return { ...protection, template, policyOf };
}

function planned(settings: DataProtectionSettings, slo?: SloSettings) {
  const { inventory, template } = protect(settings);
  return { plan: planAlarms(inventory, undefined, slo), inventory, template };
}

function personalData(plan: ReturnType<typeof planAlarms>) {
  return plan.alarms.filter(({ id }) => id === 'function.personalData');
}

describe('data protection of the log groups', () => {
  it('is off by default: nothing is in the template, and nothing is watched', () => {
    for (const settings of [false, { stages: { dev: false } }] as const) {
      const { policies, resources, skipped, share, inventory, template } = protect(settings);
      expect(template).toEqual({ Resources: RESOURCES });
      expect([policies.size, resources, skipped, share]).toEqual([0, {}, [], 0]);
      expect(personalData(planAlarms(inventory))).toEqual([]);
    }
  });

  it('looks through each log group of the functions once, and reports to a log group of its own', () => {
    const { policies, policyOf, resources, template, share } = protect({
      categories: ['contact', 'network'],
    });
    const DataIdentifier = dataIdentifiers(['contact', 'network'], 'eu-west-1');
    const findings = { Ref: 'LanternFindingsLogGroup' };

    expect([...policies.keys()].sort()).toEqual(['GetLogGroup', 'PayLogGroup', 'Shared']);
    for (const id of policies.keys()) {
      expect(policyOf(id), id).toEqual({
        Name: 'lantern-shop-dev',
        Version: '2021-06-01',
        Statement: [
          {
            Sid: 'audit',
            DataIdentifier,
            Operation: { Audit: { FindingsDestination: { CloudWatchLogs: { LogGroup: findings } } } },
          },
        ],
      });
    }
    expect(resources).toEqual({
      LanternFindingsLogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/vendedlogs/shop-dev-findings', RetentionInDays: 365 },
      },
    });
    // What else the group says stays, and the findings themselves are not looked through.
    expect(template.Resources.Shared?.Properties.RetentionInDays).toBe(14);
    expect(policyOf('LanternFindingsLogGroup')).toBeUndefined();
    expect(share).toBeCloseTo(4 / 6);
  });

  it('changes nothing that it is given but the log groups it names', () => {
    const before = structuredClone(RESOURCES);
    protect(true);
    expect(RESOURCES).toEqual(before);
  });

  it('masks what it finds where that is asked for, by the same identifiers, and reports nowhere where that is not', () => {
    const { policyOf, resources } = protect({ deidentify: true, findings: false, categories: ['financial'] });
    const DataIdentifier = dataIdentifiers(['financial'], 'eu-west-1');

    expect(policyOf('PayLogGroup')).toMatchObject({
      Statement: [
        { DataIdentifier, Operation: { Audit: { FindingsDestination: {} } } },
        { DataIdentifier, Operation: { Deidentify: { MaskConfig: {} } } },
      ],
    });
    expect(resources).toEqual({});
  });

  it('names the functions whose logs it cannot protect, and why, also where there are no alarms', () => {
    const { skipped, policyOf, inventory } = protect(true);

    expect(skipped.map(({ id, resource }) => [id, resource.key])).toEqual([
      ['function.dataProtection', 'else'],
      ['function.dataProtection', 'own'],
    ]);
    expect(policyOf('OwnLogGroup')).toEqual(OWN_POLICY);
    const report = alarmsReport(inventory, { ...planAlarms(inventory, false), skipped });
    const text = report.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'function else, dataProtection: its log group is not in the template, so it is not protected',
    );
    expect(text).toContain(
      'function own, dataProtection: its log group OwnLogGroup has a DataProtectionPolicy of its own',
    );
  });

  it('does not reach what CloudFront runs, which logs in other regions, and adds nothing where nothing is protected', () => {
    const { skipped, resources, share } = protect(true, {
      ...functionResources('Edge', 'edge'),
      Site: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            DefaultCacheBehavior: {
              LambdaFunctionAssociations: [{ LambdaFunctionARN: { Ref: 'EdgeLambdaFunction' } }],
            },
          },
        },
      },
    });
    expect(skipped.map(({ why }) => why)).toEqual([expect.stringContaining('CloudFront runs it')]);
    expect([resources, share]).toEqual([{}, 0]);
  });

  it('leaves a log group alone whose class has no data protection, and takes one that says nothing else', () => {
    const { skipped, policyOf, template } = protect(true, {
      ...functionResources('Pay', 'pay', { LoggingConfig: { LogGroup: { Ref: 'Bare' } } }),
      Bare: { Type: 'AWS::Logs::LogGroup' },
      ...functionResources('Get', 'get', { LoggingConfig: { LogGroup: { Ref: 'Passing' } } }),
      Passing: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupClass: 'DELIVERY' } },
    });
    expect(skipped.map(({ resource, why }) => [resource.key, why])).toEqual([
      ['get', expect.stringContaining('Passing is of the class DELIVERY')],
    ]);
    expect(policyOf('Bare')).toBeDefined();
    expect(template.Resources.Passing?.Properties).toEqual({ LogGroupClass: 'DELIVERY' });
  });

  it('stays below the length of a policy that CloudWatch Logs takes, with all that there is', () => {
    const { policyOf } = protect({ deidentify: true });
    // "PutDataProtectionPolicy": up to 30,720 characters.
    expect(JSON.stringify(policyOf('PayLogGroup')).length).toBeLessThan(30_720);
  });
});

describe('the data identifiers', () => {
  it('have the categories of redaction, each with something to look for, and none twice', () => {
    expect(CATEGORIES).toEqual(REDACTED);
    const all = CATEGORIES.flatMap((category) => dataIdentifiers([category], 'eu-west-1'));
    for (const category of CATEGORIES) expect(dataIdentifiers([category], 'eu-west-1')).not.toEqual([]);
    expect(new Set(all).size).toBe(all.length);
    expect(dataIdentifiers(CATEGORIES, 'eu-west-1')).toEqual(all);
    for (const arn of all) {
      expect(arn).toMatch(/^arn:aws:dataprotection::aws:data-identifier\/[A-Z][A-Za-z]+(-[A-Z]{2})?$/);
    }
  });

  it('are the same however the categories are ordered or repeated, and those of China in China', () => {
    expect(dataIdentifiers(['network', 'contact', 'network'], 'eu-west-1')).toEqual(
      dataIdentifiers(['contact', 'network'], 'eu-west-1'),
    );
    expect(dataIdentifiers(['network'], 'cn-north-1')).toEqual([
      'arn:aws-cn:dataprotection::aws:data-identifier/IpAddress',
    ]);
  });
});

describe('the alarm on personal data in a log', () => {
  it('is put on each protected log group once, passes the check, and tells by itself, whatever else is promised', () => {
    const slo: SloSettings = { functions: { pay: { availability: 99.9 } } };
    for (const { plan, inventory } of [planned(true), planned(true, slo)]) {
      expect(checkAlarms(plan, inventory)).toEqual([]);
      expect(personalData(plan).map(({ resource, tells }) => [resource.key, tells])).toEqual([
        ['pay', 'each'],
        ['get', 'each'],
        ['first', 'each'],
      ]);
      const ids = personalData(plan).map(({ logicalId }) => logicalId);
      for (const { isRoot, children } of plan.composites) {
        if (!isRoot) expect(children.filter((child) => ids.includes(child))).toEqual([]);
      }
    }
  });

  it('is off where the settings say so', () => {
    expect(personalData(planned({ alarm: false }).plan)).toEqual([]);
  });

  it('is found wanting with a dimension that has no data', () => {
    const { plan, inventory } = planned(true);
    const other = inventory.functions.map(({ findingsPolicy, ...fn }) =>
      findingsPolicy === undefined ? fn : { ...fn, findingsPolicy: 'another' },
    );
    expect(checkAlarms(plan, { ...inventory, functions: other }).join('\n')).toContain(
      'LogEventsWithFindings has no data where PolicyName is lantern-shop-dev; for pay it is another',
    );
  });

  it.each([[{}], [{ PolicyName: 'lantern-shop-dev' }]])(
    'rings at the first finding in its log group, with the dimensions of the log group and %j, and is silent else',
    (more) => {
      const { plan, template } = planned(true);
      const notify = { AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:alarms'] };
      const alarms = alarmResources(plan, { each: notify, service: {}, page: {}, ticket: {} });
      const quiet = Array.from({ length: 10 }, () => null);
      const series = [
        {
          namespace: 'AWS/Logs',
          metricName: 'LogEventsWithFindings',
          dimensions: {
            DataProtectionOperation: 'Audit',
            LogGroupName: '/aws/lambda/shop-dev-pay',
            ...more,
          },
          start: new Date('2027-01-01T00:00:00Z'),
          minutes: [...quiet, [1], ...quiet],
        },
      ];
      const transitions = replayAlarms({ Resources: { ...template.Resources, ...alarms } }, series);
      const told = transitions.filter(({ to, notifies }) => to === 'ALARM' && notifies.length > 0);
      expect(told.map(({ alarm }) => alarm)).toEqual(['shop-dev-pay-personalData']);
    },
  );
});
