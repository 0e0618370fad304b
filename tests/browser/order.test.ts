import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../helpers/accessibility.ts';
import type { ShopPage } from '../helpers/console-page.ts';
import { openShop } from '../helpers/console-page.ts';
import type { LocalStack } from '../helpers/local-stack.ts';

let shop: ShopPage;
let stack: LocalStack;
let page: Page;

beforeAll(async () => {
  shop = await openShop();
  ({ stack, page } = shop);
});
afterAll(() => shop.close());

/** Waits for a row of the timeline whose accessible name begins so: name, type, status, duration. */
async function row(name: RegExp): Promise<string> {
  const found = page.getByRole('row', { name }).first();
  await found.waitFor();
  return (await found.getAttribute('aria-label')) ?? (await found.innerText());
}

/** Places an order and opens its trace from the list, as it arrives there. */
async function openTraceOf(sku: string): Promise<void> {
  // By their ids, as the page may not have drawn yet what was there before.
  const known = new Set((await stack.traces()).traces.map(({ id }) => id));
  await shop.open();
  expect((await stack.order(sku)).status).toBe(201);
  // The page is not reloaded: the trace must arrive by itself.
  const links = page.getByRole('link', { name: /^POST \/orders 201/ });
  const arrived = async (): Promise<string | undefined> => {
    const addresses = await links.evaluateAll((found) =>
      found.map((link) => link.getAttribute('href') ?? ''),
    );
    return addresses.find((address) => !known.has(address.split('/').at(-1) ?? ''));
  };
  await expect.poll(arrived).toBeDefined();
  await page
    .locator(`a[href="${(await arrived()) ?? ''}"]`)
    .first()
    .click();
  await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
}

describe('the page', () => {
  it('shows what to try while there is nothing to see', async () => {
    await page.goto(stack.console);
    await page.getByRole('heading', { name: 'No traces yet' }).waitFor();
    expect(await page.locator('main').innerText()).toContain(`curl -i -X POST ${stack.api}/orders`);
  });

  it('shows an order from API Gateway to the last function', async () => {
    await openTraceOf('tea');

    const expected = [
      /^local-order-shop\/local, AWS::ApiGateway::Stage, OK/,
      /^order-shop-local-create-order, AWS::Lambda, OK/,
      /^order-shop-local-create-order, AWS::Lambda::Function, OK/,
      /^## src\/handlers\/create-order.handler, .*OK/,
      /^priceOrder, .*OK/,
      /^DynamoDB, aws, OK/,
      /^SNS, aws, OK/,
      /Linked trace/,
      /^order-shop-local-fulfil-order, AWS::Lambda, OK/,
      /^## src\/handlers\/fulfil-order.handler, .*OK/,
      /^127.0.0.1, remote, OK/,
      /^order-shop-local-take-payment, AWS::Lambda::Function, OK/,
      /^chargeCard, .*OK/,
    ];
    for (const name of expected) {
      const found = page.getByRole('row', { name });
      await expect.poll(() => found.count(), { message: String(name) }).toBeGreaterThan(0);
    }
  });

  it('shows a failed payment as a fault in red, with its error and stack', async () => {
    await openTraceOf('broken-strainer');

    const charge = page.getByRole('row', { name: /^chargeCard, .*Fault/ }).first();
    await charge.waitFor();
    await charge.press('Enter');
    const details = page.getByRole('region', { name: 'Details of chargeCard' });
    await details.waitFor();
    const text = await details.innerText();
    expect(text).toContain('The payment provider closed the connection');
    expect(await details.getByRole('list', { name: 'Stack' }).innerText()).toContain('take-payment.ts');
    // The shop is bundled and minified: its line is that of the source, and what is of packages is folded.
    const source = details.getByRole('group', {
      name: /^Source of src\/handlers\/take-payment\.ts, line \d+$/,
    });
    await source.first().waitFor();
    expect(await source.first().locator('.meant').innerText()).toMatch(
      /▸ \d+\s*throw new Error\('The payment provider closed the connection'\);/,
    );
    await details.getByText(/^\d+ frames? of libraries$/).waitFor();
    const lines = details.getByRole('list', { name: 'Log lines of the invocation' });
    await expect.poll(() => lines.innerText()).toMatch(/payment requested[\s\S]*ERROR\s+request failed/);
    expect(await lines.innerText()).not.toContain('order placed');

    const colour = await charge
      .locator('.cell-bar *')
      .first()
      .evaluate((bar) => getComputedStyle(bar).backgroundColor);
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    expect(red).toBeGreaterThan(green);
    expect(red).toBeGreaterThan(blue);
  });

  it('offers traces of the same entry point to compare with, on the page of a trace and on that of two', async () => {
    const failed = await stack.traces();
    await openTraceOf('tea');
    const here = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const summary = page.getByText('Compare with …', { exact: true });
    await summary.focus();
    await page.keyboard.press('Enter');
    const offered = page.getByRole('list', { name: 'Traces of the same entry point' });
    const before = offered.getByRole('link', { name: /The one before.*POST \/orders/ });
    await before.waitFor();
    expect(await offered.getByRole('link', { name: /The fastest/ }).count()).toBe(1);
    for (const link of await offered.getByRole('link').all()) {
      const id = (await link.getAttribute('title')) ?? '';
      expect(id).not.toBe(here);
      expect(failed.traces.find((trace) => trace.id === id)).toMatchObject({ http: { method: 'POST' } });
    }
    const other = (await before.getAttribute('title')) ?? '';
    await before.click();
    await page.getByRole('heading', { name: 'Two traces side by side' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/compare/${here}..${other}`);

    await page.getByText('Compare B with …', { exact: true }).click();
    await page.getByRole('list', { name: 'Traces of the same entry point' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => offered.count()).toBe(0);
  });

  it('shows a slow payment as a bar of two seconds', async () => {
    await openTraceOf('slow-teapot');

    // Beside others of its name, it also says how it stands among them.
    await row(/^chargeCard, .*OK, 2(\.\d+)? s(,|$)/);
  });

  it('shows a declined payment as an error, not as a fault', async () => {
    await openTraceOf('declined-voucher');

    await row(/^chargeCard, .*Error/);
    await row(/^127.0.0.1, remote, Error/);
    expect(
      await page.getByRole('row', { name: /^order-shop-local-fulfil-order, AWS::Lambda, Fault/ }).count(),
    ).toBe(0);
  });

  it('opens a trace by its address, and comes back to the list', async () => {
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();

    await page.getByRole('link', { name: /All traces/ }).click();
    await page.getByRole('table', { name: 'Traces' }).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'is accessible in the %s theme, and fits a narrow window',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      for (const width of [1400, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(stack.console);
        await page.getByRole('table', { name: 'Traces' }).waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByRole('link', { name: /^POST/ }).first().click();
        await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
        expect(await violations(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize({ width: 1400, height: 1000 });
    },
  );

  it('runs without an error, under its content security policy', () => {
    expect(shop.problems).toEqual([]);
  });
});
