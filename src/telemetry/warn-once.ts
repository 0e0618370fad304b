import { logger } from './logger.ts';

export type WarnOnce = (message: string, error?: unknown) => void;

/**
 * Says each thing once per process: a defect of observability shows up in every invocation, and must not become the
 * loudest line of the service's log.
 */
export function createWarnOnce(): WarnOnce {
  const said = new Set<string>();
  return (message, error) => {
    if (said.has(message)) return;
    said.add(message);
    logger.warn(message, error instanceof Error ? { error } : {});
  };
}
