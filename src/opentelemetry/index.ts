/**
 * What a user may import from `lambda-lantern/opentelemetry`: the recorder on `@opentelemetry/api`.
 */
import * as api from '@opentelemetry/api';
import { checkOptions, milliseconds, object } from '../check-options.ts';
import type { Kind } from '../check-options.ts';
import { OpenTelemetryTracer } from '../telemetry/opentelemetry/open-telemetry-tracer.ts';
import type { OpenTelemetryTracerOptions } from '../telemetry/opentelemetry/open-telemetry-tracer.ts';
import type { Tracer } from '../telemetry/tracer.ts';

export type { OpenTelemetryTracerOptions } from '../telemetry/opentelemetry/open-telemetry-tracer.ts';

/**
 * A recorder for `tracing({ tracer })` whose spans go to the OpenTelemetry SDK of the service, a layer's or a vendor's. It uses
 * `@opentelemetry/api` alone, and makes no handler span where an instrumentation has made one.
 *
 * @throws TypeError for an option that does not exist or has a wrong value.
 *
 * @example
 * middy().use(observability({ tracing: { tracer: createOpenTelemetryTracer() } }))
 */
export function createOpenTelemetryTracer(options: OpenTelemetryTracerOptions = {}): Tracer {
  checkOptions('createOpenTelemetryTracer()', options, {
    tracerProvider: object,
    exceptionDetail: oneOf('full', 'location'),
    parent: oneOf('lambda', 'event'),
    flushTimeout: milliseconds,
  });
  return new OpenTelemetryTracer(api, options);
}

function oneOf<Choice extends string>(...choices: readonly Choice[]): Kind<Choice> {
  return [choices.map((choice) => `"${choice}"`).join(' or '), (value) => choices.includes(value as Choice)];
}
