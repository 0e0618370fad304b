import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds on a page; it is run through the debugger, which the page's own policy does not bind. */
export async function violations(on: Page): Promise<string[]> {
  await on.evaluate(axe.source);
  return on.evaluate(async () => {
    const { axe: check } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> };
    };
    const result = await check.run();
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}
