/** The tracing of a function, as its configuration and its tags hold it. */
import { MAX_TAG_VALUE } from 'lambda-lantern-local/template';
import { BEFORE_VARIABLE, TRACING_VARIABLE } from './names.ts';

/** The part of a function's configuration that is switched. */
export interface TracingConfiguration {
  readonly mode: 'Active' | 'PassThrough';
  /** Undefined where the environment does not have it. */
  readonly variable: string | undefined;
  /** What was before the switch turned tracing on, as {@link formatBefore} writes it; undefined where it did not. */
  readonly before?: string | undefined;
}

/** The variables of a function with its tracing so, and all others as they are. */
export function environmentWith(
  variables: Readonly<Record<string, string>>,
  { variable, before }: TracingConfiguration,
): Record<string, string> {
  const all = Object.entries({ ...variables, [TRACING_VARIABLE]: variable, [BEFORE_VARIABLE]: before });
  return Object.fromEntries(all.filter((each): each is [string, string] => each[1] !== undefined));
}

/** Whether a function records, and X-Ray may sample it: the two halves of tracing. */
export function isTraced({ mode, variable }: TracingConfiguration): boolean {
  return mode === 'Active' && isOn(variable);
}

/** What the variable means to `src/telemetry/process-tracer.ts`. */
export function isOn(variable: string | undefined): boolean {
  return variable?.trim().toLowerCase() === 'true';
}

/** `PassThrough unset`, `PassThrough set:false`, or, for any other value, `PassThrough base64:…`. */
export function formatBefore({ mode, variable }: TracingConfiguration): string {
  if (variable === undefined) return `${mode} unset`;
  if (/^[\w.+@-]*$/.test(variable)) return `${mode} set:${variable}`;
  return `${mode} base64:${Buffer.from(variable).toString('base64url')}`;
}

/** What somebody made unreadable means off: that is what turning off is for. */
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
