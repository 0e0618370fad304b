import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LogStore } from '../../local/logs/log-store.ts';
import { orderDocuments, orderPage } from '../fixtures/console/orders.ts';
import { violations } from '../helpers/accessibility.ts';
import { standsStill } from '../helpers/browser.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';

const now = Date.now();

const logs = new LogStore({ maxLines: 400 });
let view: ServedPage;
let page: Page;

beforeAll(async () => {
  view = await servePage({ logs });
  ({ page } = view);
  for (const document of orderDocuments(now / 1000 - 60)) view.store.put(document);
});
afterAll(() => view.close());

beforeEach(() => page.setViewportSize({ width: 1400, height: 1000 }));

function log(message: string, functionKey = 'take-payment', requestId = `request-of-${functionKey}`): void {
  logs.add({
    functionName: `shop-local-${functionKey}`,
    functionKey,
    logGroup: `/aws/lambda/shop-local-${functionKey}`,
    logStream: '1',
    requestId,
    timestamp: Date.now(),
    source: /^(START|END|REPORT) /.test(message) ? 'platform' : 'stdout',
    message,
  });
}

function lines() {
  return page.getByRole('list', { name: /^Log lines/ }).getByRole('listitem');
}

/** The messages, the newest first. */
async function shown(): Promise<string[]> {
  return page.locator('.log-message').allInnerTexts();
}

function query(): string {
  return new URL(page.url()).search;
}

