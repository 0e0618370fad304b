import { isObject } from 'lambda-lantern-local/template';
import type { DefaultAlarm, Tuning } from '../alarms/default-alarm.ts';
import type { ResourceKind } from '../alarms/resource-kinds.ts';
import type { DataCategory } from '../data-protection/data-identifiers.ts';
import { CATEGORIES } from '../data-protection/data-identifiers.ts';
import type {
  AlarmSetting,
  AlarmSettings,
  DashboardSettings,
  DataProtectionSettings,
  ResourceSettings,
  SloSettings,
  StageAlarmSettings,
  StageDashboardSettings,
  StageDataProtectionSettings,
  StageSloSettings,
} from './settings.ts';

/**
 * The settings of one stage: `stages.<stage>` laid over the rest, name by name; `false` where there are to be no alarms.
 * Nothing that is given is changed.
 */
export function settingsForStage(
  settings: AlarmSettings | undefined,
  stage: string,
): false | StageAlarmSettings {
  if (settings === false) return false;
  if (settings === true || settings === undefined) return {};
  const { stages = {}, ...base } = settings;
  const own = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (own === false) return false;
  return own === true || own === undefined ? base : (layOver(base, own) as StageAlarmSettings);
}

/** The error budgets of one stage, in the same manner; none where it is `false`. */
export function sloForStage({ stages = {}, ...base }: SloSettings = {}, stage: string): StageSloSettings {
  const own = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  return own === false ? {} : (layOver(base, own) as StageSloSettings);
}

/** Objects are merged name by name; of anything else the upper one counts, but `true` says no more than "on". */
function layOver(lower: unknown, upper: unknown): unknown {
  if (upper === undefined || (upper === true && isObject(lower))) return lower;
  if (!isObject(lower) || !isObject(upper)) return upper;
  // A share above a threshold is meant to take its place.
  const replaced = 'share' in upper && !('threshold' in upper) ? ['threshold'] : [];
  const names = new Set([...Object.keys(lower), ...Object.keys(upper)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => !replaced.includes(name))
      .map((name) => [name, layOver(lower[name], upper[name])]),
  );
}

export interface ResolvedAlarm {
  readonly tuning: Tuning;
  /** The names of what the settings give. */
  readonly overridden: readonly string[];
}

/** The numbers of an alarm on a resource: of the defaults, of its kind, learned, of itself, each over the one before. */
export function resolveAlarm(
  settings: StageAlarmSettings,
  kind: ResourceKind,
  key: string,
  definition: Pick<DefaultAlarm, 'name' | 'on' | 'tuning'>,
): ResolvedAlarm | 'off' {
  const own = kind === 'function' ? settings.functions : settings.resources;
  const learned = kind === 'function' ? settings.learned : undefined;
  const layers = [settings.defaults?.[kind], named(learned, key), named(own, key)];
  let resolved: AlarmSetting = definition.on;
  for (const layer of layers) resolved = settingIn(layer, definition.name, resolved);
  if (resolved === false) return 'off';
  const given = resolved === true ? {} : resolved;
  const tuning = { ...definition.tuning, ...given };
  // Fewer periods than datapoints were asked of the default: all of them, then.
  const datapointsToAlarm =
    given.datapointsToAlarm ?? Math.min(tuning.datapointsToAlarm, tuning.evaluationPeriods);
  return { tuning: { ...tuning, datapointsToAlarm }, overridden: Object.keys(given) };
}

function named(
  settings: Readonly<Record<string, ResourceSettings>> | undefined,
  key: string,
): ResourceSettings | undefined {
  return settings !== undefined && Object.hasOwn(settings, key) ? settings[key] : undefined;
}

function settingIn(layer: ResourceSettings | undefined, alarm: string, below: AlarmSetting): AlarmSetting {
  if (layer === undefined || layer === true) return below;
  if (layer === false) return false;
  const setting = Object.hasOwn(layer, alarm) ? layer[alarm] : undefined;
  return layOver(below, setting) as AlarmSetting;
}

/**
 * Which dashboards a stage gets: `stages.<stage>` laid over the rest.
 *
 * @param hasAlarms whether the stage has any; without settings of their own, dashboards go with the alarms.
 */
export function dashboardsForStage(
  settings: DashboardSettings | undefined,
  stageName: string,
  hasAlarms: boolean,
): Required<StageDashboardSettings> {
  if (settings === undefined) return both(hasAlarms);
  if (typeof settings === 'boolean') return both(settings);
  const { stages = {}, ...base } = settings;
  const own = Object.hasOwn(stages, stageName) ? stages[stageName] : undefined;
  if (own === false) return both(false);
  return { ...both(true), ...base, ...(typeof own === 'object' && own) };
}

function both(on: boolean): Required<StageDashboardSettings> {
  return { service: on, resources: on };
}

/** What is looked for in the logs of a stage, and what comes of a finding. */
export interface DataProtectionChoice {
  readonly categories: readonly DataCategory[];
  /** Days for which reports of findings are kept; undefined where there are to be none. */
  readonly retention: number | undefined;
  readonly deidentify: boolean;
  readonly alarm: boolean;
}

/** Findings are evidence: what an auditor asks for is about the last year. Days. */
const FINDINGS_RETENTION = 365;

/** Data protection of one stage: `stages.<stage>` laid over the rest; `false` where nobody asked for it. */
export function dataProtectionForStage(
  settings: DataProtectionSettings | undefined,
  stage: string,
): false | DataProtectionChoice {
  if (settings === undefined || settings === false) return false;
  const { stages = {}, ...base } = settings === true ? {} : settings;
  const own = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (own === false) return false;
  const {
    categories = CATEGORIES,
    findings = true,
    deidentify = false,
    alarm = true,
  } = layOver(base, own) as StageDataProtectionSettings;
  const { retention = FINDINGS_RETENTION } = typeof findings === 'boolean' ? {} : findings;
  return { categories, retention: findings === false ? undefined : retention, deidentify, alarm };
}
