import type * as Api from '@opentelemetry/api';
import type { Tracer } from '../tracer.ts';
import { OpenTelemetryTracer } from './open-telemetry-tracer.ts';

/**
 * The tracer of pipelines that name none, with `@opentelemetry/api` loaded late: a bundler must not ask for it where the service
 * has not installed it.
 *
 * @throws Error where it is not installed.
 */
export async function createOfProcess(): Promise<Tracer> {
  let api: typeof Api;
  try {
    // Within `try`, webpack and esbuild alike take what is not installed for optional; of `catch()` webpack does not know.
    api = await import('@opentelemetry/api');
  } catch (cause) {
    throw new Error(
      'LANTERN_RECORDER is "opentelemetry", but @opentelemetry/api cannot be loaded. Install it: npm install @opentelemetry/api',
      { cause },
    );
  }
  return new OpenTelemetryTracer(api, {});
}
