import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TraceListing } from '../../local/console-contract.ts';
import type { TraceStore } from '../../local/xray/trace-store.ts';
import { DURATION_ALARM, shopAlarms } from '../fixtures/console/alarms.ts';
import { storyteller, traceId } from '../fixtures/console/entities.ts';
import { largeGraphDocuments } from '../fixtures/console/large-graph.ts';
import { orderDocuments, orderPage } from '../fixtures/console/orders.ts';
import { scriptCloudWatch } from '../fixtures/console/scripted-cloudwatch.ts';
import { violations } from '../helpers/accessibility.ts';
import { standsStill } from '../helpers/browser.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';

const now = Date.now() / 1000;
const { segment } = storyteller(now - 30);

const cloudWatch = scriptCloudWatch({
  alarms: shopAlarms(now * 1000),
  charts: {},
  actions: [],
  minuteMs: 60_000,
  range: () => ({ from: (now - 3600) * 1000, to: now * 1000 }),
});
let view: ServedPage;
let store: TraceStore;
let page: Page;

beforeAll(async () => {
  view = await servePage({ cloudWatch });
  ({ store, page } = view);
});
afterAll(() => view.close());

beforeEach(async () => {
  await page.setViewportSize({ width: 1400, height: 1000 });
  // A page that is open would ask for what is cleared.
  await page.goto('about:blank');
  store.clear();
});

function putOrder(): void {
  for (const document of orderDocuments(now - 60)) store.put(document);
}

function open(path = '/map'): Promise<void> {
  return view.open(path);
}

function card(name: RegExp): Locator {
  return page.locator('.map-node').and(page.getByRole('button', { name }));
}

function details(): Locator {
  return page.getByRole('region', { name: /^Details of/ });
}

