import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../local/message-of.ts';
import { narrator } from './demo/narrator.ts';
import { observe } from './demo/observe.ts';
import type { Stack } from './demo/stack.ts';
import { startStack } from './demo/stack.ts';
import { HEALTHY_SKU, tellStory } from './demo/story.ts';
import { startTraffic } from './demo/traffic.ts';

/*
 * `npm run demo`: the whole story in two minutes. It runs the shop with tracing off, lets payments turn slow and fast again,
 * then fail and succeed again, and says what happens and where to see it. Exit codes: 0 the story was told, 1 it was not,
 * 2 wrong options, 130 interrupted before its end.
 */
const directory = join(import.meta.dirname, '..');
const logFile = join(directory, 'demo.log');
/** Real seconds of a minute of CloudWatch. */
const MINUTE = 1;
const ORDER_EVERY_MS = 500;
const TIME_TO_LOOK_MS = 10_000;
const USAGE =
  'npm run demo -- [--port 3000] [--daemon-port 2000] [--exit]   --exit ends when the story is told';

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, 'daemon-port': { type: 'string' }, exit: { type: 'boolean' } },
    });
    const { port = '3000', 'daemon-port': daemonPort = '2000', exit = false } = values;
    for (const [name, value] of Object.entries({ port, 'daemon-port': daemonPort })) {
      if (!/^\d+$/.test(value)) throw new Error(`--${name} takes a port number, but got "${value}".`);
    }
    return { port: Number(port), daemonPort: Number(daemonPort), exit };
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

const options = readOptions();
const interruption = new AbortController();
let stack: Stack | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      stack?.kill();
      process.exit(130);
    }
    interruption.abort();
  });
}

const tell = narrator(console.log, process.stdout.isTTY && process.env.NO_COLOR === undefined);

async function runDemo(): Promise<number> {
  const { signal } = interruption;
  console.log(
    `Lambda Lantern: from an alarm to its cause, and back. A minute of CloudWatch lasts ${MINUTE} s here.`,
  );
  console.log(`Starting the shop; what it writes goes to ${logFile}`);
  stack = await startStack({ directory, ...options, minute: MINUTE, logFile, signal });
  const observer = observe(stack);
  const traffic = startTraffic(stack.api, HEALTHY_SKU, ORDER_EVERY_MS);
  try {
    const story = tellStory({
      addresses: stack,
      observer,
      traffic,
      ...tell,
      timeToLook: options.exit ? 0 : TIME_TO_LOOK_MS,
      signal,
    });
    // A shop that breaks is the better reason than a connection that it no longer answers.
    const explained = story.catch(async (error: unknown) => {
      await Promise.race([stack?.broken, sleep(1000)]);
      throw error;
    });
    await Promise.race([explained, stack.broken]);
    if (options.exit) return 0;
    console.log('\nHealthy orders go on. Ctrl-C stops everything.');
    await Promise.race([signal.aborted ? undefined : once(signal, 'abort'), stack.broken]);
    return 0;
  } finally {
    console.log('\nStopping.');
    await traffic.stop();
    observer.close();
    await stack.stop();
  }
}

try {
  process.exitCode = await runDemo();
} catch (error) {
  if (interruption.signal.aborted) {
    process.exitCode = 130;
  } else {
    console.error(`\n${messageOf(error)}`);
    process.exitCode = 1;
  }
}
