import { observeClient } from '../../src/clients/observe-client.ts';
import { observedFetch } from '../../src/clients/observed-fetch.ts';
import { createPipelineRecorder } from '../../src/lazy/recorder.ts';
import { tracing } from '../../src/middlewares/tracing.ts';
import { currentSpan } from '../../src/telemetry/trace-scope.ts';
import { annotate, recordError, traced } from '../../src/telemetry/traced.ts';
import type { Subject } from './subject.ts';

// What records loads while Lambda initialises the function; how long that takes on a busy machine is no part of the contract.
await createPipelineRecorder({});

/** Lambda Lantern, as its users use it. The process must have been started with tracing on. */
export const lantern: Subject = {
  name: 'lambda-lantern',
  sendsUnfinished: true,
  middleware: (options) => tracing({ name: '## handler', ...options }),
  trace: (name, fn) => traced(name, fn)(),
  annotate: (key, value) => annotate(key, value as string),
  addMetadata: (key, value) => currentSpan()?.addMetadata('test', key, value),
  recordError,
  observeClient: (client) => observeClient(client as never),
  fetch: observedFetch,
};
