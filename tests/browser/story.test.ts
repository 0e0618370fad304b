import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmState } from '../../local/cloudwatch/view.ts';
import type { Observer } from '../../scripts/demo/observe.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { HEALTHY_SKU, SLOW_SECONDS, SLOW_SKU } from '../../scripts/demo/story.ts';
import type { Traffic } from '../../scripts/demo/traffic.ts';
import { startTraffic } from '../../scripts/demo/traffic.ts';
import type { ShopPage } from '../helpers/console-page.ts';
import { openShop } from '../helpers/console-page.ts';

/** Real seconds of a minute of CloudWatch. */
const MINUTE = 1;
const MINUTE_MS = MINUTE * 1000;
const ORDER_EVERY_MS = 500;
/** How long the story may take to come to its next point. */
const WITHIN = { timeout: 60_000, interval: 200 };
const STORY_TIMEOUT_MS = 240_000;

let shop: ShopPage;
let page: Page;
let observer: Observer;
let traffic: Traffic;
/** When the first trace of a slow payment began, in epoch milliseconds. */
let tracedSince = Infinity;

beforeAll(async () => {
  shop = await openShop(['--param', 'tracing=off', '--minute', String(MINUTE)]);
  ({ page } = shop);
  const { stack } = shop;
  observer = observe({
    api: stack.api,
    page: stack.console,
    lambda: `http://localhost:${stack.port + 2}`,
  });
  traffic = startTraffic(stack.api, HEALTHY_SKU, ORDER_EVERY_MS);
});
afterAll(async () => {
  await traffic.stop();
  observer.close();
  await shop.close();
});

/** The row of the alarm in the list that is open, once it says this state; the page is not loaded anew. */
async function alarmRow(name: string, label: 'OK' | 'In alarm'): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await row.getByText(label, { exact: true }).waitFor({ timeout: WITHIN.timeout });
}

/** Moves the mouse over the chart, from the right, until `words` about the point below it are there. */
async function pointAt(chart: Locator, words: Locator): Promise<void> {
  const box = await chart.boundingBox();
  if (box === null) throw new Error('The chart is not shown');
  for (let x = box.x + box.width - 1; x > box.x; x -= 5) {
    await page.mouse.move(x, box.y + box.height / 2);
    if (await words.isVisible()) return;
  }
  throw new Error('No point of the chart is the one that was looked for');
}

/** Orders go on for a while, and there is not one trace more; those on their way when tracing went off may arrive. */
async function nothingMoreIsTraced(): Promise<void> {
  const settled = async (): Promise<boolean> => {
    const [traces, orders] = [await observer.traceCount(), traffic.placed()];
    await expect.poll(() => traffic.placed(), WITHIN).toBeGreaterThan(orders + 5);
    return (await observer.traceCount()) === traces;
  };
  await expect.poll(settled, WITHIN).toBe(true);
}

async function stateOf(): Promise<AlarmState> {
  return (await observer.durationAlarm()).state;
}

async function isTraced(): Promise<boolean> {
  return (await observer.tracing()).on;
}

describe('the whole story, with a minute of a second', () => {
  it(
    'leads from slow payments over an alarm to their trace, and back to where tracing costs nothing',
    { timeout: STORY_TIMEOUT_MS },
    async () => {
      const { name } = await observer.durationAlarm();
      await page.goto(`${shop.url}/alarms`);

      // Healthy, and nothing is traced.
      await expect.poll(stateOf, WITHIN).toBe('OK');
      await alarmRow(name, 'OK');
      await expect.poll(() => traffic.placed(), WITHIN).toBeGreaterThan(5);
      expect(await isTraced()).toBe(false);
      expect(await observer.traceCount()).toBe(0);

      // Payments turn slow: the page says so, and tracing goes on by itself.
      traffic.order(SLOW_SKU);
      await alarmRow(name, 'In alarm');
      await expect.poll(isTraced, WITHIN).toBe(true);
      await expect.poll(() => observer.slowTrace(SLOW_SECONDS), WITHIN).toBeDefined();

      // The timeline shows which function takes the time.
      const slow = await observer.slowTrace(SLOW_SECONDS);
      tracedSince = slow?.startedAt ?? Infinity;
      await page.goto(`${shop.url}/traces/${slow?.id ?? ''}`);
      await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
      await page.getByRole('row', { name: /^chargeCard, .*OK, 2(\.\d+)? s$/ }).waitFor();

      // The cause is removed: the alarm is OK, and tracing goes off by itself.
      await page.goto(`${shop.url}/alarms`);
      await alarmRow(name, 'In alarm');
      traffic.order(HEALTHY_SKU);
      await alarmRow(name, 'OK');
      await expect.poll(isTraced, WITHIN).toBe(false);
      await nothingMoreIsTraced();
      expect(traffic.failures()).toEqual([]);
    },
  );

  it('leads with a click from a red point of the chart to the traces of its minute', async () => {
    const { name } = await observer.durationAlarm();
    const { chart } = await observer.alarmPage(name);
    const red = (chart?.series ?? []).flatMap(({ points }) =>
      points.filter(({ breaching, at }) => breaching === true && at >= tracedSince).map(({ at }) => at),
    );
    expect(red.length).toBeGreaterThan(0);

    await page.goto(`${shop.url}/alarms/${name}?from=${Math.min(...red)}&to=${Math.max(...red) + MINUTE_MS}`);
    await pointAt(page.getByRole('slider'), page.getByText('Breaching the threshold'));
    await page.mouse.down();
    await page.mouse.up();

    await page.waitForURL(/\/traces\?from=/);
    const shown = Object.fromEntries(new URL(page.url()).searchParams);
    expect(red).toContain(Number(shown.from));
    expect(Number(shown.to) - Number(shown.from)).toBe(MINUTE_MS);
    await page
      .getByRole('link', { name: /take-payment/ })
      .first()
      .waitFor();
  });

  it('runs without an error on the page', () => {
    expect(shop.problems).toEqual([]);
  });
});
