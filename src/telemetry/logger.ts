import { Logger } from '@aws-lambda-powertools/logger';
import { RedactingLogFormatter } from './redacting-log-formatter.ts';

/**
 * The logger of the service: JSON lines, each with the correlation id of the work it was written for, and with nothing
 * personal in it. For a policy of your own, make a logger with a {@link RedactingLogFormatter} of your own.
 */
export const logger = new Logger({ logFormatter: new RedactingLogFormatter() });

/** @param key what counts as the same thing; by default the message. */
export type WarnOnce = (message: string, error?: unknown, key?: string) => void;

/**
 * Says each thing once: a defect of observability shows up in every invocation, and must not become the loudest line of
 * the service's log.
 */
export function createWarnOnce(): WarnOnce {
  const said = new Set<string>();
  return (message, error, key = message) => {
    if (said.has(key)) return;
    said.add(key);
    logger.warn(message, error instanceof Error ? { error } : {});
  };
}
