import type { Inventory } from 'lambda-lantern-local/template';
import { counted, WIDTH, wrap } from '../terminal-text.ts';
import type { Advice } from './advise.ts';
import { usd } from './advise.ts';
import { LAMBDA_PRICES } from './lambda-prices.ts';

export interface AdviceOnService {
  readonly days: number;
  readonly advice: readonly Advice[];
  /** What cannot be advised on, a sentence each. */
  readonly unknown: readonly string[];
}

/** The advice for people, what is worth most first. */
export function adviseReport(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  { days, advice, unknown }: AdviceOnService,
): string {
  const title = `Advice on ${service} in the stage ${stage}, ${region}, from ${counted(days, 'day')}`;
  return [
    advice.length === 0 ? `${title}: nothing stands out.` : `${title}:`,
    ...advice.flatMap((each) => [
      '',
      `${each.function}, ${each.topic}${worth(each)}`,
      ...indented(`${each.finding}. ${each.advice}`),
    ]),
    '',
    ...unknown.flatMap((sentence) => wrap(sentence, WIDTH)),
    ...wrap(
      `List prices of us-east-1 without taxes and free tier, seen ${LAMBDA_PRICES.seen}: ${LAMBDA_PRICES.page}`,
      WIDTH,
    ),
  ].join('\n');
}

export function adviseJson(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  advice: AdviceOnService,
): string {
  return JSON.stringify(
    { service, stage, region, currency: 'USD', ...advice, prices: LAMBDA_PRICES },
    null,
    2,
  );
}

function worth({ saving }: Advice): string {
  if (saving === undefined) return '';
  const { from, to } = saving;
  if (to <= 0) return `: costs ${usd(-from)} USD a month`;
  return `: saves ${from > 0 ? `${usd(from)} to ` : 'up to '}${usd(to)} USD a month`;
}

function indented(text: string): string[] {
  return wrap(text, WIDTH - 2).map((line) => `  ${line}`);
}
