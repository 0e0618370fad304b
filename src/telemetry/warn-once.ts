import { processLogger } from './process-logger.ts';

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
    try {
      if (error instanceof Error) processLogger.warn(message, { error });
      else processLogger.warn(message);
    } catch {
      // Powertools' logger throws where several invocations share a process and their store is not there yet.
    }
  };
}
