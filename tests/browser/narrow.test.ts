import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogStore } from '../../local/logs/log-store.ts';
import { DURATION_ALARM, metricChart, shopAlarms } from '../fixtures/console/alarms.ts';
import { storyteller, traceId } from '../fixtures/console/entities.ts';
import { createOrderTraceId, fulfilOrderTraceId, orderDocuments } from '../fixtures/console/orders.ts';
import { scriptCloudWatch } from '../fixtures/console/scripted-cloudwatch.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';

const MINUTE_MS = 60_000;
const now = Date.now();

let view: ServedPage;
let page: Page;

beforeAll(async () => {
  const logs = new LogStore();
  for (const level of ['INFO', 'WARN', 'ERROR']) {
    logs.add({
      functionName: 'shop-local-take-payment-with-a-long-name',
      functionKey: 'take-payment-with-a-long-name',
      logGroup: '/aws/lambda/shop-local-take-payment',
      logStream: '1',
      requestId: 'r-1',
      timestamp: now,
      source: 'stdout',
      message: JSON.stringify({
        level,
        message: `paying ${'in-one-word-'.repeat(20)}`,
        correlation_id: 'order-7f3c',
      }),
    });
  }
  const cloudWatch = scriptCloudWatch({
    alarms: shopAlarms(now - 20 * MINUTE_MS),
    charts: {
      [DURATION_ALARM]: metricChart([{ at: now - 2 * MINUTE_MS, value: 300 }], {
        threshold: { value: 4800, comparisonOperator: 'GreaterThanThreshold' },
      }),
    },
    actions: [],
    minuteMs: MINUTE_MS,
    range: () => ({ from: now - 20 * MINUTE_MS, to: now }),
  });
  const schedules = {
    list: () => [
      {
        id: 'rule/default/shop-local-CleanUpEventsRuleSchedule1-in-one-word-1AOHLS52OHAA',
        expression: 'cron(0/15 8-18 ? * MON-FRI *)',
        enabled: false,
        targets: ['shop-local-take-payment-with-a-long-name'],
        next: now + MINUTE_MS,
        last: now - MINUTE_MS,
      },
    ],
    run: () => undefined,
  };
  view = await servePage({ logs, cloudWatch, schedules }, { viewport: { width: 360, height: 780 } });
  ({ page } = view);
  for (const document of orderDocuments(now / 1000 - 60)) view.store.put(document);
});
afterAll(() => view.close());

/** Texts and controls whose ends nobody sees: the window or what they stand in ends before, and no `…` says so. */
function cutTexts(): Promise<string[]> {
  return page.evaluate(() => {
    /** What is scrolled or moved on purpose, or is there for those who listen. */
    const APART =
      '.map-window, .timeline .grid, .examples, .visually-hidden, .trace-table thead, .compare-table thead';
    const cutters = (element: Element): Element[] => {
      const found: Element[] = [];
      for (let each = element.parentElement; each !== null; each = each.parentElement) {
        const { overflowX, textOverflow } = getComputedStyle(each);
        // A part of a text that ends with dots is cut, and says so.
        if (textOverflow === 'ellipsis') return [];
        if (overflowX !== 'visible') found.push(each);
      }
      return [...found, document.documentElement];
    };
    return [...document.querySelectorAll('main *')]
      .filter((element) => element.closest(APART) === null)
      .filter(
        (element) =>
          element.matches('button, a, input, select') ||
          [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== ''),
      )
      .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && element.checkVisibility())
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return (
          width > 0 &&
          cutters(element).some((cutter) => {
            const around = cutter.getBoundingClientRect();
            return left < around.left - 1 || right > around.right + 1;
          })
        );
      })
      .map((element) => element.outerHTML.slice(0, 200));
  });
}

