import { table, WIDTH, wrap } from '../terminal-text.ts';
import type { CostEstimate, CostLine } from './estimate-cost.ts';
import { datesOfPrices, PRICES } from './prices.ts';

/** The estimate as a table for people. */
export function costReport(estimate: CostEstimate): string {
  const { region, traffic, lines, total, notes } = estimate;
  const { oldest, newest } = datesOfPrices();
  const rows = [
    ['', 'quantity', 'USD each', 'free', 'USD a month', 'after free tier'],
    ...lines.map(rowOf),
    ['Total', '', '', '', usd(total.full), usd(total.afterFree)],
  ];
  return [
    ...wrap(
      `What the alarms, dashboards and traces add to the month's bill in ${region}, estimated for ` +
        `${traffic.requestsPerMonth.toLocaleString('en-US')} requests of which ${percent(traffic.sampling)} are traced:`,
      WIDTH,
    ),
    '',
    ...table(rows, 'right'),
    '',
    ...[
      ...notes,
      `List prices without taxes and discounts, seen between ${oldest} and ${newest}. Before relying on them, look at:`,
    ].flatMap(item),
    ...Object.values(PRICES.sources).map(({ page }) => `  ${page}`),
  ].join('\n');
}

/** The estimate for machines: the same figures, with the sources of the prices. */
export function costJson(estimate: CostEstimate): string {
  return JSON.stringify({ currency: 'USD', ...estimate, sources: PRICES.sources }, null, 2);
}

function rowOf({ what, quantity, unitPrice, free, full, afterFree }: CostLine): string[] {
  return [
    what,
    quantity.toLocaleString('en-US', { maximumFractionDigits: 3 }),
    unitPrice.toLocaleString('en-US', { maximumFractionDigits: 7 }),
    free === 0 ? '-' : free.toLocaleString('en-US', { maximumFractionDigits: 3 }),
    usd(full),
    usd(afterFree),
  ];
}

/** A point of a list; its further lines are indented. */
function item(note: string): readonly string[] {
  return wrap(note, WIDTH - 2).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

function usd(amount: number): string {
  return amount.toFixed(2);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}
