import type { Entity, ExceptionData } from '../document.ts';
import { byStart, subsegmentsOf } from '../entities.ts';
import type { Failures } from '../status.ts';
import { failuresOf, isInProgress } from '../status.ts';
import { rootSegment } from '../summary.ts';
import type { Trace } from '../trace.ts';
import type { ServiceSegment } from './calls.ts';
import { callsOf } from './calls.ts';
import { resourceOf } from './resource.ts';

export type CauseKind = 'fault' | 'error' | 'responsetime';

/** As GetTraceSummaries writes them. */
export interface RootCause {
  readonly Services: readonly RootCauseService[];
  /** The root of the trace failed, or was slow, because of it: its client felt it. */
  readonly ClientImpacting: boolean;
}

export interface RootCauseService {
  readonly Name: string;
  /** The name, and what a service that does not report is called by besides: that of its call. */
  readonly Names: readonly string[];
  readonly Type?: string;
  readonly AccountId?: string;
  readonly Inferred: boolean;
  readonly EntityPath: readonly RootCauseEntity[];
}

export interface RootCauseEntity {
  readonly Name: string;
  /** It is the call of another service. */
  readonly Remote: boolean;
  /** Share of the root's response time, from 0 to 1, with three digits; of causes of response time. */
  readonly Coverage?: number;
  /** Of faults and errors. */
  readonly Exceptions?: readonly { readonly Name?: string; readonly Message?: string }[];
}

export interface RootCauses {
  readonly FaultRootCauses: readonly RootCause[];
  readonly ErrorRootCauses: readonly RootCause[];
  readonly ResponseTimeRootCauses: readonly RootCause[];
}

/** Of one kind, the earliest: a loop that fails ten thousand times has one story to tell. */
export const MAX_ROOT_CAUSES = 100;

interface Node {
  readonly entity: Entity;
  readonly owner: ServiceSegment | undefined;
  readonly remote: boolean;
  parent: Node | undefined;
  readonly children: Node[];
}

/**
 * Why a trace failed or took its time.
 *
 * A fault, or an error, is caused where it first happened: by each entity that failed with nothing failed below it. The
 * path to it begins at the topmost entity above it that failed too. The response time is caused by what covers most
 * of it: from the root downwards the path follows the longest child, and ends where no child covers half.
 */
export function rootCauses(trace: Trace): RootCauses {
  const nodes = nodesOf(trace);
  const root = nodes.get(rootSegment(trace.segments, new Set(nodes.keys()))?.id ?? '');
  return {
    FaultRootCauses: failureCauses(root, nodes, 'fault'),
    ErrorRootCauses: failureCauses(root, nodes, 'error'),
    ResponseTimeRootCauses: responseTimeCauses(root),
  };
}

/** Everything in the trace by its id, inferred segments included, each below what it hangs under. */
function nodesOf(trace: Trace): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  const addBelow = (top: Entity, owner: ServiceSegment | undefined): void => {
    const pending: { entity: Entity; parent: Node | undefined }[] = [{ entity: top, parent: undefined }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { entity, parent } = next;
      const remote = entity !== owner?.segment && resourceOf(entity) !== undefined;
      const node: Node = { entity, owner, remote, parent, children: [] };
      parent?.children.push(node);
      nodes.set(entity.id, node);
      for (const child of subsegmentsOf(entity)) pending.push({ entity: child, parent: node });
    }
  };
  const { services } = callsOf(trace);
  for (const owner of services) addBelow(owner.segment, owner);
  for (const orphan of trace.orphans) addBelow(orphan, undefined);
  for (const { segment } of services) {
    const [node, parent] = [nodes.get(segment.id), nodes.get(segment.parent_id ?? '')];
    if (node === undefined || parent === undefined || node === parent || node.entity !== segment) continue;
    node.parent = parent;
    parent.children.push(node);
  }
  return nodes;
}

/** From the node upwards, the node first. Segments that are each other's ancestors end it. */
function* upwardsFrom(node: Node): Generator<Node> {
  const seen = new Set<Node>();
  for (let next: Node | undefined = node; next !== undefined && !seen.has(next); next = next.parent) {
    seen.add(next);
    yield next;
  }
}

function failureCauses(
  root: Node | undefined,
  nodes: ReadonlyMap<string, Node>,
  failure: keyof Failures,
): readonly RootCause[] {
  const failed = [...nodes.values()]
    .filter(({ entity }) => failuresOf(entity)[failure])
    .sort((one, other) => byStart(one.entity, other.entity));
  const above = new Set<Node>();
  for (const node of failed) {
    for (const ancestor of upwardsFrom(node)) {
      if (ancestor === node) continue;
      if (above.has(ancestor)) break;
      above.add(ancestor);
    }
  }
  const first = failed.filter((node) => !above.has(node));
  const failing = new Set(failed);
  return first.slice(0, MAX_ROOT_CAUSES).map((node) => {
    const upwards = [...upwardsFrom(node)];
    const top = upwards.findLastIndex((each) => failing.has(each));
    const path = upwards.slice(0, top + 1).reverse();
    return {
      Services: servicesOf(path, (each) => ({ Exceptions: exceptionsOf(each, path, nodes) })),
      ClientImpacting: root !== undefined && failing.has(root) && upwards.includes(root),
    };
  });
}

