import { traceText } from '../local/xray/trace-text.ts';
import type { Trace } from '../local/xray/trace.ts';

/** A trace that a test waited for, with those that are linked with it: what one business request left. */
export class ObservedTrace {
  /** As X-Ray puts traces together: segments, each with its subsegments below it. What was asked for comes first. */
  readonly traces: readonly Trace[];

  constructor(traces: readonly Trace[]) {
    this.traces = traces;
  }

  /** The id of the first trace: `1-…`. */
  get id(): string {
    return this.traces[0]?.id ?? '';
  }

  /** All of it as a short tree: names, durations, self times, statuses, errors. */
  get text(): string {
    return traceText(this.traces, { now: Date.now() / 1000, maxRows: MAX_ROWS });
  }
}

/** More than a test report is read with; how many are left out is said. */
const MAX_ROWS = 300;
