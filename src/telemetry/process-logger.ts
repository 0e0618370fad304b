import type { Request } from '@middy/core';
import { currentCorrelation, currentInvocation, runWithCorrelation } from '../propagation/correlation.ts';
import { addContextTo, isColdStart } from './cold-start.ts';
import { addWaiting, shared } from './shared-logger.ts';
import type { SharedLogger } from './shared-logger.ts';

/** A Powertools Logger, of any version 2 and of any copy of its package: what is called of it. */
export interface PipelineLogger {
  warn(message: string): void;
  error?(input: { readonly message: string; readonly error: unknown }): void;
  addContext(context: Request['context']): void;
  refreshSampleRateCalculation(): void;
  logEventIfEnabled(event: unknown, overwriteValue?: boolean): void;
  resetKeys?(): void;
  /** Since version 2.14. */
  clearBuffer?(): void;
  /** Since version 2.14. */
  flushBuffer?(): void;
  /** Since version 2.21, as `getCorrelationId` and the search function of its options. */
  setCorrelationId?(value: unknown, correlationIdPath?: string): void;
  getCorrelationId?(): unknown;
  removeKeys?(keys?: string[]): void;
}

/** Loads the logger of the service and what masks its lines; from then on they are written at once. */
export async function loadLogger(): Promise<SharedLogger> {
  // Where the service has it already, the part would be another copy of its code.
  const logger = shared.logger ?? (await import('../lazy/logger.ts')).logger;
  await logger.ready();
  return logger;
}

function use(fn: (logger: SharedLogger) => void): void {
  if (shared.logger !== undefined) {
    fn(shared.logger);
    return;
  }
  const scope = currentCorrelation();
  addWaiting(
    loadLogger().then((logger) => {
      if (scope === undefined) fn(logger);
      else runWithCorrelation(scope, () => fn(logger));
    }),
  );
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
    shared.context = context;
    shared.coldStart = isColdStart(currentInvocation() ?? shared);
    if (shared.logger !== undefined) addContextTo(shared.logger, context, shared.coldStart);
  },
  refreshSampleRateCalculation: () => shared.logger?.refreshSampleRateCalculation(),
  error(input: { readonly message: string; readonly error: unknown }): void {
    use((logger) => logger.error({ ...input }));
  },
  logEventIfEnabled(event: unknown, overwriteValue?: boolean): void {
    if (overwriteValue ?? (shared.logger !== undefined || logsEvents())) {
      use((logger) => logger.logEventIfEnabled(event, overwriteValue));
    }
  },
  resetKeys: () => shared.logger?.resetKeys(),
  clearBuffer: () => shared.logger?.clearBuffer(),
  flushBuffer: () => shared.logger?.flushBuffer(),
} satisfies PipelineLogger;

/** Whether Powertools is told to log every event, by the environment. */
export function logsEvents(): boolean {
  return /^(1|y|yes|t|true|on)$/i.test(process.env.POWERTOOLS_LOGGER_LOG_EVENT ?? '');
}

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
