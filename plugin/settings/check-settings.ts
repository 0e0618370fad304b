import { DEFAULTS } from '../alarms/defaults.ts';
import type { AlarmDefinition, Resources } from '../alarms/definition.ts';
import type { Inventory } from '../../local/template/index.ts';
import { isObject } from '../../local/template/index.ts';
import { checkActions } from './check-actions.ts';
import { checkNames, checkValue, expected } from './names.ts';
import { suggestion } from './nearest-name.ts';
import type { ValueCheck } from './value-checks.ts';
import * as values from './value-checks.ts';

const ROOT = 'custom.lantern.alarms';

/**
 * Looks for mistakes in `custom.lantern.alarms`, which is whatever stands in `serverless.yml`. Pure.
 *
 * @returns one sentence per mistake, each beginning with its path; empty when there is none.
 */
export function checkSettings(settings: unknown, inventory: Inventory): readonly string[] {
  if (settings === undefined || typeof settings === 'boolean') return [];
  return checkLevel(settings, ROOT, inventory, ['stages']);
}

/** The settings themselves, or those of a stage, which have no stages of their own. */
function checkLevel(
  settings: unknown,
  path: string,
  inventory: Inventory,
  further: readonly string[],
): readonly string[] {
  const known = ['defaults', 'functions', 'resources', 'composite', 'actions', ...further];
  return checkNames(settings, path, known, 'setting', (name, value, at) => {
    switch (name) {
      case 'defaults':
        return checkNames(value, at, Object.keys(DEFAULTS), 'kind of resource', (kind, alarms, inner) =>
          checkAlarmSettings(alarms, inner, kind as keyof Resources),
        );
      case 'functions':
        return checkFunctions(value, at, inventory);
      case 'resources':
        return checkResources(value, at, inventory);
      case 'stages':
        return checkStages(value, at, inventory);
      case 'actions':
        return checkActions(value, at, inventory);
      default:
        return checkValue(value, at, values.aBoolean);
    }
  });
}

function checkStages(stages: unknown, path: string, inventory: Inventory): readonly string[] {
  if (!isObject(stages)) return [expected(path, 'settings by name of a stage', stages)];
  return Object.entries(stages).flatMap(([stage, settings]) =>
    typeof settings === 'boolean' ? [] : checkLevel(settings, `${path}.${stage}`, inventory, []),
  );
}

function checkFunctions(functions: unknown, path: string, inventory: Inventory): readonly string[] {
  const keys = inventory.functions.map(({ key }) => key);
  return checkNames(functions, path, keys, 'function', (_key, alarms, at) =>
    checkAlarmSettings(alarms, at, 'function'),
  );
}

function checkResources(resources: unknown, path: string, inventory: Inventory): readonly string[] {
  const kinds = new Map<string, keyof Resources>([
    ...inventory.queues.map(({ key }) => [key, 'queue'] as const),
    ...inventory.topics.map(({ key }) => [key, 'topic'] as const),
    ...inventory.tables.map(({ key }) => [key, 'table'] as const),
    ...inventory.apis.map(({ key }) => [key, 'api'] as const),
    ...inventory.rules.map(({ key }) => [key, 'rule'] as const),
    ...inventory.schedules.map(({ key }) => [key, 'schedule'] as const),
    ...inventory.stateMachines.map(({ key }) => [key, 'stateMachine'] as const),
  ]);
  const functions = inventory.functions.map(({ key }) => key);
  if (!isObject(resources)) return [expected(path, 'settings by logical id', resources)];
  return Object.entries(resources).flatMap(([key, alarms]) => {
    const at = `${path}.${key}`;
    const kind = kinds.get(key);
    if (kind !== undefined) return checkAlarmSettings(alarms, at, kind);
    return functions.includes(key)
      ? [`${at}: this is a function; its settings stand in functions.${key}`]
      : [`${at}: the template has no such resource that can be watched${suggestion(key, [...kinds.keys()])}`];
  });
}

function checkAlarmSettings(alarms: unknown, path: string, kind: keyof Resources): readonly string[] {
  if (typeof alarms === 'boolean') return [];
  const definitions: ReadonlyArray<Omit<AlarmDefinition, 'plan'>> = DEFAULTS[kind];
  const names = definitions.map(({ name }) => name);
  return checkNames(alarms, path, names, `alarm of a ${kind}`, (name, setting, at) => {
    if (typeof setting === 'boolean') return [];
    const tuning = definitions.find((definition) => definition.name === name)?.tuning ?? {};
    const known = Object.keys(TUNING_CHECKS).filter(
      (option) => !DERIVED.includes(option) || option in tuning,
    );
    return checkNames(setting, at, known, 'option of this alarm', (option, value, inner) =>
      checkValue(value, inner, TUNING_CHECKS[option] ?? values.aNumber),
    );
  });
}

/** Only where the default has them: not every threshold is a part of a limit, nor guarded by a count. */
const DERIVED: readonly string[] = ['share', 'minimum'];

const TUNING_CHECKS: Readonly<Record<string, ValueCheck>> = {
  threshold: values.aNumber,
  share: values.aShare,
  minimum: values.aCount,
  statistic: values.aStatistic,
  period: values.aPeriod,
  evaluationPeriods: values.aPositiveCount,
  datapointsToAlarm: values.aPositiveCount,
  treatMissingData: values.oneOf(['missing', 'ignore', 'breaching', 'notBreaching']),
  anomaly: values.aPositiveNumber,
};
