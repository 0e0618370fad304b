import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LocalXRay } from '../../local/start-xray.ts';
import { violations } from '../helpers/accessibility.ts';
import { standsStill } from '../helpers/browser.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';
import { embedded, entityId, segment, traceId } from '../local/xray/fixtures.ts';

/** Enough for several pages of the list. */
const TRACES = 1000;
/** One of twenty is slow, and only slow ones fail. */
const EVERY_SLOW = 20;
const EVERY_FAILED = 100;
const HOSTILE = '<img src=x onerror="alert(1)">';

let view: ServedPage;
let xray: LocalXRay;
let page: Page;
const now = Math.floor(Date.now() / 1000);

function put(number: number, begin: number): void {
  const isSlow = number % EVERY_SLOW === 0;
  const isFailed = number % EVERY_FAILED === 0;
  const end = begin + (isSlow ? 3 : 0.2);
  const id = traceId(number);
  xray.store.put(
    segment(1, {
      trace_id: id,
      name: 'shop',
      start_time: begin,
      end_time: end,
      fault: isFailed,
      http: { request: { method: 'POST', url: `https://shop.example.com/orders/${number}` } },
      annotations: { CorrelationId: `c-${number}` },
    }),
  );
  xray.store.put(
    segment(2, {
      trace_id: id,
      parent_id: entityId(1),
      name: isSlow ? 'pay-by-voucher' : 'pay-by-card',
      origin: 'AWS::Lambda::Function',
      start_time: begin,
      end_time: end,
      fault: isFailed,
      aws: { request_id: `r-${number}` },
      annotations: { orderId: `o-${number}`, till: isSlow ? HOSTILE : 'main', total: number / 10 },
      ...(isSlow && { subsegments: [embedded(3, { name: 'Init', start_time: begin, end_time: begin + 1 })] }),
    }),
  );
}

beforeAll(async () => {
  xray = new LocalXRay({ region: 'local', accountId: '000000000000', onNotice: () => undefined });
  for (let number = 0; number < TRACES; number += 1) put(number, now - TRACES + number);
  view = await servePage({ store: xray.store, xray: xray.api });
  ({ page } = view);
});
afterAll(() => view.close());

beforeEach(() => page.setViewportSize({ width: 1440, height: 1000 }));

function open(path = '/traces'): Promise<void> {
  return view.open(path);
}

function box(): Locator {
  return page.getByRole('combobox', { name: 'Search traces' });
}

function option(name: string | RegExp): Locator {
  return page.getByRole('option', { name });
}

function filterInAddress(): string | null {
  return new URL(page.url()).searchParams.get('filter');
}

/** The requests that are listed, as far as they are drawn. */
function listed(): Promise<string[]> {
  return page.getByRole('table', { name: 'Traces' }).getByRole('link').allInnerTexts();
}

async function finds(numbers: readonly number[]): Promise<void> {
  await expect.poll(listed).toEqual(numbers.map((number) => `POST /orders/${number}`));
}

/** A path of the page that shows what a filter matches. */
function withFilter(filter: string): string {
  return `/traces?filter=${encodeURIComponent(filter)}`;
}

