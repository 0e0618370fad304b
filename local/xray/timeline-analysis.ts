import type { Timeline, TimelineRow } from './timeline.ts';

/** A stretch of time, in epoch seconds; `end` is not before `start`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What a row's children say about its time. */
export interface RowTime {
  /** Seconds of its own, in which none of its children was at work. */
  readonly self: number;
  /** Where that time lies, in order; empty for a row without children, which is all its own. */
  readonly gaps: readonly Stretch[];
  /** Where it decided how long the whole took, in order; empty off the critical path. */
  readonly critical: readonly Stretch[];
}

/**
 * Documents have times in milliseconds at best, and each is rounded for itself: what ends together may be that far apart.
 * Seconds.
 */
const ROUNDING = 0.001;

/** Shorter gaps than this share of their row are what recording itself takes. */
const SMALLEST_GAP_SHARE = 0.02;

/**
 * Self time, gaps and critical path of every row, by its key. What is in progress lasts until the end of the timeline.
 *
 * The critical path leads back from the end of each tree's root: what was waited for last is on it, of children at work at
 * the same time the one that finished last. To make anything else faster changes nothing. Its stretches never overlap, and
 * together they are as long as the root.
 */
export function analyseTimeline({ rows, end }: Timeline): ReadonlyMap<string, RowTime> {
  const nodes = nodesOf(rows, end);
  const critical = new Map<string, Stretch[]>();
  for (const node of nodes.values()) if (node.isRoot) walkBack(node, critical);
  return new Map(
    Array.from(nodes, ([key, node]) => {
      const gaps = gapsOf(node);
      const self = gaps.reduce((sum, gap) => sum + lengthOf(gap), 0);
      const smallest = Math.max(ROUNDING, lengthOf(node) * SMALLEST_GAP_SHARE);
      return [
        key,
        {
          self,
          gaps: node.children.length === 0 ? [] : gaps.filter((gap) => lengthOf(gap) >= smallest),
          critical: critical.get(key) ?? [],
        },
      ];
    }),
  );
}

/** The seconds of its own that each row has, by its key. */
export function selfTimes(timeline: Timeline): ReadonlyMap<string, number> {
  return new Map(Array.from(analyseTimeline(timeline), ([key, { self }]) => [key, self]));
}

interface Node extends Stretch {
  readonly key: string;
  readonly isSegment: boolean;
  readonly isRoot: boolean;
  readonly children: Node[];
}

function nodesOf(rows: readonly TimelineRow[], now: number): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  for (const { key, parentKey, kind, start, end = now } of rows) {
    // Rows come parents first: of what is known so far no circle can arise.
    const parent = parentKey === undefined ? undefined : nodes.get(parentKey);
    const node: Node = {
      key,
      isSegment: kind === 'segment',
      start,
      end: Math.max(start, end),
      isRoot: parent === undefined,
      children: [],
    };
    parent?.children.push(node);
    nodes.set(key, node);
  }
  return nodes;
}

/** The stretches of a node in which no child of its was at work; work that goes on after it does not count. */
function gapsOf(node: Node): Stretch[] {
  const gaps: Stretch[] = [];
  let covered = node.start;
  for (const child of node.children.toSorted((one, other) => one.start - other.start)) {
    const start = Math.min(child.start, node.end);
    if (start > covered) gaps.push({ start: covered, end: start });
    covered = Math.max(covered, Math.min(child.end, node.end));
  }
  if (node.end > covered) gaps.push({ start: covered, end: node.end });
  return gaps;
}

/** Goes back in time from the root's end, into what was waited for, and out of it again where it began. */
function walkBack(root: Node, critical: Map<string, Stretch[]>): void {
  const open = [enter(root, root)];
  let time = root.end;
  for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
    const { node, waiting, start } = current;
    let next = waiting.pop();
    // What was still at work when the next one began, nobody had waited for.
    while (next !== undefined && (next.end > time + ROUNDING || next.start >= time || next.end <= start)) {
      next = waiting.pop();
    }
    const until = next === undefined ? start : Math.min(time, next.end);
    if (time > until) add(critical, node.key, { start: until, end: time });
    time = Math.min(time, until);
    if (next === undefined) open.pop();
    else open.push(enter(next.node, { start: Math.max(start, next.start), end: time }));
  }
}

/** A node within the time that is left for it, and the children it waited for there, the last one to finish at the end. */
function enter(node: Node, { start, end }: Stretch) {
  const waiting = node.children
    .filter((child) => wasWaitedFor(child, node))
    .map((child) => ({ node: child, start: child.start, end: Math.min(child.end, end) }))
    .sort((one, other) => one.end - other.end || other.start - one.start);
  return { node, start, waiting };
}

/**
 * What goes on after its parent has ended was not waited for. Another service's clock may be ahead of the caller's: there
 * a segment that would fit into the call was, whatever its times are.
 */
function wasWaitedFor(child: Node, parent: Node): boolean {
  if (child.end <= parent.end + ROUNDING) return true;
  return child.isSegment && child.start < parent.end && lengthOf(child) <= lengthOf(parent) + ROUNDING;
}

function add(stretches: Map<string, Stretch[]>, key: string, stretch: Stretch): void {
  const list = stretches.get(key);
  if (list === undefined) stretches.set(key, [stretch]);
  else list.unshift(stretch);
}

/** Seconds. */
export function lengthOf({ start, end }: Stretch): number {
  return end - start;
}
