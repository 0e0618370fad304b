import { PRICES } from './prices.ts';

export type PriceName = keyof typeof PRICES.unitPrices;

/** The prices of one region, and what is not certain about them. */
export interface PriceList {
  readonly unitPrices: Readonly<Record<PriceName, number>>;
  readonly caveats: readonly string[];
}

/** A region that the list does not have gets the prices of us-east-1, and a caveat that says so. */
export function priceListOf(region: string): PriceList {
  const known = Object.entries(PRICES.regions).find(([name]) => name === region)?.[1];
  if (known === undefined) {
    const regions = Object.keys(PRICES.regions).join(' and ');
    return {
      unitPrices: PRICES.unitPrices,
      caveats: [`No prices are known for ${region}, only for ${regions}: these are those of us-east-1.`],
    };
  }
  return {
    unitPrices: { ...PRICES.unitPrices, ...known.prices },
    caveats:
      known.unverified.length === 0
        ? []
        : [`Not verified for ${region}, and taken from us-east-1: ${known.unverified.join(', ')}.`],
  };
}

/** From when to when the figures are, as dates. */
export function datesOfPrices(): { readonly oldest: string; readonly newest: string } {
  const dates = Object.values(PRICES.sources)
    .map(({ seen }) => seen)
    .sort();
  return { oldest: dates[0] ?? '', newest: dates.at(-1) ?? '' };
}
