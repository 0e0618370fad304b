import { parseArgs, styleText } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { readPort } from '../command-options.ts';
import { LATEST_MS } from '../console-contract.ts';
import { RunningInstance } from '../running-instance.ts';
import type { EntityStatus } from '../xray/trace.ts';

/** One command of `lambda-lantern`, in a file of its own that is loaded when it runs. */
export interface Command {
  /** All that `--help` says. */
  readonly help: string;
  /** It goes on although nobody reads what it says any more. */
  readonly serves?: true;
  /** What stands behind the command's name. Resolves with the exit code. */
  run(args: readonly string[]): Promise<ExitCode>;
}

/** For scripts: it was found or done; it could not be, for example because nothing runs; or there is nothing of the kind. */
export const EXIT = { found: 0, trouble: 1, nothing: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where the running instance is: every command that asks one takes these. */
export const INSTANCE_OPTIONS = {
  port: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

/** What is found is of a time, and so many at most: every command that finds several things takes these. See `readTimes`. */
export const FIND_OPTIONS = {
  limit: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  last: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** Of `INSTANCE_OPTIONS`, for `--help`. */
export const INSTANCE_HELP = `  --port <number>  port of the page of a running Lantern on this machine (3001)
  --url <url>      its address, instead; without both, the variable LANTERN_URL
  --help           show this`;

/** What the program was told, and how many words that are no options it takes. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  takes: readonly string[] = [],
) {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (positionals.length !== takes.length) {
    const wanted = takes.length === 0 ? 'nothing but options' : takes.join(' ');
    const given = positionals.length === 0 ? 'got nothing' : `got "${positionals.join(' ')}"`;
    throw new Error(`Expected ${wanted}; ${given}.`);
  }
  return { values, positionals };
}

/** @throws Error that says what was expected. */
export function instanceFrom({
  port,
  url,
}: {
  readonly port?: string;
  readonly url?: string;
}): RunningInstance {
  if (port !== undefined && url !== undefined) throw new Error('Expected --port or --url; got both.');
  if (port !== undefined) return new RunningInstance(`http://127.0.0.1:${readPort('port', port, 0)}`);
  return new RunningInstance(url);
}

/** @throws Error that names the option and what it takes. */
export function readCount(name: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw new Error(`--${name} takes a number from 1 to ${most}, but got "${text}".`);
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `500ms`, `1.5s`, `15m`, `2h`, `1d`. @throws Error that names the option and what it takes. */
export function readSpan(name: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined)
    return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new Error(`--${name} takes a time as 500ms, 1.5s, 15m, 2h or 1d, but got "${text}".`);
}

/**
 * The range of `--from`, `--to` and `--last` in epoch milliseconds; empty for none of them.
 *
 * @throws Error that names the option and what it takes.
 */
export function readTimes({
  from,
  to,
  last,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly last?: string | undefined;
}): { readonly from?: number; readonly to?: number } {
  if (last !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new Error('Expected --last, or --from and --to; got both.');
    return { from: Math.max(0, Math.floor(Date.now() - readSpan('last', last))), to: LATEST_MS };
  }
  if (from === undefined && to === undefined) return {};
  const range = {
    from: from === undefined ? 0 : readMoment('from', from),
    to: to === undefined ? LATEST_MS : readMoment('to', to),
  };
  if (range.from < range.to) return range;
  throw new Error(`--from has to be before --to, but got ${from ?? 'no --from'} and ${to ?? 'no --to'}.`);
}

function readMoment(name: string, text: string): number {
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (moment >= 0) return moment;
  throw new Error(
    `--${name} takes a time since 1970 as 2026-11-30T14:05:00Z, or as seconds or milliseconds since 1970, but got "${text}".`,
  );
}

/** Writes to standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const COLOURS = {
  fault: 'red',
  throttle: 'magenta',
  error: 'yellow',
  in_progress: 'cyan',
  ok: 'green',
} as const satisfies Record<EntityStatus, string>;

/** In colour on a terminal; plain in a pipe or a file, and where NO_COLOR is set. */
export function paint(text: string, status: EntityStatus): string {
  return styleText(COLOURS[status], text, { stream: process.stdout });
}
