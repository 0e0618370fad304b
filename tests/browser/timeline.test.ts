import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Invoke } from '../../local/lambda/invocation.ts';
import { KeptEvents } from '../../local/lambda/kept-events.ts';
import type { Segment, Subsegment } from '../../local/xray/document.ts';
import { TraceStore } from '../../local/xray/trace-store.ts';
import { entityId, traceId } from '../fixtures/console/entities.ts';
import { createOrderTraceId, fulfilOrderTraceId, orderDocuments } from '../fixtures/console/orders.ts';
import { violations } from '../helpers/accessibility.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';

const DEEP = traceId(0xdeeb);
const REPLAYED = traceId(0x7e91);
const at = Date.now() / 1000 - 30;

const store = new TraceStore();
let view: ServedPage;
let page: Page;

beforeAll(async () => {
  const events = new KeptEvents();
  const invoke: Invoke = ({ requestId = 'again', payload }) => {
    store.put(handlerOf(requestId === 'first' ? createOrderTraceId : REPLAYED));
    return Promise.resolve({
      requestId,
      payload,
      traceId: requestId === 'first' ? createOrderTraceId : REPLAYED,
    });
  };
  await events.observe(invoke)({
    functionName: 'shop-local-create-order',
    payload: '{}',
    requestId: 'first',
  });
  store.clear();
  for (const document of orderDocuments(at)) store.put(document);
  store.put({ ...handlerOf(DEEP), subsegments: [nested(0)] });
  view = await servePage({
    store,
    replays: {
      of: (id) => events.of(id),
      replay: (id, requestId) => events.replay(id, requestId, invoke),
      clear: () => events.clear(),
    },
  });
  ({ page } = view);
});
afterAll(() => view.close());
beforeEach(async () => {
  // A page that is open would ask for what is cleared.
  await page.goto('about:blank');
  await page.setViewportSize({ width: 1440, height: 900 });
});

function handlerOf(trace: string): Segment {
  return {
    id: entityId(0x501),
    trace_id: trace,
    name: 'shop-local-create-order',
    origin: 'AWS::Lambda',
    start_time: at,
    end_time: at + 0.2,
  };
}

function nested(level: number): Subsegment {
  return {
    id: entityId(0x900 + level),
    name: `order-shop-local-take-payment-${level}`,
    start_time: at + level * 0.02,
    end_time: at + 1 - level * 0.03,
    ...(level < 10 && { subsegments: [nested(level + 1)] }),
  };
}

async function open(trace: string): Promise<void> {
  await page.goto(`${view.url}/traces/${trace}`);
  await page.getByRole('treegrid', { name: 'Timeline' }).waitFor();
}

function row(name: RegExp) {
  return page.getByRole('row', { name }).first();
}

describe('the names of a timeline', () => {
  it('show their ends ten levels down, also where there is little room', async () => {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await open(DEEP);
      const tail = row(/^order-shop-local-take-payment-10,/).locator('.name-tail');
      const box = await tail.boundingBox();
      expect(box?.width).toBeGreaterThan(20);
    }
  });

  it('get more room by the keyboard, and keep it', async () => {
    await open(DEEP);
    const handle = page.getByRole('separator', { name: 'Width of the names' });
    const before = Number(await handle.getAttribute('aria-valuenow'));
    await handle.press('Shift+ArrowRight');
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe(String(before + 10));
    await page.reload();
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe(String(before + 10));
    await handle.press('Enter');
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe(String(before));
  });
});

