import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceInfo } from '../../local/console-contract.ts';
import { DURATION_ALARM, HOSTILE_TEXT, metricChart, shopAlarms } from '../fixtures/console/alarms.ts';
import { shopService } from '../fixtures/console/entities.ts';
import { scriptCloudWatch } from '../fixtures/console/scripted-cloudwatch.ts';
import { violations } from '../helpers/accessibility.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';
import { segment, traceId } from '../local/xray/fixtures.ts';

const MINUTE = 60_000;
const HEALTHY = 300;
const SLOW = 5200;
/** Which of the minutes of the script was slow. */
const SLOW_MINUTE = 3;

/** The script: a metric that is healthy, slow for a minute, and healthy again, with one trace in each minute. */
const start = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
function minute(index: number) {
  return start + index * MINUTE;
}

const datapoints = Array.from({ length: 8 }, (_, index) => ({
  at: minute(index),
  value: index === SLOW_MINUTE ? SLOW : HEALTHY + index,
  breaching: index === SLOW_MINUTE,
}));

const cloudWatch = scriptCloudWatch({
  alarms: shopAlarms(start),
  charts: {
    [DURATION_ALARM]: metricChart(datapoints, {
      threshold: { value: 4800, comparisonOperator: 'GreaterThanThreshold' },
    }),
  },
  actions: ['published to arn:aws:sns:eu-west-1:000000000000:alarms'],
  // Twice a second is how often the page then looks for new datapoints: as often as it ever does.
  minuteMs: 1000,
  range: () => ({ from: start, to: start + 10 * MINUTE }),
});
let service: ServiceInfo = shopService;
let view: ServedPage;
let page: Page;

beforeAll(async () => {
  view = await servePage({ cloudWatch, serviceInfo: () => service });
  ({ page } = view);
  for (let index = 0; index < datapoints.length; index += 1) {
    const begin = minute(index) / 1000 + 20;
    view.store.put(
      segment(index, {
        trace_id: traceId(index),
        name: `payment-in-minute-${index}`,
        start_time: begin,
        end_time: begin + 1,
      }),
    );
  }
});
afterAll(() => view.close());

beforeEach(() => page.setViewportSize({ width: 1400, height: 1000 }));

function chart(name = 'Duration p99'): Locator {
  return page.getByRole('slider', { name });
}

function navigation() {
  return page.getByRole('navigation', { name: 'Pages' });
}

function query() {
  return new URL(page.url()).search;
}

/** The names of the traces that are listed. */
async function listed(): Promise<string[]> {
  await page.getByRole('table', { name: 'Traces' }).waitFor();
  return page.getByRole('table', { name: 'Traces' }).getByRole('link').allInnerTexts();
}

