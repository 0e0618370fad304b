import { createOpenTelemetryTracer } from '../../src/opentelemetry/index.ts';
import { tracing } from '../../src/middlewares/tracing.ts';
import { lantern } from './lantern.ts';
import type { Subject } from './subject.ts';

const tracer = createOpenTelemetryTracer();

/** Lambda Lantern with its recorder for OpenTelemetry: all but the choice of the recorder is the same. */
export const openTelemetry: Subject = {
  ...lantern,
  name: 'lambda-lantern/opentelemetry',
  sendsUnfinished: false,
  middleware: (options) => tracing({ name: '## handler', tracer, ...options }),
};
