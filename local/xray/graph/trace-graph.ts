import { entitiesFrom } from '../entities.ts';
import type { Trace } from '../trace.ts';
import type { ServiceSegment } from './calls.ts';
import { callsOf, clientOf } from './calls.ts';
import { MESSAGING_TYPES } from './resource.ts';
import type { ServiceId } from './service-pattern.ts';
import type { Histogram, Observation, Statistics } from './statistics.ts';
import { Counter, observe, Spread } from './statistics.ts';

/**
 * What one trace adds to a service graph: plain JSON, so that a store can keep it beside the trace and make the graph of a
 * hundred thousand traces without reading them. Nodes are meant by their place in `nodes`.
 */
export interface TraceGraph {
  readonly traceId: string;
  readonly nodes: readonly GraphNode[];
  /** Each request at its node, as the service itself saw it, or its caller if the service does not report. */
  readonly requests: ReadonlyArray<Observation & { readonly node: number; readonly duration: number }>;
  /** Each call, as the caller saw it. */
  readonly calls: ReadonlyArray<Observation & { readonly from: number; readonly to: number }>;
  /** Messages that left, and what took them: the receiver's trace links to the call. */
  readonly sent: ReadonlyArray<{ readonly id: string; readonly node: number; readonly at: number }>;
  /** Messages that arrived, by the call in another trace that sent them, as far as it is named. */
  readonly received: ReadonlyArray<
    Observation & { readonly traceId: string; readonly id?: string; readonly node: number }
  >;
}

export interface GraphNode extends ServiceId {
  /** A real service, one that only its callers tell of, or whoever calls a root. */
  readonly kind: 'service' | 'inferred' | 'client';
  readonly root?: true;
}

/** A node of the service graph as the API writes it (X-Ray API Reference, "Service"). Times in epoch seconds. */
export interface Service {
  /** Counted from 0 in the order of the services. */
  readonly ReferenceId: number;
  readonly Name: string;
  readonly Names: readonly string[];
  /** Only on services that a trace begins with. */
  readonly Root?: true;
  readonly AccountId?: string;
  readonly Type?: string;
  /** `active` when it reports for itself. */
  readonly State: 'active' | 'unknown';
  readonly StartTime: number;
  readonly EndTime: number;
  readonly Edges: readonly Edge[];
  /** Of every node but clients, like the histograms. */
  readonly SummaryStatistics?: Statistics;
  readonly DurationHistogram?: Histogram;
  readonly ResponseTimeHistogram?: Histogram;
}

/** X-Ray API Reference, "Edge". */
export interface Edge {
  /** Of the service that it leads to. */
  readonly ReferenceId: number;
  readonly StartTime: number;
  readonly EndTime: number;
  readonly SummaryStatistics: Statistics;
  /** Of calls that were waited for. */
  readonly ResponseTimeHistogram?: Histogram;
  readonly Aliases: readonly never[];
  /** Set where messages are received: nobody waited for the receiver. */
  readonly EdgeType?: 'link';
  /** Seconds from sending to receiving. */
  readonly ReceivedEventAgeHistogram?: Histogram;
}

export function graphOf(trace: Trace): TraceGraph {
  const { services, calls } = callsOf(trace);
  const nodes = new NodeList();
  const requests: TraceGraph['requests'][number][] = [];
  const received: TraceGraph['received'][number][] = [];
  for (const service of services) {
    const { segment } = service;
    const node = nodes.placeOf(service);
    requests.push({ ...observe(segment), node, duration: durationOf(service) });
    for (const { trace_id: traceId, id } of segment.links ?? []) {
      received.push({ ...observe(segment), traceId, ...(id !== undefined && { id }), node });
    }
  }
  const observed: TraceGraph['calls'][number][] = [];
  const sent: TraceGraph['sent'][number][] = [];
  const counted = new Set<string>();
  for (const { from, to, by, byClient } of calls) {
    const node = nodes.placeOf(to);
    const source = byClient ? nodes.placeOfClient(to) : from && nodes.placeOf(from);
    const seen = observe(by ?? to.segment);
    // A call that was answered by two segments, tried again for example, is one call.
    const key = `${by?.id ?? to.segment.id} ${node}`;
    if (source !== undefined && !counted.has(key)) observed.push({ ...seen, from: source, to: node });
    counted.add(key);
    if (by !== undefined && MESSAGING_TYPES.has(to.service.type ?? '')) {
      sent.push({ id: by.id, node, at: seen.end ?? seen.start });
    }
  }
  return { traceId: trace.id, nodes: nodes.all, requests, calls: observed, sent, received };
}

/**
 * The service graph of some traces. Their order makes no difference.
 *
 * Messages are followed from what took them to who received them, when both traces are among these. Where a link does not
 * say which call sent the message, it came from the service that the trace begins with.
 */