describe('the search box', () => {
  it('completes keywords, keys and values that exist, by keyboard', async () => {
    await open();
    await box().pressSequentially('annotation.ord');
    await option(/^annotation.orderId/).waitFor();
    await box().press('ArrowDown');
    expect(await option(/^annotation.orderId/).getAttribute('aria-selected')).toBe('true');
    expect(await box().getAttribute('aria-activedescendant')).toBe(
      await option(/^annotation.orderId/).getAttribute('id'),
    );
    await box().press('Enter');
    await expect.poll(() => box().inputValue()).toBe('annotation.orderId');
    await box().pressSequentially(' = "o-99');
    await option('"o-998" value of orderId').click();
    await expect.poll(() => box().inputValue()).toBe('annotation.orderId = "o-998"');
    await box().press('Escape');
    await box().press('Enter');
    await finds([998]);
    expect(filterInAddress()).toBe('annotation.orderId = "o-998"');
  });

  it.each([
    ['an order id', 'o-500', 'annotation.orderId = "o-500"', [500]],
    ['a correlation id', 'c-700', 'correlationid = "c-700"', [700]],
    ['a request id', 'r-700', 'requestid = "r-700"', [700]],
  ])('offers what words may mean: %s', async (_what, words, filter, numbers) => {
    await open();
    await box().fill(words);
    await option(filter).waitFor();
    await box().press('Enter');
    await box().press('Enter');
    await finds(numbers);
    expect(filterInAddress()).toBe(filter);
  });

  it('finds a service by its name, and a trace by its id', async () => {
    await open();
    await box().fill('voucher');
    await option('service("pay-by-voucher")').click();
    await page.getByText('50 traces', { exact: true }).waitFor();
    await box().fill(traceId(3));
    await option(traceId(3)).click();
    await page.waitForURL(`**/traces/${traceId(3)}**`);
    await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
  });

  it('says what is wrong with an expression, where it is', async () => {
    await open();
    await box().fill('ok AND durration > 3');
    await box().press('Enter');
    const alert = page.getByRole('alert').filter({ hasText: 'durration' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('duration');
    expect(await box().getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.search-underline mark').innerText()).toBe('durration');
    expect(filterInAddress()).toBeNull();
    expect(await violations(page)).toEqual([]);
    await box().fill('ok AND duration > 3');
    await alert.waitFor({ state: 'hidden' });
  });

  it('is what the address says, also after Back', async () => {
    await open(withFilter('fault'));
    expect(await box().inputValue()).toBe('fault');
    await page.getByText('10 traces', { exact: true }).waitFor();
    await box().fill('user = "nobody"');
    await box().press('Enter');
    await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
    await page.goBack();
    await page.getByText('10 traces', { exact: true }).waitFor();
    expect(await box().inputValue()).toBe('fault');
    // A trace leads back to what the list showed.
    await page.getByRole('link', { name: 'POST /orders/900' }).click();
    await page.getByRole('link', { name: /that match fault/ }).click();
    await page.getByText('10 traces', { exact: true }).waitFor();
  });

  it('of an address that cannot be read says so, and offers examples', async () => {
    await open(withFilter('this is = wrong'));
    await page.getByRole('heading', { name: 'This search cannot be read' }).waitFor();
    await page.getByRole('button', { name: 'Failed requests fault' }).click();
    await page.getByText('10 traces', { exact: true }).waitFor();
  });
});

describe('what the page points at', () => {
  it('is written into the search, and each condition can be removed', async () => {
    await open();
    await page
      .getByRole('group', { name: 'Statuses' })
      .getByRole('button', { name: /^Fault 10/ })
      .click();
    await page.getByText('10 traces', { exact: true }).waitFor();
    expect(filterInAddress()).toBe('service() { fault }');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'POST /orders/900' }) });
    await row.getByRole('button', { name: 'pay-by-voucher' }).click();
    await expect.poll(filterInAddress).toBe('service() { fault } AND service("pay-by-voucher")');
    await page.getByRole('button', { name: 'Remove service() { fault }' }).click();
    await page.getByText('50 traces', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove service("pay-by-voucher")' }).click();
    await expect.poll(filterInAddress).toBeNull();
  });
});