describe('the alarms', () => {
  it('change their state while they are looked at, the worst first, and are counted on every page', async () => {
    await view.open('/');
    const link = navigation().getByRole('link', { name: /^Alarms/ });
    expect(await link.innerText()).toBe('Alarms');
    await link.click();
    await page.getByRole('row', { name: `OK ${DURATION_ALARM}` }).waitFor();

    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'Threshold Crossed: 5200 was greater than 4800');

    const row = page.getByRole('row', { name: `In alarm ${DURATION_ALARM}` });
    await row.waitFor();
    expect(await row.innerText()).toContain('5200 was greater than 4800');
    expect(await page.getByRole('row').nth(1).innerText()).toContain(DURATION_ALARM);
    await navigation().getByRole('link', { name: 'Alarms 1 in alarm' }).waitFor();
    await navigation().getByRole('link', { name: 'Metrics' }).click();
    await navigation().getByRole('link', { name: 'Alarms 1 in alarm' }).waitFor();
  });

  it('are found by state and by words', async () => {
    await view.open('/alarms');
    await page.getByRole('button', { name: /^Insufficient data/ }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: /^All/ }).click();
    await page.getByRole('searchbox', { name: 'Filter by words' }).fill('create-order errors');
    await expect.poll(() => page.getByRole('row').count()).toBe(3);
    await page.getByRole('searchbox', { name: 'Filter by words' }).fill('no such words');
    await page.getByRole('heading', { name: 'No alarm like this' }).waitFor();
  });

  it('say what they mean as text, whoever wrote it, and link to https only', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    const meaning = page.getByRole('region', { name: 'What it means' });
    expect(await meaning.innerText()).toContain('javascript:alert(1)');
    expect(
      await meaning
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? '')),
    ).toEqual(['https://eu-west-1.console.aws.amazon.com/lambda/home#/functions/take-payment']);

    await view.open('/alarms/order-shop-local-create-order-errors');
    expect(await meaning.innerText()).toContain(HOSTILE_TEXT);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('have a history with what was done about it', async () => {
    cloudWatch.turn(DURATION_ALARM, 'OK', 'fast again');
    await view.open(`/alarms/${DURATION_ALARM}`);
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('published to arn:aws:sns').waitFor();
    const newest = history.getByRole('listitem').first();
    await expect.poll(() => newest.innerText()).toMatch(/OK[\s\S]*In alarm[\s\S]*too slow/);
  });

  it('show the message that people get, line by line, while they are in ALARM', async () => {
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too <b>slow</b>');
    await view.open(`/alarms/${DURATION_ALARM}`);
    const message = page.getByRole('region', { name: 'Message' });
    expect(await message.innerText()).toMatch(/Something is wrong: too <b>slow<\/b>\n\nNext:\n1\. https/);
    expect(await message.getByRole('link').count()).toBe(1);
    cloudWatch.turn(DURATION_ALARM, 'OK', 'fast again');
    await expect.poll(() => message.count()).toBe(0);
  });

  it('made of others show their rule and lead to them', async () => {
    await view.open('/alarms/order-shop-local-unhealthy');
    await page.getByText(`ALARM("${DURATION_ALARM}") OR`).waitFor();
    await page.getByRole('link', { name: DURATION_ALARM }).click();
    await chart().waitFor();
  });

  it('that do not exist say so', async () => {
    await page.goto(`${view.url}/alarms/${encodeURIComponent('<b>none</b>')}`);
    await page.getByRole('heading', { name: 'No such alarm' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('<b>none</b>');
    // The browser itself reports the 404.
    expect(view.problems.splice(0)).toEqual([expect.stringContaining('404')]);
  });
});

describe('a chart', () => {
  it('leads with one click from a red point to the traces of its minute, and back', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    await chart().waitFor();
    const mark = await chart().locator('.chart-breach').boundingBox();
    if (mark === null) throw new Error('The breaching point is not marked.');
    await page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2);

    await expect.poll(listed).toEqual([`payment-in-minute-${SLOW_MINUTE}`]);
    expect(query()).toContain(`?from=${minute(SLOW_MINUTE)}&to=${minute(SLOW_MINUTE + 1)}`);
    await page.getByRole('link', { name: `← ${DURATION_ALARM}` }).click();
    await chart().waitFor();

    await page.goBack();
    await page.getByRole('button', { name: 'Remove the time' }).click();
    await expect.poll(async () => (await listed()).length).toBe(datapoints.length);
    expect(query()).toBe('');
  });

  it('is walked with the arrow keys, says each period, and opens it with Enter', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    await chart().press('Home');
    for (let index = 0; index < SLOW_MINUTE; index += 1) await chart().press('ArrowRight');
    expect(await chart().getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:00, 5\.2 s, breaching$/);
    await chart().press('Enter');
    await expect.poll(listed).toEqual([`payment-in-minute-${SLOW_MINUTE}`]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Traces');
  });

  it('shows its point to the first tap of a finger, and opens it with the second', async () => {
    const phone = await view.browser.newContext({ hasTouch: true, viewport: { width: 390, height: 800 } });
    const touched = await phone.newPage();
    await touched.goto(`${view.url}/alarms/${DURATION_ALARM}`);
    const slider = touched.getByRole('slider', { name: 'Duration p99' });
    const mark = slider.locator('.chart-breach');
    await mark.waitFor({ state: 'attached' });
    await slider.scrollIntoViewIfNeeded();
    const box = await mark.boundingBox();
    if (box === null) throw new Error('The breaching point is not marked.');
    await touched.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await slider.getByText('Breaching the threshold').waitFor();
    expect(new URL(touched.url()).pathname).toContain('/alarms/');
    await touched.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await touched.getByRole('link', { name: `payment-in-minute-${SLOW_MINUTE}` }).waitFor();
    await phone.close();
  });

  it('has all its data in a table for those who cannot see it', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    const table = page.getByRole('table', { name: 'Duration p99' });
    await expect.poll(() => table.getByRole('row').count()).toBe(datapoints.length + 1);
    expect(await table.getByRole('row', { name: /5\.2 s breaching/ }).count()).toBe(1);
  });

  it('grows while it is looked at', async () => {
    await view.open(`/alarms/${DURATION_ALARM}`);
    await expect.poll(() => chart().getAttribute('aria-valuemax')).toBe(String(datapoints.length));
    cloudWatch.measure(DURATION_ALARM, { at: minute(datapoints.length), value: 777 });
    await expect.poll(() => chart().getAttribute('aria-valuetext'), { timeout: 10_000 }).toContain('777 ms');
  });

  it('is looked at more closely by dragging, and Back undoes it', async () => {
    await view.open('/metrics');
    const area = await chart('Duration').first().boundingBox();
    if (area === null) throw new Error('There is no chart.');
    const y = area.y + area.height / 2;
    await page.mouse.move(area.x + area.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.6, y, { steps: 5 });
    await page.mouse.up();

    await page.getByRole('button', { name: 'Remove the time' }).waitFor();
    const [, from = 0, to = 0] = (/from=(\d+)&to=(\d+)/.exec(query()) ?? []).map(Number);
    expect(from).toBeGreaterThan(start);
    expect(to).toBeLessThan(start + 10 * MINUTE);
    await page.goBack();
    expect(query()).toBe('');
    await page.getByRole('button', { name: 'Remove the time' }).waitFor({ state: 'detached' });
  });
});

