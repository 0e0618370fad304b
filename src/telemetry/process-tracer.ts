import { maySample } from '../propagation/trace-header.ts';
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
 * Whether {@link loadProcessTracer} gives a tracer that may record an invocation, by the header that came in: what can be told without
 * loading it, as `Tracer.mayRecord` tells it.
 */
export function mayProcessRecord(incomingHeader: string | undefined): boolean {
  return recorderName(process.env.LANTERN_RECORDER) !== 'xray' || maySample(incomingHeader);
}

/** What records, by the value of `LANTERN_RECORDER`; X-Ray where it is not set. */
const RECORDERS: Readonly<Record<string, () => Promise<Tracer>>> = {
  xray: () => import('./xray/xray-tracer.ts').then(({ createXRayTracer }) => createXRayTracer()),
  opentelemetry: () =>
    import('./opentelemetry/of-process.ts').then(({ createOfProcess }) => createOfProcess()),
};

/**
 * The tracer of these pipelines, one for the process. This is the place that chooses the recorder.
 *
 * The imports are dynamic so that a bundler puts each recorder into a chunk of its own, which is never read while tracing is
 * off. They are not awaited at the top level, so that the package can be bundled as CommonJS too.
 *
 * @returns rejects where `LANTERN_RECORDER` names none, or it cannot be loaded.
 */
export function loadProcessTracer(): Promise<Tracer> {
  processTracer ??= load(process.env.LANTERN_RECORDER);
  return processTracer;
}

let processTracer: Promise<Tracer> | undefined;

function load(setting = ''): Promise<Tracer> {
  const name = recorderName(setting);
  const recorder = Object.entries(RECORDERS).find(([each]) => each === name)?.[1];
  return (
    recorder?.() ??
    Promise.reject(
      new Error(
        `LANTERN_RECORDER takes ${Object.keys(RECORDERS).join(' or ')}, but is ${JSON.stringify(setting)}`,
      ),
    )
  );
}

function recorderName(setting = ''): string {
  const name = setting.trim().toLowerCase();
  return name === '' ? 'xray' : name;
}
