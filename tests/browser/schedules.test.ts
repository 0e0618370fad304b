import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventBridge } from '../../local/events/event-bridge.ts';
import { violations } from '../helpers/accessibility.ts';
import type { ServedPage } from '../helpers/console-page.ts';
import { servePage } from '../helpers/console-page.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const sent: string[] = [];
const rule = { busName: 'default', enabled: true, arn: 'arn:aws:events:eu-west-1:000000000000:rule/r' };
const target = { id: 'clean-up', arn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-clean-up' };
const eventBridge = new EventBridge({
  region: 'eu-west-1',
  accountId: '000000000000',
  buses: [{ name: 'default', arn: 'arn:aws:events:eu-west-1:000000000000:event-bus/default' }],
  rules: [
    { ...rule, name: 'nightly', schedule: 'cron(0 3 * * ? *)', targets: [target] },
    { ...rule, name: HOSTILE, schedule: 'rate(7 days)', enabled: false, targets: [] },
  ],
  targets: {
    deliver: ({ arn }) => {
      sent.push(arn);
      return Promise.resolve();
    },
  },
  onProblem: (message) => {
    throw new Error(message);
  },
});

let view: ServedPage;
let page: Page;
beforeAll(async () => {
  eventBridge.start();
  view = await servePage({
    schedules: {
      list: () =>
        eventBridge.rules().map(({ name, schedule = '', enabled, targets, next, last }) => ({
          id: `rule/default/${name}`,
          expression: schedule,
          enabled,
          targets: targets.map(({ arn }) => arn),
          ...(next !== undefined && { next }),
          ...(last !== undefined && { last }),
        })),
      run: (id) => eventBridge.runNow('default', id.slice('rule/default/'.length)),
    },
  });
  ({ page } = view);
});
afterAll(async () => {
  await view.close();
  await eventBridge.stop();
});

describe('the schedules', () => {
  it('show when each runs, and run it now by a button', async () => {
    await view.open('/');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Schedules' }).click();
    const row = page.getByRole('row', { name: /rule\/default\/nightly/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/cron\(0 3 \* \* \? \*\)\s+in \d+ (s|min|h)\s+not yet/);

    await row.getByRole('button', { name: 'Run now: rule/default/nightly' }).click();
    await row.getByText('just now').waitFor();
    expect(sent).toEqual([target.arn]);

    const other = page.getByRole('row', { name: /onerror/ });
    expect(await other.innerText()).toMatch(/Disabled[\s\S]*never/);
    await expect
      .poll(() => page.getByRole('status').allInnerTexts())
      .toContain('The event of rule/default/nightly is on its way.');
  });

  it.each(['light', 'dark'] as const)('can be read by everyone in the %s theme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await view.open('/schedules');
    await page.getByRole('table', { name: 'Schedules' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('fit a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 780 });
    await view.open('/schedules');
    const button = page.getByRole('button', { name: 'Run now: rule/default/nightly' });
    await button.waitFor();
    const { x = 0, width = 0 } = (await button.boundingBox()) ?? {};
    expect(x + width).toBeLessThanOrEqual(360);
    expect(view.problems).toEqual([]);
  });
});