/** Ids of the traces that the filter in an address finds. */
async function found(href: string | null): Promise<string[]> {
  const { pathname, search } = new URL(href ?? '', view.url);
  expect(pathname).toBe('/traces');
  const response = await fetch(`${view.url}/api/traces${search}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as TraceListing).traces.map(({ id }) => id);
}

describe('the service map', () => {
  it('says what to do while there is nothing to draw', async () => {
    await open();
    await page.getByRole('heading', { name: 'No traces yet' }).waitFor();
    await open('/map?last=5m');
    await page.getByRole('heading', { name: 'No traces of this time' }).waitFor();
    await open('/map?filter=fault');
    await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
  });

  it('leads from the failed payment to its numbers, its alarm and its trace', async () => {
    putOrder();
    await open();
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    const payment = card(/^take-payment, Lambda function/);
    await expect.poll(() => payment.locator('title').textContent()).toMatch(/Fault 100 %, alarms: In alarm$/);
    await payment.focus();
    await page.keyboard.press('Enter');
    await details().getByRole('heading', { name: 'take-payment' }).waitFor();
    expect(await details().innerText()).toContain('550 ms');
    await details().getByRole('link', { name: DURATION_ALARM }).waitFor();

    const fault = details().getByRole('listitem').filter({ hasText: 'Fault' }).getByRole('link');
    expect(await found(await fault.getAttribute('href'))).toHaveLength(1);
    const column = details().locator('.response-times').getByRole('link').first();
    expect(await found(await column.getAttribute('href'))).toHaveLength(1);

    // The address leads to the same details.
    await page.reload();
    await details().getByRole('heading', { name: 'take-payment' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => details().count()).toBe(0);
    expect(new URL(page.url()).hash).toBe('');
  });

  it('shows a function as one card, and as the two that X-Ray has where that is asked for', async () => {
    putOrder();
    await open();
    await card(/^create-order, Lambda function/).click();
    await details().getByText('In the function, p50').waitFor();
    expect(
      await page
        .locator('.map-node')
        .and(page.getByRole('button', { name: /Lambda service/ }))
        .count(),
    ).toBe(0);
    const apart = page.getByRole('checkbox', { name: 'Lambda service and function code apart' });
    await apart.check();
    await card(/^create-order, Lambda service/).waitFor({ state: 'attached' });
    await page.reload();
    await card(/^create-order, Lambda service/).waitFor({ state: 'attached' });
    await apart.uncheck();
    await expect.poll(() => card(/Lambda service/).count()).toBe(0);
  });

  it('keeps every name within its card, whatever letters it has', async () => {
    for (const [index, name] of [
      'order-shop-local-OrdersTable-1G1IUYNRTSKQW',
      'W'.repeat(60),
      '注文'.repeat(20),
    ].entries())
      store.put(segment(traceId(0xd0 + index), { id: 0xd0 + index, name, from: 0, to: 100 }));
    await open();
    await card(/^order-shop/).waitFor();
    const beyond = await page.locator('.map-node:not(.inferred)').evaluateAll((cards) =>
      cards.flatMap((each) => {
        const edge = each.querySelector('.card')?.getBoundingClientRect().right ?? 0;
        return [...each.querySelectorAll('.map-name')]
          .filter((line) => line.getBoundingClientRect().right > edge)
          .map(({ textContent }) => textContent);
      }),
    );
    expect(beyond).toEqual([]);
  });

  it('is walked by keyboard along the calls, and opens what has the focus', async () => {
    putOrder();
    await open();
    await card(/^Client, Caller/)
      .first()
      .focus();
    const focused = () =>
      page.evaluate(() => document.activeElement?.querySelector('title')?.textContent.replace(/,.*/, ''));
    const walked = [];
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('ArrowRight');
      walked.push(await focused());
    }
    expect(walked).toEqual([
      'Client calls local-shop/local',
      'local-shop/local',
      'local-shop/local calls create-order',
      'create-order',
    ]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await details().getByRole('heading', { name: 'local-shop/local → create-order' }).waitFor();
  });

  it('grows while it is looked at, and what was there stays where it was', async () => {
    putOrder();
    await open();
    const order = card(/^create-order, Lambda function/);
    await order.waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await order.focus();
    const before = await order.locator('.card').boundingBox();
    store.put(segment(traceId(0xc1), { id: 0xc1, name: 'late-comer', from: 0, to: 100 }));
    await card(/^late-comer/).waitFor({ state: 'attached' });
    await standsStill(page);
    const after = await order.locator('.card').boundingBox();
    expect(after?.x).toBeCloseTo(before?.x ?? NaN, 0);
    expect(after?.y).toBeCloseTo(before?.y ?? NaN, 0);
  });

  it('is moved by the mouse and zoomed by the wheel', async () => {
    putOrder();
    await open();
    const order = card(/^create-order, Lambda function/);
    await order.waitFor();
    const box = async () => (await order.locator('.card').boundingBox()) ?? { x: NaN, y: NaN, width: NaN };
    const before = await box();
    await page.mouse.move(700, 300);
    await page.mouse.down();
    await page.mouse.move(760, 340, { steps: 3 });
    await page.mouse.up();
    const moved = await box();
    expect([moved.x - before.x, moved.y - before.y].map(Math.round)).toEqual([60, 40]);
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => (await box()).width).toBeGreaterThan(before.width * 1.2);
    // A drag that begins on a card opens nothing.
    expect(await details().count()).toBe(0);
  });

  it('says the same as a table, and shows whatever a name says as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    store.put(segment(traceId(0xd1), { id: 0xd1, name, from: 0, to: 100 }));
    await open();
    await page.getByText('As a table').click();
    await page.getByRole('table', { name: 'Services' }).getByRole('button', { name }).click();
    await details().getByRole('heading', { name }).waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(
      await found(await details().getByRole('link', { name: 'Show these traces' }).getAttribute('href')),
    ).toEqual([traceId(0xd1)]);
  });

  it('of a trace is drawn above its timeline when it is asked for', async () => {
    putOrder();
    await open(`/traces/${orderPage(now).trace.id}`);
    await page.getByText('Service map of these 2 traces').click();
    await card(/^take-payment, Lambda function, 1 request, response time/).waitFor({ state: 'attached' });
  });

  it.each([
    ['light', 1400],
    ['dark', 1400],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'of forty services has no flaw that axe finds: %s, %i pixels wide',
    async (colorScheme, width) => {
      for (const document of largeGraphDocuments(now - 120)) store.put(document);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await open();
      await expect.poll(() => page.locator('.map-node').count()).toBeGreaterThanOrEqual(40);
      await page.getByText('As a table').click();
      await page.locator('.map-node').first().focus();
      await page.keyboard.press('Enter');
      await details().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    },
  );

  it('wrote no error to the console', () => {
    expect(view.problems).toEqual([]);
  });
});
