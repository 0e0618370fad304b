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

/** The same text for the same metric, in whatever order its dimensions are given. */
export const metricKey = ({ namespace, name, dimensions }: MetricId): string => {
  const sorted = dimensions.map((dimension) => [dimension.name, dimension.value]).sort(byName);
  return JSON.stringify([namespace, name, sorted]);
};

export const dimensionsOf = (values: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

const byName = ([a = '']: string[], [b = '']: string[]): number => (a < b ? -1 : 1);
