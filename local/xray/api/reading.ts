import type { JsonObject } from '../../json.ts';
import { inferSegments } from '../graph/calls.ts';
import type { FilterExpression } from '../filter/expression.ts';
import type { TimeRangeType, TraceSearch, TraceSelection } from '../store/search.ts';
import { CursorError } from '../store/search.ts';
import { Turns } from '../store/turns.ts';
import type { Trace } from '../trace.ts';
import type { TraceListPage, TraceStore } from '../trace-store.ts';
import { readEntitySelector, readFilter } from './filter-input.ts';
import type { Groups } from './groups.ts';
import {
  invalidRequest,
  optionalBoolean,
  optionalChoice,
  optionalNumber,
  optionalText,
  requiredRange,
  requiredTexts,
} from '../../http/api-input.ts';

const TIME_RANGE_TYPES = ['TraceId', 'Event', 'Service'] as const satisfies readonly TimeRangeType[];

/** Seconds of a point of a time series. X-Ray knows 60 and 300, and takes a minute when none is given. */
const PERIODS = { from: 60, to: 86_400, whole: true } as const;

/** Summaries in one answer of `GetTraceSummaries`. */
const PAGE_SIZE = 100;

/** Of documents in one answer of `BatchGetTraces`, in characters; a trace more is put into the next. */
const MAX_PAGE_CHARACTERS = 4_000_000;

/** Trace ids in one question; X-Ray takes five, and there is no reason for so few here. */
const MAX_TRACE_IDS = 1000;

/** As OpenTelemetry and W3C write a trace id. */
const W3C_TRACE_ID = /^([0-9a-f]{8})([0-9a-f]{24})$/i;

/** The operations of X-Ray that read traces. */
export class Reading {
  readonly #store: TraceStore;
  readonly #groups: Groups;

  constructor(store: TraceStore, groups: Groups) {
    this.#store = store;
    this.#groups = groups;
  }

  /** `GetTraceSummaries`. Nothing is sampled: `Sampling` and `SamplingStrategy` are read, and every trace is looked at. */
  async traceSummaries(input: JsonObject): Promise<object> {
    const range = requiredRange(input);
    const timeRange = optionalChoice(input, 'TimeRangeType', TIME_RANGE_TYPES) ?? 'TraceId';
    optionalBoolean(input, 'Sampling');
    const cursor = optionalText(input, 'NextToken');
    const filter = readFilter(input);
    await this.#store.written();
    const window = { ...range, timeRange };
    const found = this.#search({
      ...window,
      ...(filter !== undefined && { filter }),
      groups: this.#groupFilter,
      limit: PAGE_SIZE,
      ...(cursor !== undefined && { cursor }),
    });
    return {
      TraceSummaries: found.traces.map(({ id }) => this.#store.details(id, window)),
      ApproximateTime: Date.now() / 1000,
      TracesProcessedCount: this.#store.count(window),
      ...(found.cursor !== undefined && { NextToken: found.cursor }),
    };
  }

  /** `BatchGetTraces`: a document for each segment with its subsegments in it, and for each one that is inferred. */
  async traces(input: JsonObject): Promise<object> {
    const { ids, first } = pageOfIds(input);
    const turns = new Turns();
    const traces: object[] = [];
    const unprocessed: string[] = [];
    let characters = 0;
    for (const [index, id] of ids.entries()) {
      if (index < first) continue;
      if (turns.isOver) await turns.rest();
      if (characters > MAX_PAGE_CHARACTERS) {
        return { Traces: traces, UnprocessedTraceIds: unprocessed, NextToken: String(index) };
      }
      const trace = this.#store.get(xrayIdOf(id));
      if (trace === undefined) unprocessed.push(id);
      else {
        const segments = documentsOf(trace);
        characters += segments.reduce((sum, { Document }) => sum + Document.length, 0);
        const duration = this.#store.summary(trace.id)?.duration;
        traces.push({
          Id: trace.id,
          Duration: duration,
          LimitExceeded: trace.dropped > 0,
          Segments: segments,
        });
      }
    }
    return { Traces: traces, UnprocessedTraceIds: unprocessed };
  }

  /** `GetServiceGraph`, of the traces that are active in the range. */
  async serviceGraph(input: JsonObject): Promise<object> {
    const range = requiredRange(input);
    return {
      StartTime: range.from,
      EndTime: range.to,
      Services: await this.#store.graph({ ...range, ...this.#groupIn(input) }),
      ContainsOldGroupVersions: false,
    };
  }

  /** `GetTraceGraph`. */
  async traceGraph(input: JsonObject): Promise<object> {
    const { ids } = pageOfIds(input);
    return { Services: await this.#store.graphOf(ids.map(xrayIdOf)) };
  }

  /** `GetTimeSeriesServiceStatistics`: of every edge, or of those of a service or an edge. */
  async timeSeries(input: JsonObject): Promise<object> {
    const range = requiredRange(input);
    const period = optionalNumber(input, 'Period', PERIODS) ?? PERIODS.from;
    const selector = readEntitySelector(input);
    const selection = { ...range, ...this.#groupIn(input) };
    return {
      TimeSeriesServiceStatistics: await this.#store.timeSeries(selection, { period, selector }),
      ContainsOldGroupVersions: false,
    };
  }

  readonly #groupFilter = (nameOrArn: string): FilterExpression | undefined =>
    this.#groups.filterNamed(nameOrArn);

  #groupIn(input: JsonObject): Pick<TraceSelection, 'filter' | 'groups'> {
    const filter = this.#groups.filterOf(input);
    return { ...(filter !== undefined && { filter }), groups: this.#groupFilter };
  }

  #search(search: TraceSearch): TraceListPage {
    try {
      return this.#store.search(search);
    } catch (cause) {
      if (!(cause instanceof CursorError)) throw cause;
      throw invalidRequest(`NextToken is not valid: ${cause.message}`, { cause });
    }
  }
}

function documentsOf(trace: Trace): { readonly Id: string; readonly Document: string }[] {
  // What has lost its parent is no segment, and would be seen nowhere if it were left out.
  const segments = [...trace.segments, ...inferSegments(trace), ...trace.orphans];
  return segments.map((segment) => ({
    Id: segment.id,
    Document: JSON.stringify('trace_id' in segment ? segment : { ...segment, trace_id: trace.id }),
  }));
}

function pageOfIds(input: JsonObject): { readonly ids: readonly string[]; readonly first: number } {
  const ids = requiredTexts(input, 'TraceIds');
  if (ids.length > MAX_TRACE_IDS) {
    throw invalidRequest(`TraceIds has at most ${MAX_TRACE_IDS} ids; got ${ids.length}.`);
  }
  const token = optionalText(input, 'NextToken') ?? '0';
  if (!/^\d{1,4}$/.test(token)) {
    throw invalidRequest('NextToken is that of the answer before; got another text.');
  }
  return { ids: [...new Set(ids)], first: Number(token) };
}

function xrayIdOf(id: string): string {
  return id.replace(W3C_TRACE_ID, '1-$1-$2');
}
