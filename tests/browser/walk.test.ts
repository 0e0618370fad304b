import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceListing } from '../../local/console-contract.ts';
import { violations } from '../helpers/accessibility.ts';
import type { ShopPage } from '../helpers/console-page.ts';
import { openShop } from '../helpers/console-page.ts';
import { until } from '../helpers/until.ts';

const CORRELATION_ID = 'walked-to-the-failed-payment';

let shop: ShopPage;
let page: Page;
/** Of the order whose payment fails. */
let orderId = '';
/** The trace of `fulfil-order`, which calls `take-payment`. */
let failedId = '';

beforeAll(async () => {
  shop = await openShop();
  ({ page } = shop);
  const { stack } = shop;
  // Among orders that are paid, one whose payment fails.
  for (const sku of ['tea', 'tea']) expect((await stack.order(sku)).status).toBe(201);
  const response = await stack.order('broken-strainer', { 'x-correlation-id': CORRELATION_ID });
  ({ id: orderId } = (await response.json()) as { id: string });
  failedId = await until(async () => {
    const filter = `service("order-shop-local-fulfil-order") { fault } AND annotation.OrderId = "${orderId}"`;
    const url = `${stack.console}/api/traces?filter=${encodeURIComponent(filter)}`;
    return ((await (await fetch(url)).json()) as TraceListing).traces[0]?.id;
  }, 'the trace of the failed payment');
});
afterAll(() => shop.close());

/** The failed payment in the list of traces. */
function listed(): Locator {
  return page.getByRole('table', { name: 'Traces' }).locator(`a[href*="${failedId}"]`);
}

function filterInAddress(): string | null {
  return new URL(page.url()).searchParams.get('filter');
}

/** The row of the timeline for the call that failed. */
function failedCall(): Locator {
  return page.getByRole('row', { name: /^chargeCard, .*Fault/ }).first();
}

describe('who looks for a failed payment', () => {
  it.each([
    ['the name of its service', () => 'take-payment', /^service\("order-shop-local-take-payment"\)/],
    ['the id of its order', () => orderId, /^annotation\.OrderId = /],
    ['its correlation id', () => CORRELATION_ID, /^correlationid = /],
    ['the word fault', () => 'fault', undefined],
  ])('finds it by %s, and sees where it failed', async (_by, words, meaning) => {
    await shop.open();
    const box = page.getByRole('combobox', { name: 'Search traces' });
    await box.fill(words());
    if (meaning === undefined) {
      await box.press('Enter');
      await expect.poll(filterInAddress).toBe('fault');
    } else {
      await page.getByRole('option', { name: meaning }).first().click();
      const statuses = page.getByRole('group', { name: 'Statuses' });
      await statuses.getByRole('button', { name: /^Fault/ }).click();
      await expect.poll(filterInAddress).toMatch(/ AND service\(\) \{ fault \}$/);
    }
    await listed().click();
    await failedCall().waitFor();
    await page.getByRole('button', { name: /^Go to fault/ }).click();
    const details = page.getByRole('region', { name: /^Details of/ });
    await details.getByText('The payment provider closed the connection').first().waitFor();
  });

  it('sees it on the map, opens it, reads its lines, sends it again, and compares', async () => {
    await shop.open();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Map' }).click();
    // `take-payment` answered that it failed; it is `fulfil-order` that could not go on.
    const card = page.getByRole('button', { name: /^fulfil-order, Lambda function.*Fault/ });
    await card.first().waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Fit' }).click();
    await page.locator('.map-node').and(card).click();
    const numbers = page.getByRole('region', { name: 'Details of fulfil-order' }).getByRole('listitem');
    await numbers.filter({ hasText: 'Fault' }).getByRole('link').click();
    await expect.poll(filterInAddress).toMatch(/^service\(.*fulfil-order.*\) \{ fault \}$/);
    expect(await page.getByRole('combobox', { name: 'Search traces' }).inputValue()).toBe(filterInAddress());

    await listed().click();
    await failedCall().press('Enter');
    const beside = page
      .getByRole('region', { name: 'Details of chargeCard' })
      .getByRole('list', { name: 'Log lines of the invocation' });
    await expect.poll(() => beside.innerText()).toMatch(/ERROR\s+request failed/);

    await page.getByRole('link', { name: 'Log lines', exact: true }).click();
    const line = page.locator('.log-line').filter({ hasText: 'take-payment' }).filter({ hasText: 'ERROR' });
    await line.getByText('request failed').click();
    await line.locator('.log-id').getByRole('link', { name: CORRELATION_ID }).click();
    // All of the request: from the order that was accepted to the payment that failed.
    const story = page.getByRole('list', { name: /^What happened/ });
    await story.getByRole('link', { name: /^POST \/orders 201/ }).waitFor();
    await story.getByText('request failed').waitFor();
    expect(await violations(page)).toEqual([]);
    await story.locator(`a[href*="${failedId}"]`).click();

    await failedCall().waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('heading', { name: 'Two traces side by side' }).waitFor();
    const [before, after] = (new URL(page.url()).pathname.split('/').at(-1) ?? '').split('..');
    expect(before).toBe(failedId);
    expect(after).not.toBe(failedId);
    await page
      .getByRole('region', { name: 'Trace B' })
      .getByRole('link', { name: /fulfil-order/ })
      .waitFor();
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
    // It failed again, in the same place: every call is in both, but for a cold start.
    await expect.poll(() => rows.filter({ hasText: 'chargeCard' }).innerText()).toMatch(/Fault[^]*Fault/);
    const alone = rows.filter({ hasText: /only in [AB]/, hasNotText: /^Init/ });
    await expect.poll(() => alone.allInnerTexts()).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });

  it('meets no error of the page', () => {
    expect(shop.problems).toEqual([]);
  });
});
