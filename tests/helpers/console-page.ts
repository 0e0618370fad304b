import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ConsoleServerOptions } from '../../local/console-server/console-server.ts';
import { builtConsole, ConsoleServer } from '../../local/console-server/console-server.ts';
import { TraceStore } from '../../local/xray/trace-store.ts';
import { shopService } from '../fixtures/console/entities.ts';
import { launchBrowser, watchProblems } from './browser.ts';
import type { LocalStack } from './local-stack.ts';
import { startLocalStack } from './local-stack.ts';
import { copyProject } from './project-copy.ts';

/** The built page as a browser shows it. */
export interface ConsolePage {
  readonly url: string;
  readonly browser: Browser;
  readonly page: Page;
  /** What went wrong in it: errors of its scripts, and what the browser reports. */
  readonly problems: string[];
  /** Loads a path of it, and waits until it is connected to its server. */
  open(path?: string): Promise<void>;
  /** Ends the browser and what serves the page. */
  close(): Promise<void>;
}

/** The page on a server in this process, which shows what the test puts into its parts. */
export interface ServedPage extends ConsolePage {
  readonly server: ConsoleServer;
  readonly store: TraceStore;
}

/** The page of the running shop: `serverless local`, in a copy of the project. */
export interface ShopPage extends ConsolePage {
  readonly stack: LocalStack;
}

/** Serves the page with these parts, those of the shop by default, and opens a browser on it. */
export async function servePage(
  parts: Partial<ConsoleServerOptions> = {},
  context: BrowserContextOptions = {},
): Promise<ServedPage> {
  const store = parts.store ?? new TraceStore();
  const server = new ConsoleServer({
    staticDirectory: builtConsole(),
    serviceInfo: () => shopService,
    ...parts,
    store,
    port: 0,
  });
  const { url } = await server.start();
  const stop = async () => {
    await server.stop();
    store.close();
  };
  return { ...(await openedIn(url, context, stop)), server, store };
}

/** Runs the shop, with further arguments of `serverless local`, and opens a browser on its page. */
export async function openShop(
  args: readonly string[] = [],
  context: BrowserContextOptions = {},
): Promise<ShopPage> {
  const project = await copyProject();
  const stack = await startLocalStack(project.directory, args);
  const stop = async () => {
    await stack.stop();
    await project.remove();
  };
  return { ...(await openedIn(stack.console, context, stop)), stack };
}

async function openedIn(
  url: string,
  context: BrowserContextOptions,
  stop: () => Promise<void>,
): Promise<ConsolePage> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, ...context });
  const problems: string[] = [];
  watchProblems(page, problems);
  return {
    url,
    browser,
    page,
    problems,
    async open(path = '/') {
      await page.goto(url + path);
      await page.getByText('Live', { exact: true }).waitFor();
    },
    async close() {
      await browser.close();
      await stop();
    },
  };
}
