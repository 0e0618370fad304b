import type { TraceLink } from '../xray/document.ts';
import { MAX_LINKS_PER_SEGMENT } from '../xray/document-fields.ts';
import type { TraceHeader } from '../xray/trace-header.ts';
import { formatTraceHeader, newEntityId, newTraceId, parseTraceHeader } from '../xray/trace-header.ts';
import type { InvokeRequest } from './invocation.ts';

/** How one invocation takes part in tracing. */
export interface TraceContext {
  readonly traceId: string;
  /** Whether the function is told to record (`Sampled=1`). */
  readonly sampled: boolean;
  /** What the function finds in `_X_AMZN_TRACE_ID`. */
  readonly header: string;
  /** What the Lambda service itself records; undefined when it records nothing. */
  readonly recording?: Recording;
}

/** The ids of the entities that Lambda's two segments consist of, and where they hang. */
export interface Recording {
  readonly traceId: string;
  /** The caller's entity: `Parent` of the header that came in. */
  readonly parentId?: string;
  /** For a batch of messages: the traces that sent them. */
  readonly links: readonly TraceLink[];
  readonly serviceSegmentId: string;
  readonly functionSegmentId: string;
  readonly initId: string;
  readonly invocationId: string;
  readonly overheadId: string;
}

/**
 * Decides as Lambda does, but for one thing: where nobody decided whether to sample, everything is sampled.
 *
 * - `Active`: the caller's trace is continued, or a new one begun; a batch of messages gets a new trace with links.
 * - `Sampled=0`: nothing is recorded and the header passes on.
 * - `PassThrough`: nothing is recorded; the header passes on as it came if it holds a decision, and without
 *   `Parent` if it holds none.
 */
export function beginTrace(
  request: Pick<InvokeRequest, 'traceHeader' | 'linkedTraceHeaders'>,
  tracingMode: 'Active' | 'PassThrough',
): TraceContext {
  const linked = (request.linkedTraceHeaders ?? [])
    .map(parseTraceHeader)
    .filter(({ root }) => root !== undefined);
  const incoming = linked.length > 0 ? mergeLinked(linked) : parseTraceHeader(request.traceHeader);
  const root = incoming.root ?? newTraceId();
  if (tracingMode === 'PassThrough') return passThrough({ ...incoming, root });
  return incoming.sampled === '0'
    ? passThrough({ ...incoming, root })
    : record({ ...incoming, root }, linksTo(linked));
}

type RootedHeader = TraceHeader & { readonly root: string };

function passThrough(header: RootedHeader): TraceContext {
  const decided = header.sampled === '0' || header.sampled === '1';
  return {
    traceId: header.root,
    sampled: header.sampled === '1',
    header: formatTraceHeader(decided ? header : { root: header.root, others: header.others }),
  };
}

function record(incoming: RootedHeader, links: readonly TraceLink[]): TraceContext {
  const invocationId = newEntityId();
  const recording: Recording = {
    traceId: incoming.root,
    ...(incoming.parent !== undefined && { parentId: incoming.parent }),
    links,
    serviceSegmentId: newEntityId(),
    functionSegmentId: newEntityId(),
    initId: newEntityId(),
    invocationId,
    overheadId: newEntityId(),
  };
  const header = formatTraceHeader({
    root: incoming.root,
    parent: invocationId,
    sampled: '1',
    others: incoming.others.filter(([key]) => key !== 'Self'),
  });
  return { traceId: incoming.root, sampled: true, header, recording };
}

/** The header of a batch: a trace of its own, sampled if any message is or none says, with the first lineage. */
function mergeLinked(linked: readonly TraceHeader[]): TraceHeader {
  const undecided = linked.every(({ sampled }) => sampled === undefined || sampled === '?');
  const lineage = linked.flatMap(({ others }) => others).find(([key]) => key === 'Lineage');
  return {
    sampled: undecided || linked.some(({ sampled }) => sampled === '1') ? '1' : '0',
    others: lineage === undefined ? [] : [lineage],
  };
}

function linksTo(headers: readonly TraceHeader[]): TraceLink[] {
  const links = new Map<string, TraceLink>();
  for (const { root, parent } of headers) {
    if (root === undefined) continue;
    links.set(`${root} ${parent ?? ''}`, { trace_id: root, ...(parent !== undefined && { id: parent }) });
  }
  return [...links.values()].slice(0, MAX_LINKS_PER_SEGMENT);
}
