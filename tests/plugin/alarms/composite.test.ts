import { describe, expect, it } from 'vitest';
import { planComposites } from '../../../plugin/alarms/composite.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

const service = { service: 'shop', stage: 'dev' };

function symptoms(count: number, name = 'a') {
  return Array.from({ length: count }, (_, index) => ({
    name: `${name}-${index}`,
    logicalId: `Alarm${index}`,
    severity: 'symptom' as const,
  }));
}

describe('planComposites', () => {
  it('is in ALARM as soon as one symptom is, whatever the warnings say', () => {
    const warning = { name: 'w', logicalId: 'W', severity: 'warning' as const };
    expect(planComposites(service, [...symptoms(2), warning])).toMatchObject([
      {
        name: 'shop-dev-unhealthy',
        logicalId: 'LanternServiceUnhealthy',
        rule: 'ALARM("a-0") OR ALARM("a-1")',
        children: ['Alarm0', 'Alarm1'],
        isRoot: true,
      },
    ]);
    expect(planComposites(service, [warning])).toEqual([]);
  });

  it('becomes a tree where one rule would name more than a hundred alarms', () => {
    const composites = planComposites(service, symptoms(101));
    expect(composites.map(({ name, children }) => [name, children.length])).toEqual([
      ['shop-dev-unhealthy-1', 100],
      ['shop-dev-unhealthy-2', 1],
      ['shop-dev-unhealthy', 2],
    ]);
    expect(composites.at(-1)).toMatchObject({
      rule: 'ALARM("shop-dev-unhealthy-1") OR ALARM("shop-dev-unhealthy-2")',
      children: ['LanternServiceUnhealthy1', 'LanternServiceUnhealthy2'],
    });
  });

  it('keeps every rule within what CloudWatch takes, and leaves no symptom out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 350 }), fc.integer({ min: 1, max: 240 }), (count, length) => {
        const composites = planComposites(service, symptoms(count, 'x'.repeat(length)));
        const leaves = composites.filter(({ isRoot }) => !isRoot || composites.length === 1);
        expect(leaves.flatMap(({ children }) => children)).toEqual(
          symptoms(count).map((one) => one.logicalId),
        );
        for (const { rule, children } of composites) {
          expect(rule.length).toBeLessThanOrEqual(10_240);
          expect(children.length).toBeLessThanOrEqual(100);
        }
      }),
      runs(50),
    );
  });
});