describe('the metrics', () => {
  it('say what was measured and is not shown', async () => {
    await view.open('/metrics');
    await page.getByText('Not everything is shown: 3 samples were refused').waitFor();
    await page.getByRole('searchbox', { name: 'Filter by words' }).fill('fulfilment age');
    await expect.poll(() => page.getByRole('slider').count()).toBe(1);
  });
});

describe('the time of a page', () => {
  it('goes along from page to page, and is in the address', async () => {
    await view.open('/metrics');
    await page.getByRole('button', { name: '15 min' }).click();
    expect(query()).toBe('?last=15m');
    await navigation().getByRole('link', { name: 'Traces' }).click();
    expect(query()).toBe('?last=15m');
    expect(await page.getByRole('button', { name: '15 min' }).getAttribute('aria-pressed')).toBe('true');
    await page.reload();
    expect((await listed()).length).toBe(datapoints.length);
  });

  it('can be typed', async () => {
    await view.open('/traces');
    await page.getByRole('button', { name: 'Custom' }).click();
    const local = (time: number) => {
      const date = new Date(time - new Date(time).getTimezoneOffset() * MINUTE);
      return date.toISOString().slice(0, 19);
    };
    await page.getByLabel('From').fill(local(minute(2)));
    await page.getByLabel('To').fill(local(minute(1)));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('must be a time before').waitFor();
    await page.getByLabel('To').fill(local(minute(3)));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(listed).toEqual(['payment-in-minute-2']);
  });

  it('that nobody can read shows everything, and says so', async () => {
    await view.open('/traces?from=yesterday');
    await page.getByText('The time in the address cannot be read').waitFor();
    expect(await listed()).toHaveLength(datapoints.length);
  });

  it('without traces says so, and leads to all', async () => {
    await view.open('/traces?from=1000&to=2000');
    await page.getByRole('heading', { name: 'No traces of this time' }).waitFor();
    await page.getByRole('link', { name: 'Show all traces' }).click();
    expect(await listed()).toHaveLength(datapoints.length);
  });
});

describe('the page', () => {
  it('says live which functions are traced', async () => {
    await view.open('/alarms');
    const told = (text: string) => page.getByRole('banner').getByText(text, { exact: true }).waitFor();
    const traced = (...keys: readonly string[]) => {
      const functions = shopService.functions.map((each) => ({ ...each, tracing: keys.includes(each.key) }));
      service = { ...shopService, tracing: keys.length > 0, functions };
      view.server.serviceChanged();
    };
    traced();
    await told('tracing off');
    traced('take-payment');
    await told('tracing on: take-payment');
    traced();
    await told('tracing off');
  });

  it.each(['light', 'dark'] as const)(
    'is accessible in the %s theme, and fits every window',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      for (const width of [1600, 360]) {
        await page.setViewportSize({ width, height: 900 });
        for (const path of ['/traces?from=1&to=2', '/alarms', `/alarms/${DURATION_ALARM}`, '/metrics']) {
          await view.open(path);
          await page.locator('h1').waitFor();
          if (path.startsWith('/alarms/')) await chart().press('Home');
          expect(await violations(page), `${path} at ${width}`).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
        }
      }
    },
  );

  it('runs without an error, under its content security policy', () => {
    expect(view.problems).toEqual([]);
  });
});
