import type { Context, ContextManager } from '@opentelemetry/api';
import { attempt } from '../guarded-span.ts';
import { currentOwnSpan } from '../trace-scope.ts';

/** A span that knows which context it is current in. */
export interface Standing {
  /** @param active what the context manager itself takes for current. */
  contextOver(active: Context): Context;
}

const standings = new WeakSet<object>();
const followed = new WeakSet<ContextManager>();

/** Makes a span one that {@link followScope} looks at. */
export function standsInScope(span: object & Standing): void {
  standings.add(span);
}

/**
 * Lets OpenTelemetry's context manager see where the code stands in an invocation. A handler runs after the hook that begins
 * its span, so nobody can call it within a context, as `Span.run` does with inner functions; but everything that asks for the
 * active span asks the manager. A context that somebody else has made active stays as it is.
 */
export function followScope(): void {
  const manager = currentManager();
  if (manager === undefined || followed.has(manager)) return;
  followed.add(manager);
  const activeOf = manager.active.bind(manager);
  manager.active = () => {
    const active = activeOf();
    const span = currentOwnSpan();
    if (span === undefined || !standings.has(span)) return active;
    return attempt('find the active span', () => (span as object as Standing).contextOver(active)) ?? active;
  };
}

/** All copies of OpenTelemetry's API in a process share what is registered under this symbol, major version by major version. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  /** Of the copy that was the first to register something; copies that are newer take nothing from it. */
  readonly version?: string;
  readonly context?: ContextManager;
  readonly trace?: unknown;
}

function registered(): Registry {
  return (globalThis as { [REGISTRY]?: Registry })[REGISTRY] ?? {};
}

/** Undefined where no context manager is registered: then nothing of others is nested either. */
function currentManager(): ContextManager | undefined {
  return registered().context;
}

/** The version of the API that has a provider, whichever copy of the API it is. */
export function versionWithProvider(): string | undefined {
  const { trace, version } = registered();
  return trace === undefined ? undefined : version;
}
