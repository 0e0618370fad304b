import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../plugin/alarms/defaults.ts';
import {
  dashboardsForStage,
  dataProtectionForStage,
  resolveAlarm,
  settingsForStage,
} from '../../../plugin/settings/resolve-settings.ts';
import type { StageAlarmSettings } from '../../../plugin/settings/settings.ts';

function definition(name: string) {
  const found = DEFAULTS.function.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function duration(settings: StageAlarmSettings, key = 'pay') {
  return resolveAlarm(settings, 'function', key, definition('duration'));
}

describe('settingsForStage', () => {
  it('has alarms where nothing is said, and none where the answer is no', () => {
    expect(settingsForStage(undefined, 'dev')).toEqual({});
    expect(settingsForStage(true, 'dev')).toEqual({});
    expect(settingsForStage(false, 'dev')).toBe(false);
    expect(settingsForStage({ stages: { dev: false } }, 'dev')).toBe(false);
    expect(settingsForStage({ stages: { dev: false } }, 'prod')).toEqual({});
  });

  it('lays the stage over the rest, name by name, and changes neither', () => {
    const settings = Object.freeze({
      functions: Object.freeze({ pay: { duration: { share: 0.5, period: 120 } }, get: false }),
      stages: { prod: { functions: { pay: { duration: { share: 0.25 } } }, composite: false } },
    });
    expect(settingsForStage(settings, 'prod')).toEqual({
      functions: { pay: { duration: { share: 0.25, period: 120 } }, get: false },
      composite: false,
    });
    expect(settings.functions.pay.duration.share).toBe(0.5);
  });

  it('knows no stage that is only a name of every object', () => {
    expect(settingsForStage({ stages: {}, composite: true }, 'constructor')).toEqual({ composite: true });
  });
});

describe('resolveAlarm', () => {
  it('takes the numbers of the defaults, of the kind, and of the resource, each over the one before', () => {
    const settings = {
      defaults: { function: { duration: { share: 0.5, evaluationPeriods: 10 } } },
      functions: { pay: { duration: { share: 0.25 } } },
    };
    expect(duration({})).toEqual({ tuning: definition('duration').tuning, overridden: [] });
    expect(duration(settings, 'other')).toMatchObject({ tuning: { share: 0.5, evaluationPeriods: 10 } });
    expect(duration(settings)).toMatchObject({
      tuning: { share: 0.25, evaluationPeriods: 10, statistic: 'p99' },
      overridden: ['share', 'evaluationPeriods'],
    });
  });

  it('switches off and on again, by alarm and by resource', () => {
    expect(duration({ defaults: { function: false } })).toBe('off');
    expect(duration({ functions: { pay: false } })).toBe('off');
    expect(duration({ functions: { pay: { duration: false } } })).toBe('off');
    expect(
      duration({
        defaults: { function: { duration: false } },
        functions: { pay: { duration: true } },
      }),
    ).toMatchObject({ overridden: [] });
    expect(resolveAlarm({}, 'function', 'pay', definition('coldStarts'))).toBe('off');
    expect(
      resolveAlarm(
        { functions: { pay: { coldStarts: { threshold: 5 } } } },
        'function',
        'pay',
        definition('coldStarts'),
      ),
    ).toMatchObject({ tuning: { threshold: 5, minimum: 100 } });
  });

  it('lets a share of one function take the place of a threshold for all', () => {
    const resolved = duration({
      defaults: { function: { duration: { threshold: 1000 } } },
      functions: { pay: { duration: { share: 0.25 } } },
    });
    expect(resolved).toMatchObject({ tuning: { share: 0.25 }, overridden: ['share'] });
    expect(resolved).not.toHaveProperty('tuning.threshold');
  });

  it('asks for no more datapoints than there are periods, unless told so', () => {
    expect(duration({ functions: { pay: { duration: { evaluationPeriods: 1 } } } })).toMatchObject({
      tuning: { evaluationPeriods: 1, datapointsToAlarm: 1 },
    });
  });

  it('never changes the defaults, which cannot be changed', () => {
    const before = JSON.stringify(DEFAULTS);
    duration({ functions: { pay: { duration: { share: 0.1 } } } });
    expect(JSON.stringify(DEFAULTS)).toBe(before);
    expect(() => {
      (definition('duration').tuning as { share: number }).share = 1;
    }).toThrow(TypeError);
  });
});

const both = { service: true, resources: true };
const none = { service: false, resources: false };

describe('the dashboards of a stage', () => {
  it.each([
    [undefined, true, both],
    [undefined, false, none],
    [true, false, both],
    [false, true, none],
    [{}, false, both],
    [{ resources: false }, true, { service: true, resources: false }],
    [{ stages: { dev: false } }, true, none],
    [{ stages: { prod: false } }, true, both],
    [{ resources: false, stages: { dev: true } }, true, { service: true, resources: false }],
    [{ resources: false, stages: { dev: { resources: true } } }, true, both],
    [{ stages: { dev: { service: false } } }, true, { service: false, resources: true }],
  ])('with %j, and alarms %j, are %j', (settings, hasAlarms, expected) => {
    expect(dashboardsForStage(settings, 'dev', hasAlarms)).toEqual(expected);
  });
});

describe('dataProtectionForStage', () => {
  const all = ['credentials', 'contact', 'identity', 'financial', 'health', 'location', 'network'];

  it.each([
    [undefined, false],
    [false, false],
    [{ stages: { dev: false } }, false],
    [true, { categories: all, retention: 365, deidentify: false, alarm: true }],
    [{ findings: false }, { categories: all, retention: undefined, deidentify: false, alarm: true }],
    [{ findings: {} }, { categories: all, retention: 365, deidentify: false, alarm: true }],
    [
      {
        findings: { retention: 30 },
        stages: { dev: { categories: ['contact' as const], deidentify: true } },
      },
      { categories: ['contact'], retention: 30, deidentify: true, alarm: true },
    ],
    [
      { findings: { retention: 30 }, stages: { dev: { findings: true, alarm: false }, prod: false } },
      { categories: all, retention: 30, deidentify: false, alarm: false },
    ],
  ])('makes of %j in the stage dev what is looked for, and what comes of it', (settings, choice) => {
    expect(dataProtectionForStage(settings, 'dev')).toEqual(choice);
  });
});
