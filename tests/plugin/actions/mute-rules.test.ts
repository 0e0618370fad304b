import { describe, expect, it } from 'vitest';
import { muteRuleResources } from '../../../plugin/actions/mute-rules.ts';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const inventory = inventoryOf(functionResources('Pay', 'pay'));
const WINDOW = { schedule: 'cron(0 2 * * SUN)', duration: '2h', timezone: 'Europe/Berlin' };

/** The names of alarms that a rule mutes. */
function mutedBy(properties: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (properties?.MuteTargets as { readonly AlarmNames: readonly string[] }).AlarmNames;
}

describe('the rules that mute alarms', () => {
  it('are one for each window, on every alarm that tells somebody', () => {
    const plan = planAlarms(inventory);
    const resources = muteRuleResources(inventory, plan, [
      WINDOW,
      { schedule: 'at(2027-01-31T22:00)', duration: '3d' },
    ]);
    expect(Object.keys(resources)).toEqual(['LanternAlarmMute1', 'LanternAlarmMute2']);
    expect(resources.LanternAlarmMute1?.Properties).toMatchObject({
      Name: 'shop-dev-mute-1',
      Rule: { Schedule: { Expression: 'cron(0 2 * * SUN)', Duration: 'PT2H', Timezone: 'Europe/Berlin' } },
    });
    expect(resources.LanternAlarmMute2?.Properties.Rule).toEqual({
      Schedule: { Expression: 'at(2027-01-31T22:00)', Duration: 'P3D' },
    });
    const acting = Object.values(alarmResources(plan, planActions(inventory, { from: 'both' }))).flatMap(
      ({ Properties }) => (Properties.AlarmActions === undefined ? [] : [Properties.AlarmName]),
    );
    expect(mutedBy(resources.LanternAlarmMute1?.Properties).toSorted()).toEqual(acting.toSorted());
  });

  it('name no more alarms than one may, and together all', () => {
    const many = inventoryOf(
      Object.assign(
        {},
        ...Array.from({ length: 120 }, (_, index) => functionResources(`F${index}`, `f${index}`)),
      ) as object as Record<string, unknown>,
    );
    const plan = planAlarms(many);
    const rules = Object.values(muteRuleResources(many, plan, [WINDOW])).map(({ Properties }) =>
      mutedBy(Properties),
    );
    expect(rules.every(({ length }) => length <= 100)).toBe(true);
    expect(new Set(rules.flat()).size).toBe(
      [...plan.alarms, ...plan.composites].filter(({ tells }) => tells).length,
    );
  });

  it('are none where nothing is planned', () => {
    expect(muteRuleResources(inventory, planAlarms(inventory), [])).toEqual({});
  });
});

describe('an alarm that warms up', () => {
  it('waits after a deployment as long as is set, and one of an error budget does not', () => {
    const plan = planAlarms(inventory, { warmUp: '2h' }, { functions: { pay: { availability: 99.9 } } });
    const resources = alarmResources(plan, planActions(inventory));
    expect(resources.LanternAlarmPayLambdaFunctionErrors?.Properties.WarmUpConfiguration).toEqual({
      WarmUpPeriodDurationInMinutes: 120,
    });
    expect(resources.LanternAlarmPayLambdaFunctionBurn1h?.Properties).not.toHaveProperty(
      'WarmUpConfiguration',
    );
  });
});