describe('the order of the list', () => {
  it.each([
    ['Duration', 'duration', 980],
    ['Status', 'status', 900],
    ['Started', null, TRACES - 1],
  ])('by %s is in the head of the table and in the address', async (name, sort, first) => {
    await open(sort === null ? '/traces?sort=duration' : '/traces');
    const head = page.getByRole('columnheader', { name });
    await head.getByRole('button').click();
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
    expect(new URL(page.url()).searchParams.get('sort')).toBe(sort);
    const duration = page.getByRole('table', { name: 'Traces' }).getByRole('row').nth(1);
    const expected = sort === 'duration' ? /3 s/ : new RegExp(`/orders/${first}`);
    await expect.poll(() => duration.innerText()).toMatch(expected);
  });

  it.each([
    ['Duration', 'duration-asc', /200 ms/],
    ['Started', 'start-asc', /\/orders\/0\b/],
    ['Status', 'status-asc', /OK/],
  ])(
    'by %s is turned around by a second press of a key, and kept in the address',
    async (name, sort, first) => {
      await open('/traces?sort=' + (name === 'Started' ? 'duration' : 'start'));
      const head = page.getByRole('columnheader', { name });
      const button = head.getByRole('button');
      await button.focus();
      for (const direction of ['descending', 'ascending', 'descending', 'ascending']) {
        await page.keyboard.press('Enter');
        await expect.poll(() => head.getAttribute('aria-sort')).toBe(direction);
      }
      expect(new URL(page.url()).searchParams.get('sort')).toBe(sort);
      const row = page.getByRole('table', { name: 'Traces' }).getByRole('row').nth(1);
      await expect.poll(() => row.innerText()).toMatch(first);
      await page.reload();
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending');
      await expect.poll(() => row.innerText()).toMatch(first);
    },
  );

  it('goes on while it is scrolled, and draws no more than can be seen', async () => {
    await open();
    await page.getByText(`200 traces of ${TRACES}`, { exact: true }).waitFor();
    await expect
      .poll(
        async () => {
          await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
          return (await listed()).at(-1);
        },
        { timeout: 20_000 },
      )
      .toBe('POST /orders/0');
    expect((await listed()).length).toBeLessThan(200);
    const table = page.getByRole('table', { name: 'Traces' });
    expect(await table.getAttribute('aria-rowcount')).toBe(String(TRACES + 1));
    expect(await table.getByRole('row').last().getAttribute('aria-rowindex')).toBe(String(TRACES + 1));
  });
});

describe('what arrives', () => {
  it('is listed where it matches, and waits for whoever reads further down', async () => {
    await open(withFilter('service("pay-by-card") AND duration < 1'));
    await page.getByText(/^200 traces/).waitFor();
    put(5001, now + 1);
    put(5020, now + 2);
    const first = page.getByRole('table', { name: 'Traces' }).getByRole('link').first();
    await expect.poll(() => first.innerText()).toBe('POST /orders/5001');

    await page.evaluate(() => scrollTo(0, 1500));
    const middle = page.getByRole('link', { name: 'POST /orders/979' });
    await middle.waitFor();
    await standsStill(page);
    const place = await middle.boundingBox();
    put(5003, now + 3);
    await page.getByRole('button', { name: '1 new trace' }).waitFor();
    expect(await middle.boundingBox()).toEqual(place);
    await page.getByRole('button', { name: '1 new trace' }).click();
    await expect.poll(() => first.innerText()).toBe('POST /orders/5003');
    expect(await page.getByRole('link', { name: 'POST /orders/5020' }).count()).toBe(0);
  });
});

