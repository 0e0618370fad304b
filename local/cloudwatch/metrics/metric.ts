/** What CloudWatch tells metrics apart by. A metric with other dimensions is another metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** One measurement of a service that is neither Lambda nor logs; it happened now. */
export interface Measurement {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** @default 1 */
  readonly value?: number;
  /** @default Count */
  readonly unit?: string;
}

export type MetricSink = (measurement: Measurement) => void;

/** The same text for the same metric, in whatever order its dimensions are given. */
export function metricKey({ namespace, name, dimensions }: MetricId): string {
  const sorted = dimensions.map((dimension) => [dimension.name, dimension.value]).sort(byName);
  return JSON.stringify([namespace, name, sorted]);
}

export function dimensionsOf(values: Readonly<Record<string, string>>): Dimension[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function byName([a = '']: string[], [b = '']: string[]): number {
  return a < b ? -1 : 1;
}
