import { isDeepStrictEqual } from 'node:util';
import type { LogEvent } from '../../lambda/invocation.ts';
import type { MetricFilterDefinition } from '../../template/service.ts';
import { readEmbeddedMetrics } from '../logs/embedded-metrics.ts';
import type { Filter, FilterMatch } from '../logs/filter-pattern.ts';
import { parseFilterPattern } from '../logs/filter-pattern.ts';
import { PatternError } from '../logs/comparison.ts';
import type { Dimension } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';

interface ActiveFilter {
  readonly definition: MetricFilterDefinition;
  readonly match: Filter;
  /** Events of this minute, and those of them that matched. */
  seen: number;
  matched: number;
}

export interface LogLosses {
  /** Log lines with embedded metrics that break the specification in some place. */
  readonly invalidEmbeddedMetrics: number;
  /** Matches of a metric filter whose value is no number, or that lack a dimension. */
  readonly valuelessMatches: number;
}

/** Different problems that are told; the rest is counted only. */
const MAX_TOLD = 20;

/** Metrics that CloudWatch makes of log lines: embedded metrics, and the metric filters of the template. */
export class LogMetrics {
  readonly #store: MetricStore;
  #filters: readonly ActiveFilter[] = [];
  readonly #onProblem: (message: string) => void;
  readonly #told = new Set<string>();
  readonly #losses = { invalidEmbeddedMetrics: 0, valuelessMatches: 0 };

  /** `onProblem` is told of filters that are not understood, at once, and of lines that are dropped. */
  constructor(
    store: MetricStore,
    filters: readonly MetricFilterDefinition[],
    onProblem: (message: string) => void,
  ) {
    this.#store = store;
    this.#onProblem = onProblem;
    this.update(filters);
  }

  /** Has these filters and no others; one that is the same as before goes on counting. */
  update(filters: readonly MetricFilterDefinition[]): void {
    const before = this.#filters;
    this.#filters = filters.flatMap((definition) => {
      const known = before.find((filter) => isDeepStrictEqual(filter.definition, definition));
      if (known !== undefined) return [known];
      try {
        return [{ definition, match: parseFilterPattern(definition.pattern), seen: 0, matched: 0 }];
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        this.#onProblem(`The metric filter ${definition.name} makes no metrics: ${error.message}`);
        return [];
      }
    });
  }

  log(event: LogEvent): void {
    if (event.source !== 'platform') this.#embedded(event);
    for (const filter of this.#filters) {
      if (filter.definition.logGroup !== event.logGroup) continue;
      filter.seen += 1;
      const match = filter.match(event.message);
      if (match === undefined) continue;
      filter.matched += 1;
      this.#matched(filter.definition, match, event.timestamp);
    }
  }

  /** A minute of CloudWatch is over: filters with a default value report it, where events came and none matched. */
  endMinute(at: number): void {
    for (const filter of this.#filters) {
      const { seen, matched, definition } = filter;
      filter.seen = 0;
      filter.matched = 0;
      if (seen === 0 || matched > 0) continue;
      for (const { namespace, metricName, defaultValue, unit } of definition.transformations) {
        if (defaultValue === undefined) continue;
        this.#store.record(
          { namespace, name: metricName, dimensions: [] },
          { at, value: defaultValue },
          unit,
        );
      }
    }
  }

  losses(): LogLosses {
    return { ...this.#losses };
  }

  #embedded({ functionKey, message }: LogEvent): void {
    const embedded = readEmbeddedMetrics(message);
    if (embedded === undefined) return;
    for (const { id, unit, values, at } of embedded.samples) {
      for (const value of values) this.#store.record(id, { at, value }, unit);
    }
    if (embedded.problems.length === 0) return;
    this.#losses.invalidEmbeddedMetrics += 1;
    for (const problem of embedded.problems) {
      this.#tell(`Embedded metrics of ${functionKey} are left out, as CloudWatch would: ${problem}`);
    }
  }

  #matched({ name, transformations }: MetricFilterDefinition, match: FilterMatch, at: number): void {
    for (const transformation of transformations) {
      const { namespace, metricName, unit, defaultValue } = transformation;
      const value = valueOf(transformation.value, match) ?? defaultValue;
      const dimensions = dimensionsOf(transformation.dimensions, match);
      if (value === undefined || dimensions === undefined) {
        this.#losses.valuelessMatches += 1;
        this.#tell(
          `The metric filter ${name} matched a line without a number for ${metricName}, or a dimension of it`,
        );
        continue;
      }
      this.#store.record({ namespace, name: metricName, dimensions }, { at, value }, unit);
    }
  }

  #tell(message: string): void {
    if (this.#told.has(message) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(message);
    this.#onProblem(message);
  }
}

function valueOf(metricValue: string, match: FilterMatch): number | undefined {
  const value = metricValue.startsWith('$') ? match.value(metricValue) : metricValue;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Undefined where the event lacks one: CloudWatch then makes no metric of it. */
function dimensionsOf(
  dimensions: ReadonlyArray<{ readonly name: string; readonly value: string }>,
  match: FilterMatch,
): Dimension[] | undefined {
  const read = dimensions.map(({ name, value }) => ({ name, value: match.value(value) }));
  const found = read.filter(({ value }) => ['string', 'number', 'boolean'].includes(typeof value));
  return found.length < read.length
    ? undefined
    : found.map(({ name, value }) => ({ name, value: String(value) }));
}