describe('the log lines', () => {
  it('say what to do while there are none', async () => {
    await view.open('/logs');
    await page.getByRole('heading', { name: 'No log lines yet' }).waitFor();
    await view.open('/logs?level=ERROR');
    await page.getByRole('heading', { name: 'No such lines' }).waitFor();
  });

  it('come while they are looked at, by level, function and words, and the address leads to the same', async () => {
    await view.open('/logs');
    log('START RequestId: 1');
    log('{"level":"INFO","message":"paying","correlation_id":"order-1","xray_trace_id":"1-2-3"}');
    log('{"level":"ERROR","message":"declined","correlation_id":"order-1"}');
    log('{"level":"WARN","message":"placing slowly"}', 'create-order');
    await expect.poll(shown).toEqual(['placing slowly', 'declined', 'paying', 'START RequestId: 1']);

    await page.getByLabel('Level').selectOption('WARN');
    await expect.poll(shown).toEqual(['placing slowly', 'declined']);
    await page.getByLabel('Function').selectOption('create-order');
    await expect.poll(shown).toEqual(['placing slowly']);
    expect(query()).toBe('?level=WARN&function=create-order');
    await page.reload();
    await expect.poll(shown).toEqual(['placing slowly']);
    log('{"level":"WARN","message":"placing slowly again"}', 'create-order');
    log('{"level":"INFO","message":"placing"}', 'create-order');
    await expect.poll(shown).toEqual(['placing slowly again', 'placing slowly']);

    await view.open('/logs');
    await page.getByLabel('Text').fill('PAY');
    await expect.poll(shown).toEqual(['paying']);
    await page.getByLabel('Text').fill('');
    await page.getByLabel('START, END, REPORT').uncheck();
    await expect.poll(async () => (await shown()).some((text) => text.startsWith('START'))).toBe(false);
    await page.getByLabel('Correlation id').fill('order-1');
    await expect.poll(shown).toEqual(['declined', 'paying']);
    expect(query()).toBe('?platform=off&correlation=order-1');
  });

  it('wait while the reader holds them', async () => {
    await view.open('/logs');
    await lines().first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await shown();
    log('while paused');
    await page.getByText('Paused, 1 new line waiting').waitFor();
    expect(await shown()).toEqual(before);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(shown).toEqual(['while paused', ...before]);
  });

  it.each([
    ['has scrolled down in them', 'scroll'],
    ['has opened one of them', 'open'],
    ['came into them by keyboard', 'focus'],
  ])('stay where they are while somebody %s, and say how many are new', async (_who, how) => {
    for (let index = 1; index <= 60; index += 1) log(`${how}: in place ${index}`);
    await view.open(`/logs?text=${how}:`);
    const message = page.getByText(`${how}: in place ${how === 'scroll' ? 20 : 58}`, { exact: true });
    const row = page.locator('.log-line').filter({ has: message.and(page.locator('.log-message')) });
    await row.waitFor();
    if (how === 'scroll') await page.evaluate(() => scrollTo(0, 1200));
    if (how === 'open') await row.locator('summary').click();
    if (how === 'focus') {
      await page.getByLabel('START, END, REPORT').focus();
      for (let tabs = 0; tabs < 3; tabs += 1) await page.keyboard.press('Tab');
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    }
    await standsStill(page);
    const place = await row.boundingBox();
    log(`${how}: waits`);
    log(`${how}: waits too`);
    const fresh = page.getByRole('button', { name: '2 new lines' });
    await fresh.waitFor();
    expect(await row.boundingBox()).toEqual(place);
    await fresh.click();
    await expect
      .poll(async () => (await shown()).slice(0, 2))
      .toEqual([`${how}: waits too`, `${how}: waits`]);
    await expect.poll(() => fresh.count()).toBe(0);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  it('show their fields when they are opened, as text, and lead to trace, invocation and request', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    log(
      JSON.stringify({
        level: 'INFO',
        message: hostile,
        correlation_id: 'order/ü 2',
        detail: { depth: hostile },
      }),
    );
    await view.open(`/logs?text=${encodeURIComponent('onerror')}`);
    await lines().first().getByText(hostile).click();
    await lines().getByText('detail').waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await lines().getByRole('link', { name: 'order/ü 2' }).click();
    await page.getByRole('heading', { name: 'Request order/ü 2' }).waitFor();
    await page.getByText(hostile).first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/requests/order%2F%C3%BC%202');
  });

  it('of a trace are one step away, and lead back', async () => {
    const { trace } = orderPage(now / 1000);
    log(`{"level":"INFO","message":"of the trace","xray_trace_id":"${trace.id}"}`, 'create-order', 'traced');
    log('END RequestId: traced', 'create-order', 'traced');
    await view.open(`/traces/${trace.id}`);
    await page.getByRole('link', { name: 'Log lines' }).click();
    await expect.poll(shown).toEqual(['END RequestId: traced', 'of the trace']);
    await page.getByRole('link', { name: 'The trace of these lines' }).click();
    await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
  });

  it('of one request stand among its traces, in the order of time', async () => {
    const { trace } = orderPage(now / 1000);
    await view.open(`/traces/${trace.id}`);
    await page.getByTitle('All of this request').click();
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    const items = page.getByRole('list', { name: /^What happened/ }).getByRole('listitem');
    await expect.poll(() => items.count()).toBe(2);
    log('START RequestId: story', 'take-payment', 'story');
    log('a line that names no request', 'take-payment', 'story');
    // Only with this one it is known whose invocation it is.
    log(`{"level":"INFO","message":"at last","correlation_id":"${id}"}`, 'take-payment', 'story');
    await expect.poll(() => items.count()).toBe(5);
    await expect.poll(async () => (await items.allInnerTexts()).join('\n')).toMatch(/^\+0 ms[^]*at last$/);
    await items.first().getByRole('link').click();
    await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
  });

  it('are read further back on demand, and what was dropped is counted', async () => {
    for (let index = 1; index <= 500; index += 1) log(`line number ${index}`);
    await view.open('/logs?text=number');
    await expect.poll(() => lines().count()).toBe(200);
    await page.getByText(/^\d+ lines were dropped/).waitFor();
    await page.getByRole('button', { name: 'Older lines' }).click();
    await expect.poll(() => lines().count()).toBe(400);
    expect(await page.getByRole('button', { name: 'Older lines' }).count()).toBe(0);
    expect((await shown()).at(-1)).toBe('line number 101');
  });

  it.each([
    ['light', 1400],
    ['dark', 1400],
    ['light', 390],
    ['dark', 390],
  ] as const)('have no flaw that axe finds: %s, %i pixels wide', async (colorScheme, width) => {
    log('START RequestId: 1');
    for (const level of ['DEBUG', 'INFO', 'WARN', 'ERROR']) {
      log(
        JSON.stringify({ level, message: `${level} of ${'a-long-word-'.repeat(30)}`, correlation_id: 'axe' }),
      );
    }
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const path of ['/logs', '/requests/axe']) {
      await view.open(path);
      await page.locator('.log-line summary').first().click();
      await page.locator('.log-details').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
  });

  it('wrote no error to the console', () => {
    expect(view.problems).toEqual([]);
  });
});
