import type { FunctionResource } from '../../../local/template/index.ts';
import type { Resources } from '../definition.ts';

export type StatisticKind = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'percentile';

/** A metric as AWS documents it: what an alarm on it may rely on. */
export interface KnownMetric<Kind extends keyof Resources = keyof Resources> {
  readonly kind: Kind;
  /** What stands in the namespace; of metrics of our filters, what it begins with. */
  readonly namespace: string;
  readonly name: string;
  /** The sets of dimensions that have data: CloudWatch finds nothing for any other. */
  readonly dimensions: ReadonlyArray<readonly string[]>;
  readonly statistics: readonly StatisticKind[];
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Megabytes' | 'None';
  /** The lowest value; `above 0` for a time that something always takes. */
  readonly least: 0 | 'above 0';
  /** The highest value on this resource, where there is one. */
  readonly most?: (resource: Resources[Kind]) => number | undefined;
  /** When CloudWatch has data: for requests that come, or only when the thing happens. */
  readonly emitted: 'while active' | 'when it happens';
  /** Whether each one is a loss, so that an alarm has to notice the first. */
  readonly eachCounts: boolean;
  /** The page of AWS. */
  readonly source: string;
}

type Common = Omit<KnownMetric, 'kind' | 'namespace' | 'dimensions' | 'name' | 'most' | 'source'>;

/** Counts are added up; their percentiles would be of ones and zeros. */
export const COUNT: Common = {
  statistics: ['Sum'],
  unit: 'Count',
  least: 0,
  emitted: 'while active',
  eachCounts: false,
};

/** What is lost each time, and is not sent unless it happens. */
export const LOSS: Common = { ...COUNT, emitted: 'when it happens', eachCounts: true };

/** Times of single requests: any statistic but their sum. */
export const TIME: Common = {
  statistics: ['Average', 'Minimum', 'Maximum', 'percentile', 'SampleCount'],
  unit: 'Milliseconds',
  least: 'above 0',
  emitted: 'while active',
  eachCounts: false,
};

/** A number that is looked at from time to time: its sum means nothing. */
export const GAUGE: Common = {
  statistics: ['Average', 'Minimum', 'Maximum'],
  unit: 'Count',
  least: 0,
  emitted: 'while active',
  eachCounts: false,
};

export const milliseconds = ({ timeout }: FunctionResource): number => timeout * 1000;
