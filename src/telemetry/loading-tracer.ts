import { inertInvocation, inertTracer } from './inert-tracer.ts';
import { enterTraceScope } from './trace-scope.ts';
import type { Tracer } from './tracer.ts';

/**
 * The tracer of a process whose recorder is still being loaded. An invocation that arrives meanwhile opens its scope at
 * once, because only the synchronous part of a hook can, and begins to record when the recorder is there.
 *
 * @param loading must not reject.
 */
export function createLoadingTracer(loading: Promise<Tracer>): Tracer {
  let tracer = inertTracer;
  let loaded = false;
  void loading.then((arrived) => {
    tracer = arrived;
    loaded = true;
  });
  return {
    enabled: true,
    startInvocation: (name, scope = enterTraceScope()) => {
      if (loaded) return tracer.startInvocation(name, scope);
      let invocation = inertInvocation;
      const ready = loading.then((arrived) => {
        invocation = arrived.startInvocation(name, scope);
      });
      return {
        ready,
        get recording() {
          return invocation.recording;
        },
        fail: (error) => invocation.fail(error),
        setStatus: (status) => invocation.setStatus(status),
        addMetadata: (namespace, key, value) => invocation.addMetadata(namespace, key, value),
        checkpoint: () => invocation.checkpoint(),
        end: () => {
          scope.leave();
          return invocation.end();
        },
      };
    },
    trace: (name, fn) => tracer.trace(name, fn),
    traceCall: (call, fn) => tracer.traceCall(call, fn),
    get recording() {
      return tracer.recording;
    },
    annotate: (key, value) => tracer.annotate(key, value),
    addMetadata: (namespace, key, value) => tracer.addMetadata(namespace, key, value),
    metadataRoom: () => tracer.metadataRoom(),
  };
}