describe('the list while traces come', () => {
  /** Notes from now on what moves on the page without anybody having touched it, but for a word that becomes longer. */
  async function watchShifts(): Promise<() => Promise<string[]>> {
    await page.evaluate(() => {
      const watched = globalThis as unknown as { shifted: string[] };
      watched.shifted = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          value: number;
          sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
        })[]) {
          if (entry.value < 0.001) continue;
          for (const { node, previousRect, currentRect } of entry.sources) {
            const element = node instanceof Element ? node : node?.parentElement;
            const [from, to] = [previousRect, currentRect].map(
              ({ x, y, width, height }) => `${x},${y} ${width}x${height}`,
            );
            watched.shifted.push(`${element?.outerHTML.slice(0, 120) ?? 'gone'} from ${from} to ${to}`);
          }
        }
      }).observe({ type: 'layout-shift' });
    });
    return () => page.evaluate(() => (globalThis as unknown as { shifted: string[] }).shifted);
  }

  let next = TRACES;
  /** Traces that come one after another, and are all of them at the server when this ends. */
  async function come(): Promise<void> {
    for (const end = next + 30; next < end; next += 1) {
      put(next, Math.floor(Date.now() / 1000));
      await page.waitForTimeout(20);
    }
  }

  it('moves nothing: rows glide to make room for new ones', async () => {
    await open();
    await page.getByText(/^200 traces of \d+$/).waitFor();
    // Until then the page loads, of which steady.test.ts holds how much it may move.
    await page.locator('.histogram-plot').waitFor();
    await standsStill(page);
    const shifted = await watchShifts();
    await come();
    await page.getByRole('link', { name: `POST /orders/${next - 1}` }).waitFor();
    expect(await shifted()).toEqual([]);
  });

  it('keeps the row that has the focus, and the place that is read', async () => {
    await open();
    await page.getByText(/^200 traces of \d+$/).waitFor();
    await page.locator('.histogram-plot').waitFor();
    await page.evaluate(() => scrollTo(0, 3000));
    // The rows that are in view then are drawn in the next frame.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const row = page.getByRole('table', { name: 'Traces' }).getByRole('row').nth(25).getByRole('link');
    const name = await row.innerText();
    await row.focus();
    await standsStill(page);
    const place = async () => ({
      y: await page.evaluate(() => scrollY),
      top: await page.evaluate(() => document.activeElement?.getBoundingClientRect().top),
      focused: await page.evaluate(() => document.activeElement?.textContent),
    });
    const before = await place();
    const shifted = await watchShifts();
    await come();
    await page.getByRole('button', { name: /new traces?$/ }).waitFor();
    expect(await place()).toEqual(before);
    expect(before.focused).toContain(name.split('\n')[0]);
    expect(await shifted()).toEqual([]);
  });
});

describe('the histogram', () => {
  it('writes what is dragged over into the search, and says what differs', async () => {
    await open();
    const plot = page.locator('.histogram-plot');
    const bar = await page.getByTitle(/^3 s to 5 s/).boundingBox();
    if (bar === null) throw new Error('The slow traces have no bar.');
    await page.mouse.move(bar.x - 5, bar.y + bar.height / 2);
    await page.mouse.down();
    await page.mouse.move(bar.x + bar.width / 2, bar.y + bar.height / 2, { steps: 4 });
    await page.mouse.up();
    await expect.poll(filterInAddress).toBe('duration >= 2 AND duration < 5');
    expect(await plot.getByRole('slider', { name: 'Shortest duration' }).getAttribute('aria-valuetext')).toBe(
      'from 2 s',
    );

    const differences = page.getByRole('region', { name: 'What differs' });
    await differences.getByRole('button', { name: /cold start/ }).waitFor();
    // Whatever it says, it is text.
    await differences.getByRole('button', { name: /<img src=x/ }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await differences.getByRole('button', { name: /^function pay-by-voucher/ }).click();
    await expect.poll(filterInAddress).toBe('duration >= 2 AND duration < 5 AND service("pay-by-voucher")');
    await page.getByRole('button', { name: 'Any duration' }).click();
    await expect.poll(filterInAddress).toBe('service("pay-by-voucher")');
  });

  it('is used by keyboard', async () => {
    await open();
    const least = page.getByRole('slider', { name: 'Shortest duration' });
    await least.focus();
    await page.keyboard.press('End');
    await expect.poll(filterInAddress).toMatch(/^duration >= \d/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => least.getAttribute('aria-valuetext')).toMatch(/^from \d+ ms$/);
    await page.keyboard.press('Escape');
    await expect.poll(filterInAddress).toBeNull();
  });
});

describe('the list', () => {
  it.each(['light', 'dark'] as const)(
    'is accessible in the %s theme, and fits a narrow window',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await open(withFilter('duration > 1'));
        await page.getByRole('region', { name: 'What differs' }).getByRole('button').first().waitFor();
        await box().fill('annotation.');
        await option(/^annotation.orderId/).waitFor();
        expect(await violations(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
    },
  );

  it('runs without an error, under its content security policy', () => {
    expect(view.problems).toEqual([]);
  });
});
