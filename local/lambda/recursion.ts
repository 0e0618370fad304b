/**
 * Loops: a function that is fed by what it has sent itself, also by way of others ("Use Lambda recursive loop detection to prevent
 * infinite loops"). Each function that an event passes counts itself in the `Lineage` of the trace header, which AWS SDKs and services
 * take along.
 */
import { createHash } from 'node:crypto';
import type { FunctionDefinition } from '../template/service.ts';
import { formatTraceHeader, parseTraceHeader } from '../xray/trace-header.ts';
import type { Invoke, InvokeRequest } from './invocation.ts';
import { RecursiveInvocationError } from './invocation.ts';
import { MAX_CHAINED_INVOCATIONS } from './limits.ts';

export interface StopLoopsOptions {
  readonly functionOf: (name: string) => Pick<FunctionDefinition, 'name' | 'arn' | 'allowsLoops'> | undefined;
  /** Told the name of a function that was not invoked, for CloudWatch's metric. */
  readonly onDropped: (functionName: string) => void;
  /** Told the same in words. */
  readonly onProblem: (message: string) => void;
}

/** Invokes for what may feed a function with what it has sent itself, unless that goes on for too long. */
export function stopLoops(invoke: Invoke, { functionOf, onDropped, onProblem }: StopLoopsOptions): Invoke {
  return (request) => {
    const fn = functionOf(request.functionName);
    if (fn === undefined) return invoke(request);
    const counts = countsIn(request);
    const own = hashOf(fn.arn);
    const before = counts.get(own) ?? 0;
    if (before >= MAX_CHAINED_INVOCATIONS && fn.allowsLoops !== true) {
      const message =
        `${fn.name} is part of a loop: it was invoked ${before} times by what it has sent itself, and the next time is dropped. ` +
        'Where that is meant, set RecursiveLoop to Allow';
      onDropped(fn.name);
      onProblem(message);
      return Promise.reject(new RecursiveInvocationError(message));
    }
    counts.set(own, before + 1);
    return invoke(withCounts(request, counts));
  };
}

const KEY = 'Lineage';

/** As many digits as Lambda's have. */
function hashOf(arn: string): string {
  return createHash('sha256').update(arn).digest('hex').slice(0, 8);
}

/** How often each function stands in the longest of the chains that a request is the end of. */
function countsIn({ traceHeader, linkedTraceHeaders = [] }: InvokeRequest): Map<string, number> {
  const counts = new Map<string, number>();
  for (const header of [traceHeader, ...linkedTraceHeaders]) {
    for (const [key, lineage] of parseTraceHeader(header).others) {
      if (key !== KEY) continue;
      for (const entry of lineage.split('|')) {
        // AWS writes a number before some of them.
        const [, hash, count] = /^(?:\d+:)?([0-9a-f]+):(\d{1,6})$/.exec(entry) ?? [];
        if (hash !== undefined) counts.set(hash, Math.max(counts.get(hash) ?? 0, Number(count)));
      }
    }
  }
  return counts;
}

function withCounts(request: InvokeRequest, counts: ReadonlyMap<string, number>): InvokeRequest {
  const lineage = [...counts].map(([hash, count]) => `${hash}:${count}`).join('|');
  const counted = (header: string | undefined): string => {
    const parsed = parseTraceHeader(header);
    const others = parsed.others.filter(([key]) => key !== KEY);
    return formatTraceHeader({ ...parsed, others: [...others, [KEY, lineage]] });
  };
  const { traceHeader, linkedTraceHeaders = [] } = request;
  return {
    ...request,
    traceHeader: counted(traceHeader),
    ...(linkedTraceHeaders.length > 0 && { linkedTraceHeaders: linkedTraceHeaders.map(counted) }),
  };
}