function responseTimeCauses(root: Node | undefined): readonly RootCause[] {
  if (root === undefined || isInProgress(root.entity)) return [];
  const from = root.entity.start_time;
  const to = Math.max(from, root.entity.end_time ?? from);
  const covered = coverage(root, from, to);
  const path: Node[] = [];
  for (let node: Node | undefined = root; node !== undefined; node = dominantChild(node, covered))
    path.push(node);
  const whole = to - from;
  const Services = servicesOf(path, (node) => ({
    Coverage: node === root || whole === 0 ? 1 : Math.round(((covered.get(node) ?? 0) / whole) * 1000) / 1000,
  }));
  return [{ Services, ClientImpacting: true }];
}

/** The child that covers most of the node, if that is half of it or more; the earliest of equals. */
function dominantChild(node: Node, covered: ReadonlyMap<Node, number>): Node | undefined {
  const secondsOf = (each: Node): number => covered.get(each) ?? 0;
  const [longest] = [...node.children].sort(
    (one, other) => secondsOf(other) - secondsOf(one) || byStart(one.entity, other.entity),
  );
  const dominates = longest !== undefined && secondsOf(node) > 0 && secondsOf(longest) >= secondsOf(node) / 2;
  return dominates ? longest : undefined;
}

/**
 * Seconds between `from` and `to` that each node and all below it reach over. A function's `Init` ends before the function's own
 * segment begins, and still is what its caller waited for.
 */
function coverage(root: Node, from: number, to: number): ReadonlyMap<Node, number> {
  const clip = (time: number): number => Math.min(to, Math.max(from, time));
  const order: Node[] = [root];
  // Grows while it is walked: parents stand before their children.
  for (const node of order) for (const child of node.children) order.push(child);
  const spans = new Map<Node, { start: number; end: number }>();
  for (const node of order.reverse()) {
    const { start_time: start, end_time: end = to } = node.entity;
    const span = { start: clip(start), end: clip(Math.max(start, end)) };
    for (const child of node.children) {
      const below = spans.get(child);
      if (below === undefined || below.end === below.start) continue;
      span.start = Math.min(span.start, below.start);
      span.end = Math.max(span.end, below.end);
    }
    spans.set(node, span);
  }
  return new Map([...spans].map(([node, { start, end }]) => [node, end - start]));
}

/** What lies beside each other in one segment is one service's path. */
function servicesOf(
  path: readonly Node[],
  describe: (node: Node) => Pick<RootCauseEntity, 'Coverage' | 'Exceptions'>,
): readonly RootCauseService[] {
  const runs: { readonly owner: ServiceSegment | undefined; readonly nodes: Node[] }[] = [];
  for (const node of path) {
    const last = runs.at(-1);
    if (last !== undefined && last.owner === node.owner) last.nodes.push(node);
    else runs.push({ owner: node.owner, nodes: [node] });
  }
  return runs.map(({ owner, nodes }) => {
    // Of an orphan the service is not known; its topmost entity is the nearest to a name.
    const { name, type, accountId } = owner?.service ?? { name: nodes[0]?.entity.name ?? '' };
    return {
      Name: name,
      Names: [...new Set([name, ...(owner?.aliases ?? [])])],
      ...(type !== undefined && { Type: type }),
      ...(accountId !== undefined && { AccountId: accountId }),
      Inferred: owner?.inferred === true,
      EntityPath: nodes.map((node) => ({
        Name: node.entity === owner?.segment ? name : node.entity.name,
        Remote: node.remote,
        ...describe(node),
      })),
    };
  });
}

/** Its own, and those that it refers to where what they belong to is not on the path and speaks for itself. */
function exceptionsOf(
  node: Node,
  path: readonly Node[],
  nodes: ReadonlyMap<string, Node>,
): NonNullable<RootCauseEntity['Exceptions']> {
  const { cause } = node.entity;
  const reference = typeof cause === 'string' ? cause : cause?.id;
  const exceptions: ExceptionData[] = typeof cause === 'string' ? [] : [...(cause?.exceptions ?? [])];
  if (exceptions.length === 0 && reference !== undefined) {
    for (const other of nodes.values()) {
      if (path.includes(other) || typeof other.entity.cause === 'string') continue;
      const found = other.entity.cause?.exceptions ?? [];
      exceptions.push(...found.filter(({ id }) => id === reference || other.entity.id === reference));
    }
  }
  return exceptions.map(({ type, message }) => ({
    ...(type !== undefined && { Name: type }),
    ...(message !== undefined && { Message: message }),
  }));
}
