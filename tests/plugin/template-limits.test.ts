import { describe, expect, it } from 'vitest';
import { alarmResources } from '../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../plugin/alarms/plan-alarms.ts';
import {
  MAX_TEMPLATE_BYTES,
  resourceCountProblems,
  templateSizeProblems,
} from '../../plugin/template-limits.ts';
import { functionResources, inventoryOf } from '../helpers/inventory.ts';

function service(functions: number) {
  const resources = Object.assign(
    {},
    ...Array.from({ length: functions }, (_, index) => functionResources(`F${index}`, `f-${index}`)),
  ) as Record<string, unknown>;
  const plan = planAlarms(inventoryOf(resources));
  return {
    plan,
    resources: { ...resources, ...alarmResources(plan, { each: {}, service: {}, page: {}, ticket: {} }) },
  };
}

describe('the number of resources', () => {
  it('may be 500', () => {
    const { plan, resources } = service(50);
    expect(Object.keys(resources)).toHaveLength(555);
    expect(resourceCountProblems(Object.fromEntries(Object.entries(resources).slice(0, 500)), plan)).toEqual(
      [],
    );
    expect(resourceCountProblems(resources, plan)).not.toEqual([]);
  });

  it('is refused beyond, with what adds most, and how to have less', () => {
    const { plan, resources } = service(60);
    const text = resourceCountProblems(resources, plan).join('\n');
    expect(text).toMatch(
      /^the template has \d+ resources, \d+ more than the 500 that CloudFormation takes: 120 of the service/,
    );
    expect(text).toContain('361 alarms, 120 metric filters, 64 composite alarms');
    expect(text).toContain('most are added by: function.duration (60), function.errorRate (60)');
    expect(text).toContain('custom.lantern.alarms.defaults.function.memory: false');
  });
});

/** A template of so many bytes, as it is uploaded. */
function templateOf(bytes: number) {
  return { Resources: 'x'.repeat(bytes - '{"Resources":""}'.length) };
}

describe('the size of a template', () => {
  it('may be what CloudFormation takes', () => {
    expect(templateSizeProblems(templateOf(MAX_TEMPLATE_BYTES), {})).toEqual([]);
  });

  it('is refused beyond, with what the dashboards have of it and what to do', () => {
    expect(templateSizeProblems(templateOf(MAX_TEMPLATE_BYTES + 1), { a: 'ä' })).toEqual([
      'the template has 1000001 bytes, and CloudFormation takes 1000000; 10 of them are the dashboards. To have less, ' +
        'switch off the larger of them (custom.lantern.dashboards.resources: false), or split the service.',
    ]);
  });
});
