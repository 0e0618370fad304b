import type { Traffic } from '../cost/estimate-cost.ts';
import { daysFrom } from '../learn/days.ts';
import type { LearnCommand } from '../learn/run-learn.ts';

/** Options of `serverless alarms`, as the command line declares and delivers them. */
export const ALARMS_COMMAND_OPTIONS = {
  format: { usage: 'text, or json for machines (text)', type: 'string' },
  cost: {
    usage: "Estimate the month's bill of the alarms, dashboards and traces, instead of listing the alarms",
    type: 'boolean',
  },
  learn: {
    usage:
      'Propose thresholds from what CloudWatch measured of the deployed stage, instead of listing the alarms',
    type: 'boolean',
  },
  days: { usage: 'With --learn: how many days are looked at, 1 to 15, 14 by default', type: 'string' },
  write: {
    usage: 'With --learn: put the proposals into lantern-learned.json, for custom.lantern.alarms.learned',
    type: 'boolean',
  },
  anomaly: {
    usage: 'With --learn --write: anomaly bands instead of floors where traffic follows the time of day',
    type: 'boolean',
  },
  'requests-per-month': {
    usage: 'With --cost: requests that the service gets in a month, 1000000 by default',
    type: 'string',
  },
  sampling: {
    usage: 'With --cost: share of the requests of which a trace is recorded, 0 to 1, 0.05 by default',
    type: 'string',
  },
} as const;

export interface AlarmsCommandOptions {
  readonly format?: string;
  readonly cost?: boolean;
  readonly learn?: boolean;
  readonly days?: string;
  readonly write?: boolean;
  readonly anomaly?: boolean;
  /** Of the framework. */
  readonly 'aws-profile'?: string;
  readonly 'requests-per-month'?: string;
  readonly sampling?: string;
}

/** @throws Error that says what the option takes. */
export function formatFrom({ format = 'text' }: AlarmsCommandOptions): 'text' | 'json' {
  if (format === 'text' || format === 'json') return format;
  throw new Error(`--format takes text or json, but got "${format}".`);
}

/** As X-Ray samples by default, the one request a second aside. */
const DEFAULT_SAMPLING = 0.05;
const DEFAULT_REQUESTS = 1_000_000;

/**
 * The month that an estimate is for; undefined where none is asked for.
 *
 * @throws Error that names the option, what it takes and what came.
 */
export function trafficFrom(options: AlarmsCommandOptions): Traffic | undefined {
  if (options.cost !== true) {
    const given = (['requests-per-month', 'sampling'] as const).filter((name) => options[name] !== undefined);
    if (given[0] === undefined) return undefined;
    throw new Error(`--${given[0]} is an option of the estimate: give --cost as well.`);
  }
  const requestsPerMonth = numberOf(options['requests-per-month'], DEFAULT_REQUESTS);
  if (!Number.isSafeInteger(requestsPerMonth) || requestsPerMonth < 0) {
    throw new Error(
      `--requests-per-month: expected a whole number from 0 on, got ${JSON.stringify(options['requests-per-month'])}`,
    );
  }
  const sampling = numberOf(options.sampling, DEFAULT_SAMPLING);
  if (!(sampling >= 0 && sampling <= 1)) {
    throw new Error(
      `--sampling: expected a share from 0 to 1, such as 0.05 for 5 %, got ${JSON.stringify(options.sampling)}`,
    );
  }
  return { requestsPerMonth, sampling };
}

/** Not a number for what is none: `Number('')` would be 0. */
function numberOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  return text.trim() === '' ? Number.NaN : Number(text);
}

/**
 * What is to be learned; undefined where nothing is.
 *
 * @throws Error that names the option, what it takes and what came.
 */
export function learningFrom(options: AlarmsCommandOptions): Omit<LearnCommand, 'format'> | undefined {
  if (options.learn !== true) {
    const given = (['days', 'write', 'anomaly'] as const).find((name) => options[name] !== undefined);
    if (given === undefined) return undefined;
    throw new Error(`--${given} is an option of learning: give --learn as well.`);
  }
  if (options.cost === true) throw new Error('--learn and --cost are different questions: give one of them.');
  const days = daysFrom(options.days);
  const { write = false, anomaly = false } = options;
  if (anomaly && !write) throw new Error('--anomaly says what is written: give --write as well.');
  return { days, write, anomaly, profile: options['aws-profile'] };
}
