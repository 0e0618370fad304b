/** What the numbers of a function advise. Pure. */
import type { FunctionResource } from 'lambda-lantern-local/template';
import { counted } from '../terminal-text.ts';
import { LAMBDA_PRICES } from './lambda-prices.ts';
import type { Measured } from './measure.ts';

export type Topic =
  | 'memory'
  | 'architecture'
  | 'provisioned concurrency'
  | 'timeout'
  | 'cold starts'
  | 'logs'
  | 'tracing'
  | 'unused';

/** One piece of advice: what was seen, what to do about it, and what that is worth. */
export interface Advice {
  /** The key in `serverless.yml`. */
  readonly function: string;
  readonly topic: Topic;
  /** With the number that it rests on. */
  readonly finding: string;
  readonly advice: string;
  /** USD a month: what is saved at least and at most; below zero where it costs. Absent where it is no question of money. */
  readonly saving?: { readonly from: number; readonly to: number };
}

const DAYS_OF_MONTH = 30;
const SECONDS_OF_MONTH = DAYS_OF_MONTH * 86_400;
const MB_OF_GB = 1024;

/** Lambda's smallest size ("Lambda quotas"). */
const SMALLEST_MEMORY = 128;

/** Our judgement, each said with its finding. */
const HALF = 0.5;
const NEAR = 0.9;
const HEADROOM = 1.5;
const NEAR_TIMEOUT = 0.8;
const FAR_FROM_TIMEOUT = 10;
const SHORT_TIMEOUT = 10;
const MANY_COLD_STARTS = 0.05;
const CHATTY_BYTES = 5_000;
/** Fewer invocations say more of the moment than of the function. */
const ENOUGH_INVOCATIONS = 100;
/** USD a month; less is not worth anybody's time. */
const WORTH_SAYING = 0.5;

/** X-Ray's default rule, beside the one request a second. */
const DEFAULT_SAMPLING = 0.05;

interface Subject {
  readonly fn: FunctionResource;
  readonly seen: Measured;
  readonly days: number;
  /** A month has so many times what was seen. */
  readonly toMonth: number;
  /** USD a month for its running. */
  readonly compute: number | undefined;
}

/**
 * @param days that were looked at
 */
export function adviseOn(fn: FunctionResource, seen: Measured, days: number): readonly Advice[] {
  const toMonth = DAYS_OF_MONTH / days;
  const gbSeconds =
    seen.durationSum === undefined ? undefined : (seen.durationSum / 1000) * (fn.memorySize / MB_OF_GB);
  const compute = gbSeconds && gbSeconds * toMonth * LAMBDA_PRICES.gbSecond[fn.architecture];
  const subject = { fn, seen, days, toMonth, compute };
  if (seen.invocations === 0) return unused(subject);
  return [memory, architecture, provisioned, timeout, coldStarts, logs, tracing]
    .flatMap((rule) => rule(subject))
    .map((found) => ({ function: fn.key, ...found }));
}

type Found = Omit<Advice, 'function'>;

function unused({ fn, days }: Subject): readonly Advice[] {
  return [
    {
      function: fn.key,
      topic: 'unused',
      finding: `no invocation in ${counted(days, 'day')}`,
      advice: 'Remove it, or find out what no longer calls it.',
    },
  ];
}

function memory({ fn, seen, compute = 0 }: Subject): readonly Found[] {
  const { memoryMaximum: used } = seen;
  if (used === undefined) return [];
  const share = used / fn.memorySize;
  const finding = `at most ${Math.round(used)} of ${fn.memorySize} MB were used (${percent(share)})`;
  if (share >= NEAR) {
    return [
      { topic: 'memory', finding, advice: 'Give it more: with all of it used, invocations are killed.' },
    ];
  }
  const smaller = Math.max(SMALLEST_MEMORY, Math.ceil((used * HEADROOM) / 64) * 64);
  const most = compute * (1 - smaller / fn.memorySize);
  if (share >= HALF || smaller >= fn.memorySize || most < WORTH_SAYING) return [];
  return [
    {
      topic: 'memory',
      finding,
      advice:
        `Try ${smaller} MB, and compare durations: CPU comes with memory, so what computes takes longer and saves nothing, and ` +
        'what waits saves all of it.',
      saving: { from: 0, to: most },
    },
  ];
}

function architecture({ fn, compute = 0 }: Subject): readonly Found[] {
  if (fn.architecture === 'arm64' || fn.runsAtEdge) return [];
  const { x86_64: x86, arm64: arm } = LAMBDA_PRICES.gbSecond;
  const saved = compute * (1 - arm / x86);
  if (saved < WORTH_SAYING) return [];
  return [
    {
      topic: 'architecture',
      finding: `it runs on x86_64 for ${usd(compute)} USD a month`,
      advice: 'Try arm64, whose second is a fifth cheaper; native dependencies have to be built for it.',
      saving: { from: 0, to: saved },
    },
  ];
}

