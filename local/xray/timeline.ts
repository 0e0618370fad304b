import type { Entity, Segment, Subsegment } from './document.ts';
import { byStart, subsegmentsOf } from './entities.ts';
import { entityStatus, isInProgress } from './status.ts';
import type { EntityStatus, Trace } from './trace.ts';

/** A trace (or several linked ones) laid out on one time axis. */
export interface Timeline {
  /** Epoch seconds of the earliest start and the latest end (or now, while something is in progress). */
  readonly start: number;
  readonly end: number;
  /** Depth first: every row stands below its parent. */
  readonly rows: readonly TimelineRow[];
}

export interface TimelineRow {
  /** Unique on the page: trace id and entity id. */
  readonly key: string;
  readonly parentKey?: string;
  readonly depth: number;
  readonly childCount: number;
  readonly traceId: string;
  readonly kind: 'segment' | 'subsegment';
  readonly name: string;
  /** A segment's origin (`AWS::Lambda::Function`) or a subsegment's namespace (`aws`, `remote`). */
  readonly type?: string;
  readonly status: EntityStatus;
  /** Epoch seconds. */
  readonly start: number;
  /** Undefined while in progress. */
  readonly end?: number;
  /** Its parent never arrived, or its segment is missing. */
  readonly orphan: boolean;
  /** Set on the first row of a linked trace: the link that led here, not a call. */
  readonly link?: { readonly fromTraceId: string };
  readonly entity: Entity;
}

export type BuildTimeline = (traces: readonly Trace[], now: number) => Timeline;

/** @param now epoch seconds: where a bar that has not ended reaches to. */
export const buildTimeline: BuildTimeline = (traces, now) => {
  const origins = linkOrigins(traces);
  const rows = traces.flatMap((trace) => traceRows(trace, origins.get(trace.id)));
  return { start: earliest(rows, now), end: latest(rows, now), rows };
};

interface Node {
  readonly entity: Entity;
  readonly kind: TimelineRow['kind'];
  readonly type: string | undefined;
  /** Stands at the top of the trace's own tree; its `parentId` is still to be looked up. */
  readonly isTop: boolean;
  readonly parentId: string | undefined;
  parent: Node | undefined;
  readonly children: Node[];
}

function traceRows(trace: Trace, fromTraceId: string | undefined): TimelineRow[] {
  const nodes = collectNodes(trace);
  attachTops(nodes);
  const rows: TimelineRow[] = [];
  for (const root of rootsOf(nodes)) {
    const pending = [{ node: root, depth: 0 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, depth } = next;
      const row = toRow(trace.id, node, depth);
      rows.push(rows.length === 0 && fromTraceId !== undefined ? { ...row, link: { fromTraceId } } : row);
      const children = node.children.sort((one, other) => byStart(one.entity, other.entity));
      // The last one pushed is the next one out.
      for (const child of children.reverse()) pending.push({ node: child, depth: depth + 1 });
    }
  }
  return rows;
}

function collectNodes(trace: Trace): Node[] {
  const nodes = [
    ...trace.segments.map((segment) => topNode(segment, 'segment', segment.origin)),
    ...trace.orphans.map((orphan) => topNode(orphan, 'subsegment', orphan.namespace)),
  ];
  // Grows while it is walked: what hangs under a node is appended behind it.
  for (const parent of nodes) {
    for (const subsegment of subsegmentsOf(parent.entity)) {
      const child = subsegmentNode(subsegment, parent);
      parent.children.push(child);
      nodes.push(child);
    }
  }
  return nodes;
}

function topNode(entity: Segment | Subsegment, kind: Node['kind'], type: string | undefined): Node {
  return { entity, kind, type, isTop: true, parentId: entity.parent_id, parent: undefined, children: [] };
}

function subsegmentNode(entity: Subsegment, parent: Node): Node {
  return {
    entity,
    kind: 'subsegment',
    type: entity.namespace,
    isTop: false,
    parentId: parent.entity.id,
    parent,
    children: [],
  };
}

/** A called service's segment hangs under the subsegment of the call, which lies in another segment. */
function attachTops(nodes: readonly Node[]): void {
  const byId = new Map(nodes.map((node) => [node.entity.id, node]));
  for (const node of nodes) {
    const parent = node.isTop && node.parentId !== undefined ? byId.get(node.parentId) : undefined;
    if (parent === undefined || parent === node) continue;
    node.parent = parent;
    parent.children.push(node);
  }
}

/** Nodes without a parent, after every circle of parents was cut open so that it has one. */
function rootsOf(nodes: readonly Node[]): Node[] {
  const safe = new Set<Node>();
  for (const node of nodes) {
    const path = new Set<Node>();
    let ancestor: Node | undefined = node;
    while (ancestor !== undefined && !safe.has(ancestor)) {
      if (path.has(ancestor)) {
        cutAbove(ancestor);
        break;
      }
      path.add(ancestor);
      ancestor = ancestor.parent;
    }
    for (const member of path) safe.add(member);
  }
  return nodes
    .filter((node) => node.parent === undefined)
    .sort((one, other) => byStart(one.entity, other.entity));
}

/** Every circle passes through a top node: below it the trace is a tree. */
function cutAbove(member: Node): void {
  let top = member;
  while (!top.isTop && top.parent !== undefined) top = top.parent;
  top.parent?.children.splice(top.parent.children.indexOf(top), 1);
  top.parent = undefined;
}

function toRow(traceId: string, node: Node, depth: number): TimelineRow {
  const { entity, kind, type, parent, parentId } = node;
  return {
    key: rowKey(traceId, entity),
    ...(parent !== undefined && { parentKey: rowKey(traceId, parent.entity) }),
    depth,
    childCount: node.children.length,
    traceId,
    kind,
    name: entity.name,
    ...(type !== undefined && { type }),
    status: entityStatus(entity),
    start: entity.start_time,
    // Clocks are set back now and then; a bar is not.
    ...(!isInProgress(entity) && { end: Math.max(entity.start_time, entity.end_time ?? 0) }),
    orphan: parent === undefined && (kind === 'subsegment' || parentId !== undefined),
    entity,
  };
}

function rowKey(traceId: string, entity: Entity): string {
  return `${traceId}/${entity.id}`;
}

function earliest(rows: readonly TimelineRow[], now: number): number {
  return rows.reduce((start, row) => Math.min(start, row.start), rows[0]?.start ?? now);
}

function latest(rows: readonly TimelineRow[], now: number): number {
  // A start in the future, by another machine's clock, still lies on the axis.
  return rows.reduce((end, row) => Math.max(end, row.end ?? Math.max(now, row.start)), rows[0]?.start ?? now);
}

/**
 * For each trace that can be reached from the first one through links, in either direction: the trace on the
 * shortest way from which it was reached. The first trace has none.
 */
function linkOrigins(traces: readonly Trace[]): ReadonlyMap<string, string> {
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