export function mergeGraphs(graphs: Iterable<TraceGraph>): readonly Service[] {
  const growing = new GrowingGraph();
  for (const graph of graphs) growing.add(graph);
  return growing.services();
}

/** The service graph of `mergeGraphs` while its traces come one after the other, or as sums of some that were made before. */
export class GrowingGraph {
  readonly #services = new Map<string, GrowingService>();
  /** Where messages left, by the call, and what traces begin with, by their ids. */
  readonly #sent = new Map<string, Sender>();
  /** Messages whose sender is not known yet. */
  #received: Received[] = [];
  readonly #merged: GrowingGraph[] = [];

  add(graph: TraceGraph): void {
    const keys = graph.nodes.map(keyOf);
    for (const [index, node] of graph.nodes.entries()) this.#meet(keys[index] ?? '', node);
    const serviceAt = (index: number): GrowingService | undefined => this.#services.get(keys[index] ?? '');
    for (const request of graph.requests) {
      serviceAt(request.node)?.addRequest(request);
      const key = keys[request.node] ?? '';
      if (graph.nodes[request.node]?.root !== true) continue;
      const known = this.#sent.get(graph.traceId);
      if (known === undefined || isBefore({ key, at: request.start }, known)) {
        this.#sent.set(graph.traceId, { key, at: request.start });
      }
    }
    for (const call of graph.calls)
      serviceAt(call.from)
        ?.edgeTo(keys[call.to] ?? '', 'call')
        .add(call);
    for (const { id, node, at } of graph.sent) {
      this.#sent.set(`${graph.traceId} ${id}`, { key: keys[node] ?? '', at });
    }
    for (const arrival of graph.received) this.#received.push({ key: keys[arrival.node] ?? '', arrival });
  }

  /** Adds all traces of another graph, of which none is in this one, and which does not change any more. */
  merge(other: GrowingGraph): void {
    for (const [key, service] of other.#services) this.#meet(key, service.node).merge(service);
    for (const received of other.#received) this.#received.push(received);
    this.#merged.push(other, ...other.#merged);
  }

  /** Draws the links between those traces that are here, so that they need not be looked for again. */
  settleLinks(): void {
    this.#received = this.#received.filter(({ key, arrival }) => {
      const sender = this.#senderOf(arrival);
      if (sender === undefined) return true;
      this.#services.get(sender.key)?.edgeTo(key, 'link').receive(arrival, sender.at);
      return false;
    });
  }

  services(): readonly Service[] {
    this.settleLinks();
    const sorted = [...this.#services].sort(([one], [other]) => compareTexts(one, other));
    const references = new Map(sorted.map(([key], index) => [key, index]));
    return sorted.map(([, service], index) => service.toService(index, references));
  }

  #meet(key: string, node: GraphNode): GrowingService {
    const known = this.#services.get(key);
    if (known !== undefined) {
      known.meet(node);
      return known;
    }
    const service = new GrowingService(node);
    this.#services.set(key, service);
    return service;
  }

  /** All that one trace sent is in one graph: what its calls are not known for, its begin is. */
  #senderOf({ traceId, id = '' }: Received['arrival']): Sender | undefined {
    const call = `${traceId} ${id}`;
    const own = this.#sent.get(call) ?? this.#sent.get(traceId);
    if (own !== undefined) return own;
    const graph = this.#merged.find((each) => each.#sent.has(call) || each.#sent.has(traceId));
    return graph === undefined ? undefined : (graph.#sent.get(call) ?? graph.#sent.get(traceId));
  }
}

interface Sender {
  readonly key: string;
  readonly at: number;
}

interface Received {
  readonly key: string;
  readonly arrival: TraceGraph['received'][number];
}

/** The nodes of one trace, each once. */
class NodeList {
  readonly #places = new Map<string, number>();
  readonly #nodes: GraphNode[] = [];

  get all(): readonly GraphNode[] {
    return this.#nodes;
  }

  placeOf({ service, inferred, root }: ServiceSegment): number {
    return this.#place({
      ...service,
      kind: inferred ? 'inferred' : 'service',
      ...(root && { root }),
    });
  }

  placeOfClient(called: ServiceSegment): number {
    return this.#place({ ...clientOf(called), kind: 'client' });
  }

  #place(node: GraphNode): number {
    const key = keyOf(node);
    const known = this.#places.get(key);
    if (known === undefined) {
      this.#places.set(key, this.#nodes.length);
      return this.#nodes.push(node) - 1;
    }
    const before = this.#nodes[known];
    if (before !== undefined) this.#nodes[known] = joined(before, node);
    return known;
  }
}

class GrowingService {
  #node: GraphNode;
  readonly #requests = new Counter();
  readonly #durations = new Spread();
  readonly #edges = new Map<string, GrowingEdge>();
  readonly #time = new TimeSpan();

