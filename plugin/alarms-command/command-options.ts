import type { CostCommandOptions } from '../cost/cost-options.ts';
import { COST_OPTIONS } from '../cost/cost-options.ts';

/** Options of `serverless alarms`, as the command line declares and delivers them. */
export const ALARMS_COMMAND_OPTIONS = {
  format: { usage: 'text, or json for machines (text)', type: 'string' },
  ...COST_OPTIONS,
} as const;

export interface AlarmsCommandOptions extends CostCommandOptions {
  readonly format?: string;
}

/** @throws Error that says what the option takes. */
export function formatFrom({ format = 'text' }: AlarmsCommandOptions): 'text' | 'json' {
  if (format === 'text' || format === 'json') return format;
  throw new Error(`--format takes text or json, but got "${format}".`);
}
