import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtConsole, ConsoleServer } from '../../local/console-server/console-server.ts';
import { LogStore } from '../../local/logs/log-store.ts';
import { TraceStore } from '../../local/xray/trace-store.ts';
import { DURATION_ALARM, metricChart, shopAlarms } from '../fixtures/console/alarms.ts';
import { shopService, traceId } from '../fixtures/console/entities.ts';
import { createOrderTraceId, fulfilOrderTraceId, orderPage } from '../fixtures/console/orders.ts';
import { scriptCloudWatch } from '../fixtures/console/scripted-cloudwatch.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { segment } from '../local/xray/fixtures.ts';

const MINUTE_MS = 60_000;
/** As the browser counts it: the share of the window that moved, times how far. */
const MOST_SHIFT = 0.02;
/** How late the API answers, so that the page is painted in each of its states before. */
const LATE_MS = 120;

/** What moved without being asked to, as the browser reports it. */
interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

let browser: Browser;
let server: ConsoleServer;
let store: TraceStore;
let logs: LogStore;
let url: string;
let page: Page;
let next = 0x100;

beforeAll(async () => {
  const now = Date.now();
  store = new TraceStore();
  logs = new LogStore({ maxLines: 400 });
  server = new ConsoleServer({
    store,
    logs,
    cloudWatch: scriptCloudWatch({
      alarms: shopAlarms(now - 20 * MINUTE_MS),
      charts: {
        [DURATION_ALARM]: metricChart(
          Array.from({ length: 8 }, (_, index) => ({
            at: now - (10 - index) * MINUTE_MS,
            value: 300 + index,
          })),
          { threshold: { value: 4800, comparisonOperator: 'GreaterThanThreshold' } },
        ),
      },
      actions: [],
      minuteMs: MINUTE_MS,
      range: () => ({ from: now - 20 * MINUTE_MS, to: now }),
    }),
    port: 0,
    staticDirectory: builtConsole(),
    serviceInfo: () => shopService,
  });
  [{ url }, browser] = await Promise.all([server.start(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  store.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & LayoutShift)[]) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return element === null || element === undefined ? '' : `${element.tagName}.${element.className}`;
        });
        shifts.push({ value: entry.value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.route('**/api/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    await route.continue();
  });
});
afterEach(async () => {
  await page.close();
  store.clear();
});

/** The fields of a `LayoutShift` entry that are read; TypeScript's library of the DOM does not have it. */
interface LayoutShift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

function putOrder(): void {
  const { trace, linked } = orderPage(Date.now() / 1000 - 60);
  for (const document of [trace, ...linked].flatMap(({ documents }) => documents)) store.put(document);
}

/** A trace of a function of the shop that has just ended, and the line that it wrote. */
function call(): void {
  next += 1;
  const seconds = Date.now() / 1000;
  store.put(
    segment(next, {
      trace_id: traceId(next),
      name: `order-shop-local-${next % 3 === 0 ? 'take-payment' : 'create-order'}`,
      origin: 'AWS::Lambda::Function',
      start_time: seconds - (next % 7) / 10 - 0.05,
      end_time: seconds,
      fault: next % 5 === 0,
      annotations: { CorrelationId: `c-${next}` },
    }),
  );
  logs.add({
    functionName: 'order-shop-local-create-order',
    functionKey: 'create-order',
    logGroup: '/aws/lambda/order-shop-local-create-order',
    logStream: '1',
    requestId: `r-${next}`,
    timestamp: Date.now(),
    source: 'stdout',
    message: `{"level":"INFO","message":"order placed","correlation_id":"c-1","number":${next}}`,
  });
}

/** Until the page has what it asked for, and drew it. */
async function settled(): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(1500);
}

async function shifts(): Promise<Shift[]> {
  return page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
}

function sum(all: readonly Shift[]): number {
  return all.reduce((total, { value }) => total + value, 0);
}

const PAGES = [
  '/traces',
  '/traces?filter=fault',
  '/traces?last=15m',
  `/traces/${createOrderTraceId}`,
  `/compare/${createOrderTraceId}..${fulfilOrderTraceId}`,
  '/map',
  '/logs',
  '/requests/c-1',
  '/alarms',
  `/alarms/${DURATION_ALARM}`,
  '/metrics',
];

/** What makes room at the top of a list for what is newer is what a live list is for. */
const IN_THE_LIST = /^(TR\.trace-row|LI\.log-line)/;

describe.each([1400, 390])('nothing moves by itself, %i pixels wide,', (width) => {
  beforeEach(() => page.setViewportSize({ width, height: 900 }));

  it.each(PAGES)('while %s loads', async (path) => {
    putOrder();
    for (let each = 0; each < 12; each += 1) call();
    await page.goto(url + path);
    await settled();
    const all = await shifts();
    expect(sum(all), JSON.stringify(all)).toBeLessThan(MOST_SHIFT);
  });

  it.each(['/traces', '/traces?filter=fault', '/map', '/logs'])(
    'but rows for newer ones, while traces come to %s',
    async (path) => {
      if (path !== '/traces') {
        putOrder();
        call();
      }
      await page.goto(url + path);
      await settled();
      const before = (await shifts()).length;
      for (let each = 0; each < 12; each += 1) {
        call();
        await page.waitForTimeout(250);
      }
      await page.waitForTimeout(1500);
      const all = (await shifts())
        .slice(before)
        .filter(({ moved }) => !moved.some((element) => IN_THE_LIST.test(element)));
      expect(sum(all), JSON.stringify(all)).toBeLessThan(MOST_SHIFT);
    },
  );
});
