import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { eventually, startLocalStack } from '../tests/helpers/local-stack.ts';
import { copyProject } from '../tests/helpers/project-copy.ts';

/*
 * Takes the pictures of the README from the running page: `npm run screenshot`. It starts the service, places a good and
 * a bad order, and opens the bad one at its fault.
 */
const repository = join(import.meta.dirname, '..');
const images = join(repository, 'docs/images');
// In a folder of its own, because stack traces show where the service lies.
const project = await copyProject('order-shop');
await symlink(join(repository, 'dist'), join(project.directory, 'dist'));
const stack = await startLocalStack(project.directory);
const browser = await launchBrowser();
try {
  await mkdir(images, { recursive: true });
  // The first orders warm the functions up: a picture of cold starts says nothing about an order.
  for (const sku of ['tea', 'mug', 'broken-strainer']) {
    await stack.order(sku);
    await eventually(async () => {
      const { traces } = await stack.traces();
      return (
        traces.every(({ isPartial, linkedTraceIds }) => !isPartial && linkedTraceIds.length > 0) || undefined
      );
    }, `the order of ${sku} to be fulfilled`);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1180 }, colorScheme });
    await page.goto(stack.console);
    await page
      .getByRole('link', { name: /^POST \/orders 201/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Go to fault/ }).click();
    await page.getByRole('region', { name: /^Details of/ }).waitFor();
    await page.screenshot({ path: `${images}/trace-${colorScheme}.png` });
    await page.close();
  }
} finally {
  await browser.close();
  await stack.stop();
  await project.remove();
}
