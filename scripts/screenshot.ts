import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { AlarmListing } from '../local/cloudwatch/view.ts';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { startLocalStack } from '../tests/helpers/local-stack.ts';
import { until } from '../tests/helpers/until.ts';
import type { LocalStack } from '../tests/helpers/local-stack.ts';
import { copyProject } from '../tests/helpers/project-copy.ts';

/*
 * Takes the pictures of README and docs from the running page: `npm run screenshot`. It starts the service twice: to
 * place a good and a bad order, whose trace is opened at its fault; and, on a fast clock, to let payments become slow
 * until the alarm tells.
 */
const repository = join(import.meta.dirname, '..');
const images = join(repository, 'docs/images');
/** Of healthy traffic, before payments become slow. */
const CALM_SECONDS = 25;
const SLOW_ORDER_EVERY_MS = 500;

// In a folder of its own, because stack traces show where the service lies.
const project = await copyProject('order-shop');
const browser = await launchBrowser();
try {
  await mkdir(images, { recursive: true });
  await withStack([], async (stack) => {
    await placeOrders(stack);
    await picture('trace', async (page) => {
      await page.goto(stack.console);
      await page
        .getByRole('link', { name: /^POST \/orders 201/ })
        .first()
        .click();
      await page.getByRole('button', { name: /^Go to fault/ }).click();
      await page.getByRole('region', { name: /^Details of/ }).waitFor();
      await page
        .getByRole('group', { name: /^Source of/ })
        .first()
        .waitFor();
    });
  });
  await withStack(['--minute', '1'], async (stack) => {
    await calmTraffic(stack);
    const endTraffic = slowTraffic(stack);
    try {
      const alarm = await raisedAlarm(stack);
      await picture(
        'map',
        async (page) => {
          await page.goto(`${stack.console}/map`);
          await page
            .getByRole('button', { name: /take-payment/ })
            .first()
            .waitFor();
          await page.getByRole('button', { name: 'Fit' }).click();
        },
        760,
      );
      await picture(
        'search',
        async (page) => {
          await page.goto(`${stack.console}/traces?filter=${encodeURIComponent('duration > 1')}`);
          await page.getByRole('region', { name: 'What differs' }).getByRole('button').first().waitFor();
        },
        900,
      );
      await picture('alarm', async (page) => {
        await page.goto(`${stack.console}/alarms/${encodeURIComponent(alarm)}`);
        await page.getByRole('slider').waitFor();
        await page.getByText('Live', { exact: true }).waitFor();
      });
    } finally {
      await endTraffic();
    }
  });
} finally {
  await browser.close();
  await project.remove();
}

async function withStack(args: readonly string[], use: (stack: LocalStack) => Promise<void>): Promise<void> {
  const stack = await startLocalStack(project.directory, args);
  try {
    await use(stack);
  } finally {
    await stack.stop();
  }
}

/** In both themes. */
async function picture(name: string, open: (page: Page) => Promise<void>, height = 1180): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height }, colorScheme });
    await open(page);
    await page.screenshot({ path: `${images}/${name}-${colorScheme}.png` });
    await page.close();
  }
}

/** The first orders warm the functions up: a picture of cold starts says nothing about an order. */
async function placeOrders(stack: LocalStack): Promise<void> {
  for (const sku of ['tea', 'mug', 'broken-strainer']) {
    await stack.order(sku);
    await until(async () => {
      const { traces } = await stack.traces();
      return (
        traces.every(({ isPartial, linkedTraceIds }) => !isPartial && linkedTraceIds.length > 0) || undefined
      );
    }, `the order of ${sku} to be fulfilled`);
  }
}

async function calmTraffic(stack: LocalStack): Promise<void> {
  for (let second = 0; second < CALM_SECONDS; second += 1) {
    await Promise.all([stack.order('tea'), sleep(1000)]);
  }
}

/** Goes on until the returned function is called: without traffic the alarm would be over before its picture is taken. */
function slowTraffic(stack: LocalStack): () => Promise<void> {
  const ending = new AbortController();
  const traffic = (async () => {
    while (!ending.signal.aborted)
      await Promise.all([stack.order('slow-teapot'), sleep(SLOW_ORDER_EVERY_MS)]);
  })();
  return async () => {
    ending.abort();
    await traffic;
  };
}

/** The name of the alarm of slow payments, once it is in ALARM. */
function raisedAlarm(stack: LocalStack): Promise<string> {
  return until(async () => {
    const { alarms } = (await (await fetch(`${stack.console}/api/alarms`)).json()) as AlarmListing;
    return alarms.find((alarm) => alarm.state === 'ALARM' && /take-payment.*duration/i.test(alarm.name))
      ?.name;
  }, 'the alarm of slow payments');
}
