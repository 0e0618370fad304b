import { describe, expect, it } from 'vitest';
import { parseAlarmRule } from '../../../../local/cloudwatch/composite/alarm-rule.ts';
import type { PlannedAlarm } from '../../../../plugin/alarms/alarm-plan.ts';
import {
  independentFunctions,
  severalBurns,
  severalUnhealthy,
} from '../../../../plugin/alarms/voices/several-at-once.ts';
import { functionResources, inventoryOf } from '../../../helpers/inventory.ts';
import { connected, symptom } from './voice-parts.ts';

const SERVICE = { service: 'depot', stage: 'live' };

/** Whether a rule holds while just these are in ALARM. */
function holds(rule: string | undefined, ...ringing: readonly string[]): boolean {
  return parseAlarmRule(rule ?? '').holds((name) =>
    ringing.includes(name.replace('depot-live-', '')) ? 'ALARM' : 'OK',
  );
}

function window(key: string, minutes: number): PlannedAlarm {
  const alarm = symptom('function.burn', key);
  const name = `depot-live-${key}-burn-${minutes}m`;
  return { ...alarm, name, metric: { ...alarm.metric, period: minutes * 60 } };
}

describe('functions that fail at once', () => {
  const failing = (key: string) => [symptom('function.errors', key), symptom('function.timeouts', key)];

  it('are two or more: two symptoms of one are none, and one function alone has no such alarm', () => {
    const found = severalUnhealthy(SERVICE, ['weigh', 'load', 'sweep'].map(failing));
    expect(found).toMatchObject({ name: 'depot-live-severalUnhealthy', tells: 'each' });
    expect(holds(found?.rule, 'weigh-errors', 'weigh-timeouts')).toBe(false);
    expect(holds(found?.rule, 'weigh-errors', 'sweep-timeouts')).toBe(true);
    expect(severalUnhealthy(SERVICE, [failing('weigh')])).toBeUndefined();
  });

  it('are seen by their errors alone where there are too many for one rule, and not at all beyond that', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);
    const rule = severalUnhealthy(SERVICE, keys(40).map(failing))?.rule;
    expect(rule).toContain('f3-errors');
    expect(rule).not.toContain('timeouts');
    expect(severalUnhealthy(SERVICE, keys(101).map(failing))).toBeUndefined();
  });

  it('burn at once by the windows of an hour and of five minutes, of two of them', () => {
    const windows = ['weigh', 'load'].map((key) => [window(key, 60), window(key, 5), window(key, 360)]);
    const found = severalBurns(SERVICE, windows);
    expect(found?.tells).toBe('page');
    expect(holds(found?.rule, 'weigh-burn-60m', 'load-burn-60m')).toBe(false);
    expect(holds(found?.rule, 'weigh-burn-60m', 'load-burn-60m', 'weigh-burn-5m', 'load-burn-5m')).toBe(true);
    expect(found?.rule).not.toContain('360m');
    expect(severalBurns(SERVICE, windows.slice(1))).toBeUndefined();
  });

  it('are counted where nothing of the service explains them, in every deployment, and never the messenger', () => {
    const { WEIGHLambdaFunction: weigh, ...log } = functionResources('WEIGH', 'weigh');
    const inventory = inventoryOf({
      ...log,
      WEIGHLambdaFunction: { ...(weigh as object), Condition: 'IsProd' },
      ...['load', 'label', 'tell', 'sweep'].reduce(
        (all, key) => ({ ...all, ...functionResources(key.toUpperCase(), key) }),
        {},
      ),
    });
    const connections = connected({ calls: { label: [['function', 'load']] } });
    expect(independentFunctions(inventory, connections, 'tell')).toEqual(['load', 'sweep']);
  });
});
