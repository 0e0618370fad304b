import { suggestion } from '../settings/nearest-name.ts';
import { A_DURATION, parseMinutes } from './duration.ts';

/** `custom.lantern.tracing`: who turns the tracing of functions on and off. */
export interface TracingSettings {
  /** The key in `serverless.yml` of the function that alarms call; see docs/tracing-on-demand.md. */
  readonly onAlarm?: string;
  /**
   * How long tracing stays on at most.
   *
   * @default '1h'
   */
  readonly longest?: string;
  /** Keys of functions that are never to be traced. */
  readonly never?: readonly string[];
}

export const TRACING_SETTINGS_SCHEMA = {
  type: 'object',
  properties: {
    onAlarm: { type: 'string' },
    longest: { type: 'string' },
    never: { type: 'array', items: { type: 'string' } },
  },
  additionalProperties: false,
} as const;

/**
 * Looks for mistakes that the schema does not see. Pure.
 *
 * @returns one sentence per mistake, each beginning with its path; empty when there is none.
 */
export function checkTracingSettings(
  { onAlarm, longest, never = [] }: TracingSettings,
  functionKeys: readonly string[],
): readonly string[] {
  const unknown = (key: string, path: string): string[] =>
    functionKeys.includes(key)
      ? []
      : [`${path}: there is no function ${key}${suggestion(key, functionKeys)}`];
  return [
    ...(onAlarm === undefined ? [] : unknown(onAlarm, 'custom.lantern.tracing.onAlarm')),
    ...(longest === undefined || parseMinutes(longest) !== undefined
      ? []
      : [`custom.lantern.tracing.longest: expected ${A_DURATION}, but got ${longest}`]),
    ...never.flatMap((key, index) => unknown(key, `custom.lantern.tracing.never.${index}`)),
  ];
}
