import type { Inventory } from 'lambda-lantern-local/template';
import { priceListOf } from '../cost/prices.ts';
import { counted, WIDTH, wrap } from '../terminal-text.ts';
import type { Bar } from './distribution.ts';
import type { LearnedAlarm, LearnedFunction } from './learn-thresholds.ts';

const BAR_WIDTH = 30;

/** What was learned, for people. */
export function learnReport(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  functions: readonly LearnedFunction[],
  { days, written }: { readonly days: number; readonly written: string | undefined },
): string {
  return [
    `Thresholds learned from ${counted(days, 'day')} of ${service} in the stage ${stage}, ${region}`,
    ...functions.flatMap(({ key, alarms, unknown }) => [
      '',
      `function ${key}`,
      ...(unknown === undefined ? [] : [`  nothing can be learned: ${unknown}`]),
      ...alarms.flatMap(alarmLines),
    ]),
    '',
    ...wrap(priceLine(functions, region), WIDTH),
    writtenLine(written),
  ].join('\n');
}

/** @param written the file; `nothing` where there was nothing to write */
function writtenLine(written: string | undefined): string {
  if (written === undefined) {
    return 'Nothing was changed. With --write the proposals are put into a file that serverless.yml includes.';
  }
  return written === 'nothing'
    ? 'Nothing was written, as nothing is proposed.'
    : `Written to ${written}. Include it: custom.lantern.alarms.learned: \${file(${written})}`;
}

export function learnJson(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  functions: readonly LearnedFunction[],
  days: number,
): string {
  return JSON.stringify({ service, stage, region, days, functions }, null, 2);
}

function alarmLines({ name, unit, seen, present, proposed, insufficient, season }: LearnedAlarm): string[] {
  const sign = name === 'traffic' ? '<' : '>';
  const state = (threshold: number, fired: number): string =>
    `${sign} ${number(threshold)} ${unit}, fired ${counted(fired, 'time')}`;
  const now = present === undefined ? 'off' : state(present.threshold, present.fired);
  const then =
    proposed === undefined
      ? `nothing is proposed: ${insufficient ?? ''}`
      : `${state(proposed.threshold, proposed.fired)}: ${proposed.why}`;
  return [
    `  ${name}`,
    `    now       ${now}`,
    ...wrap(`    proposed  ${then}`, WIDTH),
    ...(season === undefined
      ? []
      : wrap(
          `    ${Math.round(season * 100)} % of its ups and downs follow the time of day: an anomaly band fits better than a fixed ` +
            'number (--anomaly).',
          WIDTH,
        )),
    ...(seen === undefined
      ? []
      : [
          `    seen      ${counted(seen.count, 'period')}: p50 ${number(seen.p50)}, p95 ${number(seen.p95)}, p99 ${number(seen.p99)}, ` +
            `most ${number(seen.maximum)} ${unit}`,
          ...histogram(seen.bars),
        ]),
  ];
}

function histogram(bars: readonly Bar[]): string[] {
  const most = Math.max(...bars.map(({ count }) => count));
  const labels = bars.map(({ from, to }) => `${number(from)} to ${number(to)}`);
  const width = Math.max(...labels.map((label) => label.length));
  return bars.map(({ count }, index) => {
    // One that is there is seen, however few it holds.
    const length = count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR_WIDTH));
    return `      ${(labels[index] ?? '').padStart(width)}  ${'#'.repeat(length)} ${count}`;
  });
}

function number(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toFixed(digits);
}

/** Another threshold costs nothing; another alarm does. */
function priceLine(functions: readonly LearnedFunction[], region: string): string {
  const added = functions
    .flatMap(({ alarms }) => alarms)
    .filter(({ present, proposed }) => present === undefined && proposed !== undefined).length;
  const price = priceListOf(region).unitPrices.alarmMetric;
  return (
    `Other thresholds cost nothing. ${added} new ${added === 1 ? 'alarm costs' : 'alarms cost'} ` +
    `${(added * price).toFixed(2)} USD a month; an anomaly band counts as three metrics (${(3 * price).toFixed(2)} USD).`
  );
}
