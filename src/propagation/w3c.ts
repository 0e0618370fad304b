import type { TraceHeader } from './trace-header.ts';

/** W3C's `traceparent`. */
export interface Traceparent {
  /** 32 hex digits, lower case, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, lower case, not all zero. */
  readonly parentId: string;
  /** Whether the caller recorded the trace. The other flags are not known to version 00 and count as zero. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ALL_ZERO = /^0+$/;

/**
 * Reads `traceparent` as W3C Trace Context, version 00, defines it. A later version is read by the fields of version 00,
 * which it must begin with. Undefined for what is not valid.
 */
export function parseTraceparent(header: unknown): Traceparent | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId = '', parentId = '', flags = '', more] = TRACEPARENT.exec(header.trim()) ?? [];
  if (version === undefined || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (ALL_ZERO.test(traceId) || ALL_ZERO.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes `traceparent`, version 00. */
export function formatTraceparent({ traceId, parentId, sampled }: Traceparent): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`;
}

/** The same trace in X-Ray's words. X-Ray takes any trace id, though its own begin with the time. */
export function traceHeaderOf({ traceId, parentId, sampled }: Traceparent): TraceHeader {
  return { root: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`, parent: parentId, sampled, rest: [] };
}

/**
 * The same trace in W3C's words; undefined where the header names no parent, as where Lambda passes traces through. A
 * decision that is still open counts as not sampled: nobody has recorded anything yet.
 */
export function traceparentOf({ root, parent, sampled }: TraceHeader): Traceparent | undefined {
  if (root === undefined || parent === undefined) return undefined;
  const [, time = '', id = ''] = root.split('-');
  return parseTraceparent(`00-${time}${id}-${parent}-${sampled === true ? '01' : '00'}`.toLowerCase());
}
