import { inertTracer } from './inert-tracer.ts';
import { createLoadingTracer } from './loading-tracer.ts';
import { logger } from './logger.ts';
import type { Tracer } from './tracer.ts';

/**
 * The tracer of this process: inert unless `POWERTOOLS_TRACE_ENABLED` is `true`. Powertools is on unless told
 * otherwise; this differs on purpose, because tracing should cost something only while somebody needs it.
 */
export const tracer: Tracer =
  process.env.POWERTOOLS_TRACE_ENABLED?.trim().toLowerCase() === 'true'
    ? createLoadingTracer(loadXRayTracer())
    : inertTracer;

/**
 * The import is dynamic so that a bundler puts the X-Ray SDK into a chunk of its own, which is never read while tracing
 * is off. It is not awaited at the top level, so that the package can be bundled as CommonJS too.
 */
async function loadXRayTracer(): Promise<Tracer> {
  try {
    const { createXRayTracer } = await import('./xray/xray-tracer.ts');
    return createXRayTracer();
  } catch (error) {
    logger.warn('Tracing is on, but the X-Ray recorder could not be loaded; nothing will be traced', {
      error: error instanceof Error ? error : new Error(String(error)),
    });
    return inertTracer;
  }
}
