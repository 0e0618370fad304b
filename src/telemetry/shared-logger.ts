import type { Request } from '@middy/core';
import type { Logger } from '@aws-lambda-powertools/logger';

/** A Powertools Logger whose lines are written as they come once it is ready. */
export type SharedLogger = Logger & { ready(): Promise<void> };

/** Says of a formatter, of any copy of this package, that nothing personal gets through it. */
export const MASKS_LINES = Symbol.for('lambda-lantern.masks-lines');

/** What pipelines and the logger of the service share. */
interface Shared {
  /** The logger of the service, once somebody has loaded it. */
  logger?: SharedLogger;
  /** Of the running invocation, for a logger that is loaded in it. */
  context?: Request['context'];
  /** Whether that is the context of a cold start. */
  coldStart?: boolean;
  /** Lines that are not written yet. */
  waiting?: Promise<void> | undefined;
}

export const shared: Shared = {};

/**
 * Settles when all lines have been written; undefined where none waits. The answer waits for it, because the process
 * freezes with the answer. Never rejects.
 */
export function waitingLines(): Promise<void> | undefined {
  return shared.waiting;
}

/** Lets answers wait for lines. */
export function addWaiting(lines: Promise<unknown>): void {
  const waiting = Promise.allSettled([shared.waiting, lines]).then(() => {
    if (shared.waiting === waiting) shared.waiting = undefined;
  });
  shared.waiting = waiting;
}
