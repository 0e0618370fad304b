/** What the tags of a function say about its tracing. */
import type { Ledger } from './alarm-ledger.ts';
import { parseLedger } from './alarm-ledger.ts';
import { MAX_TAG_VALUE } from './limits.ts';
import { NEVER, TAG } from './names.ts';

/** The part of a function's configuration that is switched. */
export interface TracingConfiguration {
  readonly mode: 'Active' | 'PassThrough';
  /** Undefined where the environment does not have it. */
  readonly variable: string | undefined;
}

export interface TracingState {
  readonly never: boolean;
  /** Absent where it was not the switch that turned tracing on. */
  readonly switchedOn?: {
    readonly by: string;
    readonly since: string;
    readonly reason: string;
    readonly before: TracingConfiguration;
  };
  /** Epoch milliseconds; undefined where nothing ends it. */
  readonly until?: number;
  readonly ledger: Ledger;
}

export function readTracingState(tags: Readonly<Record<string, string>>): TracingState {
  const before = tags[TAG.before];
  const until = Date.parse(tags[TAG.until] ?? '');
  return {
    never: tags[TAG.setting] === NEVER,
    ...(before !== undefined && {
      switchedOn: {
        by: tags[TAG.by] ?? '',
        since: tags[TAG.since] ?? '',
        reason: tags[TAG.reason] ?? '',
        before: parseBefore(before),
      },
    }),
    ...(!Number.isNaN(until) && { until }),
    ledger: parseLedger(tags[TAG.alarms] ?? ''),
  };
}

/** Whether a function records, and X-Ray may sample it: the two halves of tracing. */
export function isTraced({ mode, variable }: TracingConfiguration): boolean {
  return mode === 'Active' && isOn(variable);
}

/** What the variable means to `src/telemetry/process-tracer.ts`. */
export function isOn(variable: string | undefined): boolean {
  return variable?.trim().toLowerCase() === 'true';
}

/** `PassThrough unset`, `PassThrough set:false`, or, for a value that no tag can hold, `PassThrough base64:…`. */
export function formatBefore({ mode, variable }: TracingConfiguration): string {
  if (variable === undefined) return `${mode} unset`;
  if (/^[\w.+@-]*$/.test(variable)) return `${mode} set:${variable}`;
  return `${mode} base64:${Buffer.from(variable).toString('base64url')}`;
}

/** A tag that somebody made unreadable means off: that is what turning off is for. */
export function parseBefore(text: string): TracingConfiguration {
  const [, mode, kind, value = ''] = /^(Active|PassThrough) (unset|set|base64)(?::(.*))?$/.exec(text) ?? [];
  if (kind === undefined) return { mode: 'PassThrough', variable: 'false' };
  const variable =
    kind === 'unset' ? undefined : kind === 'set' ? value : Buffer.from(value, 'base64url').toString();
  return { mode: mode === 'Active' ? 'Active' : 'PassThrough', variable };
}

/** Text as a tag takes it: other characters than letters, digits, spaces and `_.:/=+-@` become a hyphen. */
export function tagValue(text: string): string {
  return text
    .slice(0, MAX_TAG_VALUE)
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-')
    .trim();
}

/** ISO 8601 without fractions: a schedule has seconds. */
export function isoSeconds(epoch: number): string {
  return new Date(epoch).toISOString().replace(/\.\d+Z$/, 'Z');
}