describe('in a window of 360 pixels', () => {
  it.each([
    ['/traces', '.trace-row'],
    ['/traces?filter=fault', '.difference, .differences .count'],
    [`/traces/${fulfilOrderTraceId}`, '.timeline [role=row]'],
    [`/compare/${createOrderTraceId}..${fulfilOrderTraceId}`, '.compare-bar'],
    ['/map', '.map-node'],
    ['/logs', '.log-line'],
    ['/requests/order-7f3c', '.log-line'],
    ['/alarms', '.alarm-row'],
    [`/alarms/${DURATION_ALARM}`, '[role=slider]'],
    ['/metrics', '[role=slider]'],
    ['/schedules', '.cell-schedule'],
  ])('nothing of %s is cut', async (path, last) => {
    await view.open(path);
    await page.locator(last).first().waitFor();
    await expect.poll(cutTexts).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it('two traces stand below each other row by row, each with its whole name and what it is of', async () => {
    await view.open(`/compare/${createOrderTraceId}..${fulfilOrderTraceId}`);
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: /local-shop\/local/ }) });
    await row.waitFor();
    const name = row.getByRole('rowheader');
    expect(await name.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    expect(await row.getByRole('cell').count()).toBe(4);
    await expect.poll(() => row.innerText()).toContain('only in A');
  });

  it('the fields that choose log lines end where the lines do', async () => {
    await view.open('/logs');
    const lines = await page.locator('.log-lines').boundingBox();
    for (const label of [/^Function/, /^Text/, /^Correlation id/]) {
      const field = await page.getByLabel(label).boundingBox();
      expect((field?.x ?? 0) + (field?.width ?? 0), String(label)).toBeCloseTo(
        (lines?.x ?? 0) + (lines?.width ?? 0),
        0,
      );
    }
  });

  it('the time of an alarm begins where its chart does', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    const range = await page.locator('.section-header .range').boundingBox();
    const chart = await page.locator('.panel-body').first().locator(':scope > *').first().boundingBox();
    expect(range?.x).toBeCloseTo(chart?.x ?? NaN, 0);
  });
});

describe('what has a long name', () => {
  const long = traceId(0xb7);
  const url = `https://shop.example/${'a-part-of-the-path/'.repeat(60)}`;

  beforeAll(() => {
    const { segment } = storyteller(now / 1000 - 30);
    const name = 'a-service-with-a-name-in-one-word-'.repeat(5);
    view.store.put(
      segment(
        long,
        { id: 0xb70, name, from: 0, to: 40 },
        { http: { request: { method: 'DELETE', url }, response: { status: 503 } } },
      ),
    );
  });

  it.each([360, 1280])('leaves room for the timeline, in a window of %s pixels', async (width) => {
    await page.setViewportSize({ width, height: 740 });
    await view.open(`/traces/${long}`);
    await page.locator('.timeline [role=row]').first().waitFor();
    const heading = page.getByRole('heading', { level: 1 });
    const lines = (selector: string) =>
      heading.locator(selector).evaluate((element) => {
        const line = Number.parseFloat(getComputedStyle(element).lineHeight);
        return Math.round(element.getBoundingClientRect().height / line);
      });
    expect(await lines('.target')).toBe(3);
    expect(await Promise.all(['.method', '.http-status'].map(lines))).toEqual([1, 1]);
    expect(await heading.locator('.entry').getAttribute('title')).toContain(url.slice(20));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it.each([360, 1280])('keeps the end that tells alarms apart, in a window of %s pixels', async (width) => {
    await page.setViewportSize({ width, height: 740 });
    await view.open('/alarms');
    const name = page.locator('.alarm-row .target').first();
    await name.waitFor();
    // As if the service were called so.
    const shown = await name.evaluate((element) => {
      element.textContent = `${'a-long-name-of-a-service-in-one-word-'.repeat(4)}errors`;
      const [text, room] = [element, element.closest('a')].map((one) => one?.getBoundingClientRect());
      return {
        begins: (text?.left ?? 0) < (room?.left ?? 0),
        ends: (text?.right ?? 0) <= (room?.right ?? 0) + 1,
      };
    });
    expect(shown).toEqual({ begins: true, ends: true });
  });

  it.each([360, 1280])('is cut with dots in the list, in a window of %s pixels', async (width) => {
    await page.setViewportSize({ width, height: 740 });
    await view.open('/traces');
    const service = page.getByRole('button', { name: /^a-service-with-a-name/ });
    await service.waitFor();
    const { ends, room, cut, dots } = await service.evaluate((element) => ({
      ends: element.getBoundingClientRect().right,
      room: element.closest('td')?.getBoundingClientRect().right ?? 0,
      cut: element.scrollWidth > element.clientWidth,
      dots: getComputedStyle(element).textOverflow,
    }));
    expect({ cut, dots }).toEqual({ cut: true, dots: 'ellipsis' });
    expect(ends).toBeLessThanOrEqual(room);
  });
});