describe('finding a row', () => {
  it('goes from match to match, and says which it is', async () => {
    await open(createOrderTraceId);
    await page.keyboard.press('/');
    await page.keyboard.type('PutItem');
    await page.getByText('1 match', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Details of DynamoDB' }).waitFor();
    await page.getByText('1 of 1', { exact: true }).waitFor();
  });

  it('goes from failure to failure with a key, into what is collapsed', async () => {
    await open(createOrderTraceId);
    await page.getByRole('button', { name: 'Collapse all' }).click();
    await page.keyboard.press('n');
    await page.getByRole('region', { name: /^Details of/ }).waitFor();
    expect(await page.getByRole('row', { selected: true }).count()).toBe(1);
  });
});

describe('the time that is shown', () => {
  it('is chosen on the overview, and the axis follows', async () => {
    await open(createOrderTraceId);
    const overview = page.getByRole('slider', { name: 'Time shown' });
    const whole = await overview.getAttribute('aria-valuetext');
    const box = await overview.boundingBox();
    if (box === null) throw new Error('The overview is not shown');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
    await page.mouse.up();
    await expect.poll(() => overview.getAttribute('aria-valuetext')).not.toBe(whole);
    await overview.press('0');
    await expect.poll(() => overview.getAttribute('aria-valuetext')).toBe(whole);
  });

  it('has its critical path, and the keys are on a sheet', async () => {
    await open(createOrderTraceId);
    await page.keyboard.press('c');
    await page.locator('.critical').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe('a trace', () => {
  it('is sent again, and stands beside the first', async () => {
    await open(createOrderTraceId);
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('heading', { name: 'Two traces side by side' }).waitFor();
    await page
      .getByRole('rowheader', { name: /shop-local-create-order/ })
      .first()
      .waitFor();
    await page
      .getByText(/only in A/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('is taken along as a file, and comes back from it', async () => {
    await open(createOrderTraceId);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    const file = await readFile(await download.path(), 'utf8');
    expect(file).toContain(fulfilOrderTraceId);
    await page.goto('about:blank');
    store.clear();
    await page.goto(view.url);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'order.json', mimeType: 'application/json', buffer: Buffer.from(file) });
    await page.getByText(/^order\.json: \d+ documents of 2 traces\.$/).waitFor();
    await page
      .getByRole('link', { name: /POST \/local\/orders/ })
      .first()
      .waitFor();
  });
});

describe('files that are dropped', () => {
  /** As a file manager does it: over the page first, then let go. */
  async function drop(files: Readonly<Record<string, string>>): Promise<void> {
    const transfer = await page.evaluateHandle((given) => {
      const data = new DataTransfer();
      for (const [name, text] of Object.entries(given)) data.items.add(new File([text], name));
      return data;
    }, files);
    const body = page.locator('body');
    await body.dispatchEvent('dragover', { dataTransfer: transfer });
    await page.getByText('Drop files of traces to import them').waitFor();
    await body.dispatchEvent('drop', { dataTransfer: transfer });
    await expect.poll(() => page.getByText('Drop files of traces to import them').count()).toBe(0);
  }

  it.each(['list', 'trace'])('on the page of the %s are taken, each with what came of it', async (where) => {
    if (where === 'list') await page.goto(view.url);
    else await open(createOrderTraceId);
    const [id, start] = [traceId(77), Math.floor(Date.now() / 1000)];
    const good = { id: entityId(1), trace_id: id, name: 'till', start_time: start, end_time: start + 1 };
    await drop({
      'good.json': JSON.stringify({ documents: [good, { ...good, id: 'no id' }] }),
      'other.json': '{"traces":[]}',
      'text.json': 'no JSON at all',
    });
    await page.getByText(/^good\.json: 1 document of 1 trace; not kept: 1 × \w+\.$/).waitFor();
    await page.getByText(/^other\.json was not imported\. .*Expected a file of traces/).waitFor();
    await page.getByText(/^text\.json was not imported\. .*JSON/).waitFor();
    expect(store.summary(id)).toMatchObject({ name: 'till' });
    // The browser writes down each request that was refused.
    expect(view.problems.splice(0)).toEqual([expect.stringContaining('400'), expect.stringContaining('400')]);

    await drop({ 'alone.json': JSON.stringify({ documents: [good] }) });
    await page.getByRole('heading', { name: 'till', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/traces/${id}`);
  });
});

describe('the pages of a trace', () => {
  it('have nothing for axe to find, in both themes and on a narrow screen', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await open(createOrderTraceId);
        expect(await violations(page)).toEqual([]);
      }
    }
  });

  it('run without an error', () => {
    expect(view.problems).toEqual([]);
  });
});
