import { describe, expect, it } from 'vitest';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import type { AlarmPlan } from '../../../plugin/alarms/alarm-plan.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const TAGS = [
  { Key: 'Owner', Value: 'payments' },
  { Key: 'runbook', Value: 'https://wiki.example.com/pay' },
  { Key: 'cost-centre', Value: '4711' },
];

/** The properties of the composites that are made for some resources, by what their names end in. */
function composites(resources: Readonly<Record<string, unknown>>) {
  const inventory = inventoryOf(resources);
  const plan = planAlarms(inventory);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  const made = Object.values(alarmResources(plan, planActions(inventory)));
  return Object.fromEntries(
    made
      .filter(({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm')
      .map(({ Properties }) => [String(Properties.AlarmName).replace('shop-dev-', ''), Properties]),
  );
}

function metricAlarms(plan: AlarmPlan) {
  const made = Object.values(alarmResources(plan, planActions(inventoryOf({}))));
  return made
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties: { AlarmName, AlarmDescription } }) => ({
      name: String(AlarmName),
      AlarmDescription,
    }));
}

function textOf(description: unknown): string {
  if (typeof description === 'string') return description;
  const [, parts] = (description as { 'Fn::Join': [string, readonly unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('');
}

describe('the message of an alarm where no code runs', () => {
  it('says in its first sentence what is wrong, then three things to look at, then whose it is', () => {
    const { 'pay-unhealthy': pay } = composites(functionResources('Pay', 'pay', { Tags: TAGS }));
    expect(textOf(pay?.AlarmDescription).split('\n')).toEqual([
      expect.stringMatching(/^The function pay is unhealthy: /),
      'Next:',
      '1. aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix shop-dev-pay- --region eu-west-1',
      '2. aws logs tail {"Ref":"PayLogGroup"} --since 30m --filter-pattern ERROR --region eu-west-1',
      '3. npx serverless deploy list --stage dev',
      'Owner: payments',
      'Runbook: https://wiki.example.com/pay',
    ]);
  });

  it('is the same of an alarm on metrics, which begins with the page of the console', () => {
    const inventory = inventoryOf({
      ...functionResources('Pay', 'pay', { Tags: TAGS }),
      Orders: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { TableName: 'orders', BillingMode: 'PAY_PER_REQUEST' },
      },
    });
    const plan = planAlarms(inventory, {}, { functions: { pay: { availability: 99.9 } } });
    expect(checkAlarms(plan, inventory)).toEqual([]);
    const made = alarmResources(plan, planActions(inventory));
    const stepsOf = (name: string): readonly string[] => {
      const alarm = Object.values(made).find(({ Properties }) => Properties.AlarmName === `shop-dev-${name}`);
      const lines = textOf(alarm?.Properties.AlarmDescription).split('\n');
      return lines.slice(lines.indexOf('Next:') + 1);
    };
    expect(stepsOf('pay-errors')).toEqual([
      expect.stringMatching(/^1\. https:\/\/eu-west-1\.console\.aws\.amazon\.com\/lambda\/home/),
      '2. aws logs tail {"Ref":"PayLogGroup"} --since 30m --filter-pattern ERROR --region eu-west-1',
      '3. npx serverless deploy list --stage dev',
      'Owner: payments',
      'Runbook: https://wiki.example.com/pay',
    ]);
    expect(stepsOf('Orders-throttles')).toEqual([
      expect.stringMatching(/^1\. https:.*dynamodbv2/),
      '2. aws cloudwatch describe-alarm-history --alarm-name shop-dev-Orders-throttles --history-item-type StateUpdate --region eu-west-1',
      '3. npx serverless deploy list --stage dev',
    ]);
    for (const { id, next } of plan.alarms) expect(next === undefined, id).toBe(/\.(burn|late)$/.test(id));
  });

  it('has owner and runbook as tags, which CloudWatch puts into its messages and events', () => {
    const { 'pay-unhealthy': pay } = composites(functionResources('Pay', 'pay', { Tags: TAGS }));
    expect(pay).toMatchObject({
      Tags: [
        { Key: 'owner', Value: 'payments' },
        { Key: 'runbook', Value: 'https://wiki.example.com/pay' },
      ],
      ActionConfiguration: { AlarmTagsPropagation: { Enabled: true } },
    });
    const { 'pay-unhealthy': untagged } = composites(functionResources('Pay', 'pay'));
    expect(untagged).not.toHaveProperty('Tags');
    expect(textOf(untagged?.AlarmDescription)).not.toMatch(/Owner|Runbook/);
  });

  it('keeps within what CloudWatch takes, however long the names and tags are, and keeps whose it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 256 }), (length, tag) => {
        const owner = 'o'.repeat(tag);
        const resources = functionResources('Pay', 'p'.repeat(length), {
          Tags: [{ Key: 'team', Value: owner }],
        });
        const made = composites(resources);
        const text = textOf(made[`${'p'.repeat(length)}-unhealthy`]?.AlarmDescription);
        expect(text).toContain(`Owner: ${owner.slice(0, 200)}`);
        expect(text.length).toBeLessThanOrEqual(1024);
        const plan = planAlarms(inventoryOf(resources));
        for (const { name, AlarmDescription } of metricAlarms(plan)) {
          const described = textOf(AlarmDescription);
          expect(described.length, name).toBeLessThanOrEqual(1024);
          expect(described, name).toMatch(/https:\/\//);
        }
      }),
      runs(30),
    );
  });
});

describe('whose an alarm is', () => {
  const STACK_TAGS = { Team: 'shop', RUNBOOK: 'https://wiki.example.com/shop', 'cost-centre': '4711' };
  const own = inventoryOf({
    ...functionResources('Pay', 'pay', { Tags: [{ Key: 'owner', Value: 'payments' }] }),
    ...functionResources('Get', 'get'),
    Work: { Type: 'AWS::SQS::Queue', Properties: {} },
  });

  it('is said by the tags of the stack where the resource says nothing itself, and of what is of the whole service', () => {
    const { alarms, composites: made, logAlarms } = planAlarms({ ...own, tags: STACK_TAGS }, { logs: true });
    const ownersOf = (name: string) => {
      const found = made.find((one) => one.name === `shop-dev-${name}`);
      return found?.tags;
    };
    const runbook = 'https://wiki.example.com/shop';
    expect(ownersOf('pay-unhealthy')).toEqual({ owner: 'payments', runbook });
    expect(ownersOf('get-unhealthy')).toEqual({ owner: 'shop', runbook });
    expect(ownersOf('severalUnhealthy')).toEqual({ owner: 'shop', runbook });
    expect(logAlarms[0]?.description).toMatch(/\nOwner: shop\nRunbook: https:\/\/wiki\.example\.com\/shop$/);
    const age = alarms.find(({ name }) => name === 'shop-dev-Work-age');
    expect(textOf(age?.next)).toMatch(/Owner: shop\nRunbook: /);
  });

  it('is not said without tags', () => {
    const { composites: made, logAlarms } = planAlarms(own, { logs: true });
    expect(made.find(({ name }) => name === 'shop-dev-get-unhealthy')?.tags).toBeUndefined();
    expect(logAlarms[0]?.description).not.toContain('Owner');
  });
});
