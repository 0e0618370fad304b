/** A metric that an alarm looks at, from any form of a notification. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The function whose tracing helps to explain an alarm, or why there is none. */
export type Watched = { readonly functionName: string } | { readonly notAFunction: string };

/** Lambda's own dimension, and the one of Lambda Insights and of Powertools Metrics. */
const DIMENSIONS = ['FunctionName', 'function_name'];

/** Metrics made of log lines have no dimension: the function is in the namespace (see docs/tracing-on-demand.md). */
const OWN_NAMESPACE = /^LambdaLantern\/([\w-]+)$/;

export function watchedFunction(metrics: readonly WatchedMetric[]): Watched {
  const names = new Set<string>();
  for (const metric of metrics) {
    const name = functionOf(metric);
    if (name === undefined) continue;
    const qualifier = qualifierOf(metric);
    if (qualifier !== undefined) {
      return {
        notAFunction: `it watches ${qualifier} of ${name}, and the configuration of a version, which an alias points to, cannot be changed`,
      };
    }
    names.add(name);
  }
  const [only, ...others] = names;
  if (only === undefined) return { notAFunction: `it watches no function${listed(metrics)}` };
  if (others.length > 0) return { notAFunction: `it watches several functions: ${[...names].join(', ')}` };
  return { functionName: only };
}

function functionOf({ namespace, dimensions }: WatchedMetric): string | undefined {
  const dimension = DIMENSIONS.map((name) => dimensions[name]).find((value) => value !== undefined);
  return dimension ?? OWN_NAMESPACE.exec(namespace)?.[1];
}

/** `Resource` is `name` or `name:alias`; `ExecutedVersion` is there for an alias that has two versions. */
function qualifierOf({ dimensions }: WatchedMetric): string | undefined {
  const [, qualifier] = dimensions.Resource?.split(':') ?? [];
  return qualifier ?? dimensions.ExecutedVersion;
}

function listed(metrics: readonly WatchedMetric[]): string {
  const names = metrics.map(({ namespace, name }) => `${namespace} ${name}`.trim());
  return names.length === 0 ? '' : `, but ${[...new Set(names)].join(', ')}`;
}
