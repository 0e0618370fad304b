import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LogStore } from '../../local/logs/log-store.ts';
import { DURATION_ALARM, metricChart, shopAlarms } from '../fixtures/console/alarms.ts';
import { traceId } from '../fixtures/console/entities.ts';
import { createOrderTraceId, fulfilOrderTraceId, orderDocuments } from '../fixtures/console/orders.ts';
import { scriptCloudWatch } from '../fixtures/console/scripted-cloudwatch.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';
import { segment } from '../local/xray/fixtures.ts';

const MINUTE_MS = 60_000;
/** As the browser counts it: the share of the window that moved, times how far. */
const MOST_SHIFT_WHILE_LOADING = 0.02;
/** Of one movement of a page that is live: a word of its head may become wider. */
const MOST_SHIFT_WHILE_LIVE = 0.001;
/** How late the API answers, so that the page is painted in each of its states before. */
const LATE_MS = 60;

/** What moved without being asked to, as the browser reports it. */
interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

/** The fields of a `LayoutShift` entry that are read; TypeScript's library of the DOM does not have it. */
interface LayoutShift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

const now = Date.now();
const logs = new LogStore({ maxLines: 400 });
/** Questions of the page that are not answered yet. */
const unanswered = new Set<unknown>();
let view: ServedPage;
let page: Page;
let next = 0x100;

beforeAll(async () => {
  const cloudWatch = scriptCloudWatch({
    alarms: shopAlarms(now - 20 * MINUTE_MS),
    charts: {
      [DURATION_ALARM]: metricChart(
        Array.from({ length: 8 }, (_, index) => ({ at: now - (10 - index) * MINUTE_MS, value: 300 + index })),
        { threshold: { value: 4800, comparisonOperator: 'GreaterThanThreshold' } },
      ),
    },
    actions: [],
    minuteMs: MINUTE_MS,
    range: () => ({ from: now - 20 * MINUTE_MS, to: now }),
  });
  view = await servePage({ logs, cloudWatch });
  ({ page } = view);
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    const keep = (entries: readonly PerformanceEntry[]) => {
      for (const entry of entries as readonly (PerformanceEntry & LayoutShift)[]) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return element === null || element === undefined ? '' : `${element.tagName}.${element.className}`;
        });
        shifts.push({ value: entry.value, moved });
      }
    };
    const observer = new PerformanceObserver((list) => keep(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    Object.assign(window, {
      shiftsSoFar: () => {
        keep(observer.takeRecords());
        return shifts;
      },
    });
  });
  await page.route('**/api/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    await route.continue();
  });
  page.on('request', (request) => {
    // The stream of events has no end.
    if (/\/api\/(?!events)/.test(request.url())) unanswered.add(request);
  });
  page.on('requestfinished', (request) => unanswered.delete(request));
  page.on('requestfailed', (request) => unanswered.delete(request));
});
afterAll(() => view.close());

beforeEach(async () => {
  // A page that is open would ask for what is cleared.
  await page.goto('about:blank');
  view.store.clear();
  unanswered.clear();
});

function putOrder(): void {
  for (const document of orderDocuments(Date.now() / 1000 - 60)) view.store.put(document);
}

/** A trace of a function of the shop that has just failed, and the line that it wrote. @returns the number of both. */
function call(): number {
  next += 1;
  const seconds = Date.now() / 1000;
  view.store.put(
    segment(next, {
      trace_id: traceId(next),
      name: `order-shop-local-${next % 3 === 0 ? 'take-payment' : 'create-order'}`,
      origin: 'AWS::Lambda::Function',
      start_time: seconds - (next % 7) / 10 - 0.05,
      end_time: seconds,
      fault: true,
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
    // Some are longer than a row.
    message: JSON.stringify({
      level: 'INFO',
      message: `order ${next} placed${' and confirmed'.repeat((next % 3) * 20)}`,
      correlation_id: 'c-1',
    }),
  });
  return next;
}

/** Until the page is connected, has what it asked for and what it asked for then, and has drawn it. */
async function settled(): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('main h1').waitFor();
  for (let calm = 0; calm < 3; calm += 1) {
    if (unanswered.size > 0) calm = -1;
    await drawn();
  }
}

/** Until what the page has now is painted, and told to those who observe it. */
async function drawn(): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
      }),
  );
}

async function shifts(): Promise<readonly Shift[]> {
  return page.evaluate(() => (window as unknown as { shiftsSoFar(): Shift[] }).shiftsSoFar());
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

/** Whether a call is seen, by its number and by how many there are; it runs in the page. */
const LIVE_PAGES: Readonly<Record<string, (call: { number: number; id: string; count: number }) => boolean>> =
  {
    '/traces': ({ id }) => document.querySelector(`.trace-row a[href*="${id}"]`) !== null,
    '/traces?filter=fault': ({ id }) => document.querySelector(`.trace-row a[href*="${id}"]`) !== null,
    '/map': ({ count }) => {
      const titles = [...document.querySelectorAll('.map-node title')].map(({ textContent }) => textContent);
      const requests = titles
        .filter((title) => title.includes('Lambda function'))
        .map((title) => Number(/(\d+) requests?/.exec(title)?.[1] ?? 0));
      return requests.reduce((total, each) => total + each, 0) === count;
    },
    '/logs': ({ number }) =>
      [...document.querySelectorAll('.log-message')].some(({ textContent }) =>
        textContent.startsWith(`order ${number} placed`),
      ),
  };

describe.each([1400, 390])('nothing moves by itself, %i pixels wide,', (width) => {
  beforeEach(() => page.setViewportSize({ width, height: 900 }));

  it.each(PAGES)('while %s loads', async (path) => {
    putOrder();
    for (let each = 0; each < 12; each += 1) call();
    await page.goto(view.url + path);
    await settled();
    const all = await shifts();
    expect(sum(all), JSON.stringify(all)).toBeLessThan(MOST_SHIFT_WHILE_LOADING);
  });

  it.each(Object.entries(LIVE_PAGES))('while what is new comes to %s', async (path, isSeen) => {
    call();
    await page.goto(view.url + path);
    await settled();
    const before = (await shifts()).length;
    for (let count = 2; count < 5; count += 1) {
      const number = call();
      await page.waitForFunction(isSeen, { number, id: traceId(number), count });
      await drawn();
    }
    await settled();
    const all = (await shifts()).slice(before);
    expect(all.filter(({ value }) => value > MOST_SHIFT_WHILE_LIVE)).toEqual([]);
  });
});
