/**
 * Prices in cents, by stock keeping unit. The last three make payments behave badly on purpose (see `payment.ts`), so that
 * there is something to find.
 */
export const CATALOGUE = {
  tea: 450,
  mug: 1200,
  kettle: 3900,
  'declined-voucher': 713,
  'slow-teapot': 2499,
  'broken-strainer': 366,
} as const;

export type Sku = keyof typeof CATALOGUE;

export const SKUS = Object.keys(CATALOGUE) as [Sku, ...Sku[]];