  constructor(node: GraphNode) {
    this.#node = node;
  }

  get node(): GraphNode {
    return this.#node;
  }

  meet(node: GraphNode): void {
    this.#node = joined(this.#node, node);
  }

  /** What another one has seen of the same service. */
  merge(other: GrowingService): void {
    this.#requests.merge(other.#requests);
    this.#durations.merge(other.#durations);
    this.#time.include(other.#time);
    for (const edge of other.#edges.values()) this.edgeTo(edge.target, edge.kind).merge(edge);
  }

  addRequest(request: TraceGraph['requests'][number]): void {
    this.#time.include(request);
    this.#requests.add(request);
    if (request.end !== undefined) this.#durations.add(request.duration);
  }

  edgeTo(key: string, kind: 'call' | 'link'): GrowingEdge {
    const edgeKey = `${kind} ${key}`;
    const edge = this.#edges.get(edgeKey) ?? new GrowingEdge(key, kind);
    this.#edges.set(edgeKey, edge);
    return edge;
  }

  toService(reference: number, references: ReadonlyMap<string, number>): Service {
    const { name, type, accountId, kind, root } = this.#node;
    const edges = [...this.#edges]
      .sort(([one], [other]) => compareTexts(one, other))
      .map(([, edge]) => edge.toEdge(references));
    // A client does nothing but call.
    const calls = edges.filter(({ EdgeType }) => EdgeType === undefined);
    for (const { StartTime, EndTime } of kind === 'client' ? calls : []) {
      this.#time.include({ start: StartTime, end: EndTime });
    }
    return {
      ReferenceId: reference,
      Name: name,
      Names: [name],
      ...(root === true && { Root: root }),
      ...(accountId !== undefined && { AccountId: accountId }),
      ...(type !== undefined && { Type: type }),
      State: kind === 'service' ? 'active' : 'unknown',
      StartTime: this.#time.start,
      EndTime: this.#time.end,
      Edges: edges,
      ...(kind !== 'client' && {
        SummaryStatistics: this.#requests.statistics,
        DurationHistogram: this.#durations.histogram,
        ResponseTimeHistogram: this.#requests.responseTimes,
      }),
    };
  }
}

class GrowingEdge {
  readonly target: string;
  readonly kind: 'call' | 'link';
  readonly #counter = new Counter();
  readonly #ages = new Spread();
  readonly #time = new TimeSpan();

  constructor(target: string, kind: 'call' | 'link') {
    this.target = target;
    this.kind = kind;
  }

  add(observation: Observation): void {
    this.#time.include(observation);
    this.#counter.add(observation);
  }

  receive(arrival: Observation, sentAt: number): void {
    this.add(arrival);
    // Clocks of two machines may differ by more than the message took.
    this.#ages.add(Math.max(0, arrival.start - sentAt));
  }

  merge(other: GrowingEdge): void {
    this.#counter.merge(other.#counter);
    this.#ages.merge(other.#ages);
    this.#time.include(other.#time);
  }

  toEdge(references: ReadonlyMap<string, number>): Edge {
    return {
      ReferenceId: references.get(this.target) ?? 0,
      StartTime: this.#time.start,
      EndTime: this.#time.end,
      SummaryStatistics: this.#counter.statistics,
      Aliases: [],
      ...(this.kind === 'link'
        ? { EdgeType: 'link', ReceivedEventAgeHistogram: this.#ages.histogram }
        : { ResponseTimeHistogram: this.#counter.responseTimes }),
    };
  }
}

/** From the first start to the last end. */
class TimeSpan {
  start = Infinity;
  end = -Infinity;

  include({ start, end = start }: Pick<Observation, 'start' | 'end'>): void {
    this.start = Math.min(this.start, start);
    this.end = Math.max(this.end, end);
  }
}

function keyOf({ name, type, accountId }: ServiceId): string {
  return JSON.stringify([name, type ?? '', accountId ?? '']);
}

/** What one of them knows, both know. */
function joined(one: GraphNode, other: GraphNode): GraphNode {
  return {
    ...one,
    ...((one.kind === 'service' || other.kind === 'service') && { kind: 'service' }),
    ...((one.root ?? other.root) === true && { root: true }),
  };
}

function isBefore(one: Sender, other: Sender): boolean {
  return one.at < other.at || (one.at === other.at && one.key < other.key);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** To the end of the last thing that the service did, also after it had answered. */
function durationOf({ segment }: ServiceSegment): number {
  let end = segment.end_time ?? segment.start_time;
  for (const each of entitiesFrom([segment])) end = Math.max(end, each.end_time ?? each.start_time);
  return Math.max(0, end - segment.start_time);
}
