import { filterForService } from '../../xray/filter/write-filter.ts';
import type { TraceSummary } from '../../xray/trace.ts';
import type { ConsoleApi, TraceQuestion } from '../api/console-api.ts';
import { entryOf } from '../entry/entry.ts';

/** Why a trace is worth to be compared with. */
export type Reason = 'before' | 'fast' | 'failed';

export interface Candidate {
  readonly trace: TraceSummary;
  readonly reasons: readonly Reason[];
}

/** The questions whose answers begin with what is looked for; the range holds what began before the trace, and the trace. */
function questionsFor(trace: TraceSummary): Readonly<Record<Reason, TraceQuestion>> {
  const method = trace.http?.method ?? '';
  // Documents come from anyone: what is no method is not asked for, only looked at.
  const filter =
    filterForService({ name: trace.name }) +
    (/^[A-Z]{1,20}$/.test(method) ? ` AND http.method = "${method}"` : '');
  return {
    before: { filter, range: { from: 0, to: Math.floor(trace.startTime * 1000) + 1 } },
    fast: { filter: `${filter} AND ok`, sort: 'duration-asc' },
    failed: { filter, sort: 'status' },
  };
}

/**
 * Traces of the same entry point that something can be learnt from: the one before, the fastest that was well, and the newest
 * of those that failed worst; each once. None of a trace that is not held.
 */
export async function findCandidates(
  api: Pick<ConsoleApi, 'traces'>,
  traceId: string,
): Promise<readonly Candidate[]> {
  const { traces } = await api.traces({ filter: '', ids: [traceId] });
  const trace = traces.find(({ id }) => id === traceId);
  if (trace === undefined) return [];
  const questions = Object.entries(questionsFor(trace)) as (readonly [Reason, TraceQuestion])[];
  const answers = await Promise.all(
    questions.map(async ([reason, question]) => ({ reason, found: (await api.traces(question)).traces })),
  );
  const candidates = new Map<string, Candidate>();
  for (const { reason, found } of answers) {
    const chosen = found.find((each) => isCandidate(reason, each, trace));
    if (chosen === undefined) continue;
    const reasons = [...(candidates.get(chosen.id)?.reasons ?? []), reason];
    candidates.set(chosen.id, { trace: chosen, reasons });
  }
  return [...candidates.values()];
}

function isCandidate(reason: Reason, candidate: TraceSummary, trace: TraceSummary): boolean {
  if (candidate.id === trace.id || entryPointOf(candidate) !== entryPointOf(trace)) return false;
  switch (reason) {
    case 'before':
      return candidate.startTime <= trace.startTime;
    case 'fast':
      return candidate.status === 'ok' && !candidate.isPartial;
    case 'failed':
      return candidate.status !== 'ok' && candidate.status !== 'in_progress';
  }
}

/** What a trace began with, whatever ids are in its path: a part with a digit in it is one. */
export function entryPointOf(trace: TraceSummary): string {
  const { method = '', target } = entryOf(trace);
  const [path = ''] = target.split('?');
  const parts = path.split('/').map((part) => (/\d/.test(part) && path.startsWith('/') ? '*' : part));
  return JSON.stringify([trace.name, method, parts.join('/')]);
}