function provisioned({ fn, seen }: Subject): readonly Found[] {
  return seen.provisioned.flatMap(({ qualifier, concurrency, utilization, spillover }): Found[] => {
    const perEnvironment =
      (fn.memorySize / MB_OF_GB) * SECONDS_OF_MONTH * LAMBDA_PRICES.provisionedGbSecond[fn.architecture];
    if (spillover > 0) {
      return [
        {
          topic: 'provisioned concurrency',
          finding: `${spillover} invocations of ${qualifier} found none of its ${concurrency} environments free`,
          advice: `Raise it, or scale it by schedule; each further environment costs ${usd(perEnvironment)} USD a month.`,
          saving: { from: -perEnvironment, to: 0 },
        },
      ];
    }
    const needed = Math.max(1, Math.ceil((utilization ?? 0) * concurrency));
    if (utilization === undefined || utilization >= HALF || needed >= concurrency) return [];
    return [
      {
        topic: 'provisioned concurrency',
        finding: `at most ${percent(utilization)} of the ${concurrency} environments of ${qualifier} were in use`,
        advice: `${needed} would have done. Without any, ${concurrency} cost nothing, and starts are cold again.`,
        saving: { from: (concurrency - needed) * perEnvironment, to: concurrency * perEnvironment },
      },
    ];
  });
}

function timeout({ fn, seen }: Subject): readonly Found[] {
  const { durationMaximum: longest } = seen;
  if (longest === undefined) return [];
  const limit = fn.timeout * 1000;
  const finding = `the longest invocation took ${seconds(longest)} of a timeout of ${fn.timeout} s`;
  if (longest >= NEAR_TIMEOUT * limit) {
    return [
      {
        topic: 'timeout',
        finding,
        advice: 'Look at its slowest traces first; then give it more time, or its clients less.',
      },
    ];
  }
  if (seen.invocations < ENOUGH_INVOCATIONS) return [];
  if (fn.timeout <= SHORT_TIMEOUT || longest * FAR_FROM_TIMEOUT > limit) return [];
  const enough = Math.max(3, Math.ceil((longest * 3) / 1000));
  return [
    {
      topic: 'timeout',
      finding,
      advice: `${enough} s would do: what hangs is paid for, and holds its concurrency, until the timeout.`,
    },
  ];
}

function coldStarts({ seen }: Subject): readonly Found[] {
  const { coldStarts: cold, invocations } = seen;
  if (cold === undefined || invocations < ENOUGH_INVOCATIONS || cold / invocations < MANY_COLD_STARTS)
    return [];
  return [
    {
      topic: 'cold starts',
      finding: `${percent(cold / invocations)} of ${invocations} invocations began with a cold start`,
      advice:
        'Where callers wait: load less at the start, or keep environments ready (provisioned concurrency). Where nobody waits, leave it.',
    },
  ];
}

function logs({ seen, toMonth }: Subject): readonly Found[] {
  const { logBytes, invocations } = seen;
  if (logBytes === undefined) return [];
  const perInvocation = logBytes / invocations;
  const price = (logBytes * toMonth * LAMBDA_PRICES.logsGb) / 1e9;
  if (perInvocation < CHATTY_BYTES || price < WORTH_SAYING) return [];
  return [
    {
      topic: 'logs',
      finding: `${Math.round(perInvocation)} bytes of log lines for each invocation, ${usd(price)} USD a month`,
      advice: `Raise the log level, or sample debug lines: at ${CHATTY_BYTES} bytes, the difference is saved.`,
      saving: { from: 0, to: price * (1 - CHATTY_BYTES / perInvocation) },
    },
  ];
}

function tracing({ seen, toMonth }: Subject): readonly Found[] {
  const everything = seen.invocations * toMonth * LAMBDA_PRICES.trace;
  if (everything < WORTH_SAYING) return [];
  return [
    {
      topic: 'tracing',
      finding: `${Math.round(seen.invocations * toMonth)} invocations a month`,
      advice:
        `Tracing each costs up to ${usd(everything)} USD a month, and ${usd(everything * DEFAULT_SAMPLING)} at 5 %: let alarms turn ` +
        'it on (docs/tracing-on-demand.md).',
      saving: { from: 0, to: everything * (1 - DEFAULT_SAMPLING) },
    },
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toPrecision(2))} s`;
}

export function usd(amount: number): string {
  return amount.toFixed(2);
}
