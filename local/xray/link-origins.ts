import type { Trace } from './trace.ts';

/**
 * For each trace that can be reached from the first one through links, in either direction: the trace on the
 * shortest way from which it was reached. The first trace has none.
 */
export function linkOrigins(traces: readonly Trace[]): ReadonlyMap<string, string> {
  const neighbours = new Map<string, Set<string>>(traces.map(({ id }) => [id, new Set()]));
  for (const { id, segments } of traces) {
    for (const link of segments.flatMap(({ links }) => links ?? [])) {
      neighbours.get(link.trace_id)?.add(id);
      neighbours.get(id)?.add(link.trace_id);
    }
  }
  const origins = new Map<string, string>();
  const reached = traces.slice(0, 1).map(({ id }) => id);
  const seen = new Set(reached);
  // Grows while it is walked.
  for (const from of reached) {
    for (const id of neighbours.get(from) ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      origins.set(id, from);
      reached.push(id);
    }
  }
  return origins;
}
