import type { Tracer } from './tracer.ts';

/**
 * Whether invocations are recorded in pipelines that name no tracer of their own: only where `POWERTOOLS_TRACE_ENABLED`
 * is `true`. Powertools is on unless told otherwise; this differs on purpose, because tracing should cost something only
 * while somebody needs it.
 */
export function isProcessTracing(): boolean {
  return process.env.POWERTOOLS_TRACE_ENABLED?.trim().toLowerCase() === 'true';
}

/**
 * The tracer of these pipelines, one for the process. This is the place that chooses the recorder.
 *
 * The import is dynamic so that a bundler puts the recorder into a chunk of its own, which is never read while tracing is
 * off. It is not awaited at the top level, so that the package can be bundled as CommonJS too.
 */
export function loadProcessTracer(): Promise<Tracer> {
  processTracer ??= import('./xray/xray-tracer.ts').then(({ createXRayTracer }) => createXRayTracer());
  return processTracer;
}

let processTracer: Promise<Tracer> | undefined;
