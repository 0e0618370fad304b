import { isObject } from '../../local/template/index.ts';
import { checkNames, checkValue, expected } from './names.ts';
import { aBoolean } from './value-checks.ts';

/** `custom.lantern.dashboards`: `false` for none at all. */
export type DashboardSettings =
  | boolean
  | (StageDashboardSettings & {
      /** Laid over the rest while this stage is deployed; `false` for no dashboards in it. */
      readonly stages?: Readonly<Record<string, boolean | StageDashboardSettings>>;
    });

export interface StageDashboardSettings {
  /**
   * The service at a glance.
   *
   * @default true
   */
  readonly service?: boolean;
  /**
   * Every function and resource by itself.
   *
   * @default true
   */
  readonly resources?: boolean;
}

/** JSON schema of the form, which the framework checks; names are left to `checkDashboardSettings`. */
export const DASHBOARD_SETTINGS_SCHEMA = { anyOf: [{ type: 'boolean' }, { type: 'object' }] } as const;

const ROOT = 'custom.lantern.dashboards';
const NAMES = ['service', 'resources'];

/**
 * Looks for mistakes in `custom.lantern.dashboards`, which is whatever stands in `serverless.yml`. Pure.
 *
 * @returns one sentence per mistake, each beginning with its path; empty when there is none.
 */
export function checkDashboardSettings(settings: unknown): readonly string[] {
  if (settings === undefined || typeof settings === 'boolean') return [];
  return checkNames(settings, ROOT, [...NAMES, 'stages'], 'setting', (name, value, at) =>
    name === 'stages' ? checkStages(value, at) : checkValue(value, at, aBoolean),
  );
}

function checkStages(stages: unknown, path: string): readonly string[] {
  if (!isObject(stages)) return [expected(path, 'settings by name of a stage', stages)];
  return Object.entries(stages).flatMap(([stage, settings]) =>
    typeof settings === 'boolean'
      ? []
      : checkNames(settings, `${path}.${stage}`, NAMES, 'setting', (_name, value, at) =>
          checkValue(value, at, aBoolean),
        ),
  );
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

const both = (on: boolean): Required<StageDashboardSettings> => ({ service: on, resources: on });
