import { describe, expect, it } from 'vitest';
import { alarmResources } from '../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../plugin/alarms/plan-alarms.ts';
import { resourceLimitProblems } from '../../plugin/resource-limit.ts';
import { functionResources, inventoryOf } from '../helpers/inventory.ts';

function service(functions: number) {
  const resources = Object.assign(
    {},
    ...Array.from({ length: functions }, (_, index) => functionResources(`F${index}`, `f-${index}`)),
  ) as Record<string, unknown>;
  const plan = planAlarms(inventoryOf(resources));
  return { plan, resources: { ...resources, ...alarmResources(plan, { each: {}, composite: {} }) } };
}

describe('resourceLimitProblems', () => {
  it('says nothing up to 500 resources', () => {
    const { plan, resources } = service(50);
    expect(Object.keys(resources)).toHaveLength(505);
    expect(resourceLimitProblems(Object.fromEntries(Object.entries(resources).slice(0, 500)), plan)).toEqual(
      [],
    );
    expect(resourceLimitProblems(resources, plan)).not.toEqual([]);
  });

  it('says how many there are, what adds most, and how to have less', () => {
    const { plan, resources } = service(60);
    const text = resourceLimitProblems(resources, plan).join('\n');
    expect(text).toMatch(
      /^the template has \d+ resources, \d+ more than the 500 that CloudFormation takes: 120 of the service/,
    );
    expect(text).toContain('361 alarms, 120 metric filters, 4 composite alarms');
    expect(text).toContain('most are added by: function.duration (60), function.errorRate (60)');
    expect(text).toContain('custom.lantern.alarms.defaults.function.memory: false');
  });
});
