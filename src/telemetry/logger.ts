import { addContextTo } from './cold-start.ts';
import { LazyLogger } from './lazy-logger.ts';
import { shared } from './shared-logger.ts';
import type { SharedLogger } from './shared-logger.ts';

/**
 * The logger of the service: JSON lines, each with the correlation id of the work it was written for, and with nothing
 * personal in it. What masks them is loaded with the first line; lines until then are written when it is there, in
 * their order and as they were, before the answer goes out. For a policy of your own, make a logger with a
 * `RedactingLogFormatter` of your own.
 */
export const logger: SharedLogger = (shared.logger ??= createLogger());

function createLogger(): LazyLogger {
  const created = new LazyLogger();
  const { context, coldStart } = shared;
  if (context !== undefined) addContextTo(created, context, coldStart);
  return created;
}
