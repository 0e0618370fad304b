import type { Request } from '@middy/core';
import type { Logger } from '@aws-lambda-powertools/logger';

/** A Powertools Logger whose lines are written as they come once it is ready. */
export type SharedLogger = Logger & { ready(): Promise<void> };

/** What pipelines and the logger of the service share. */
interface Shared {
  /** The logger of the service, once somebody has loaded it. */
  logger?: SharedLogger;
  /** Of the running invocation, for a logger that is loaded in it. */
  context?: Request['context'];
  /** Whether that is not the first invocation. */
  isWarm?: boolean;
  /** Lines that are not written yet. */
  waiting?: Promise<void> | undefined;
}

export const shared: Shared = {};

/** A Powertools Logger, of any version 2 and of any copy of its package: what is called of it. */
export interface PipelineLogger {
  warn(message: string): void;
  addContext(context: Request['context']): void;
  refreshSampleRateCalculation(): void;
  logEventIfEnabled(event: unknown): void;
  /** Since version 2.14. */
  clearBuffer?(): void;
}

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

/** Loads the logger of the service and what masks its lines; from then on they are written at once. */
export async function loadLogger(): Promise<SharedLogger> {
  const { logger } = await import('../lazy/logger.ts');
  await logger.ready();
  return logger;
}

function use(fn: (logger: SharedLogger) => void): void {
  if (shared.logger !== undefined) fn(shared.logger);
  else addWaiting(loadLogger().then(fn));
}

/**
 * The logger of the service for pipelines, which do without it while neither they nor the service have anything to say:
 * Powertools' Logger is most of what a small function has to load.
 */
export const processLogger = {
  warn(message: string, extra?: { readonly error: Error }): void {
    use((logger) => logger.warn(message, ...(extra === undefined ? [] : [extra])));
  },
  addContext(context: Request['context']): void {
    shared.isWarm = shared.context !== undefined;
    shared.context = context;
    shared.logger?.addContext(context);
  },
  refreshSampleRateCalculation: () => shared.logger?.refreshSampleRateCalculation(),
  logEventIfEnabled(event: unknown): void {
    if (
      shared.logger !== undefined ||
      /^(1|y|yes|t|true|on)$/i.test(process.env.POWERTOOLS_LOGGER_LOG_EVENT ?? '')
    ) {
      use((logger) => logger.logEventIfEnabled(event));
    }
  },
  clearBuffer: () => shared.logger?.clearBuffer(),
} satisfies PipelineLogger;
