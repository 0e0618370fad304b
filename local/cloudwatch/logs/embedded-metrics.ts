/** "Specification: Embedded metric format" (CloudWatch user guide): metrics that a log line carries. Pure. */
import type { JsonObject } from '../../json.ts';
import { isObject, parseObject } from '../../json.ts';
import type { Dimension, MetricId } from '../metrics/metric.ts';

export interface EmbeddedSample {
  readonly id: MetricId;
  readonly unit?: string;
  readonly values: readonly number[];
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface EmbeddedMetrics {
  readonly samples: readonly EmbeddedSample[];
  /** Why metrics of the line were left out; CloudWatch drops them without a word. */
  readonly problems: readonly string[];
}

/** Limits of the specification. */
const MAX_METRICS_PER_DIRECTIVE = 100;
const MAX_DIMENSIONS = 30;
const MAX_VALUES = 100;
const MAX_DIMENSION_VALUE = 1024;

/**
 * Reads what a line carries, also behind other text: `console.log` of a function with text logs puts time, request and level before
 * it, and CloudWatch extracts it all the same. Undefined for a line that is no EMF at all: it does not say
 * `_aws.CloudWatchMetrics`.
 */
export function readEmbeddedMetrics(message: string): EmbeddedMetrics | undefined {
  if (!message.includes('"_aws"')) return undefined;
  const root = parseObject(message) ?? parseObject(message.slice(message.indexOf('{')));
  const metadata = root?._aws;
  if (root === undefined || !isObject(metadata) || !('CloudWatchMetrics' in metadata)) return undefined;
  const samples: EmbeddedSample[] = [];
  const problems: string[] = [];
  const { Timestamp: at, CloudWatchMetrics: directives } = metadata;
  if (typeof at !== 'number' || !Number.isSafeInteger(at)) {
    return { samples, problems: ['_aws.Timestamp is not a number of milliseconds'] };
  }
  if (!Array.isArray(directives)) return { samples, problems: ['_aws.CloudWatchMetrics is not a list'] };
  for (const [index, directive] of (directives as unknown[]).entries()) {
    const found = readDirective(root, directive, `_aws.CloudWatchMetrics[${index}]`, problems);
    samples.push(...found.map((sample) => ({ ...sample, at })));
  }
  return { samples, problems };
}

function readDirective(
  root: JsonObject,
  directive: unknown,
  path: string,
  problems: string[],
): Omit<EmbeddedSample, 'at'>[] {
  if (!isObject(directive)) return problem(problems, `${path} is not an object`);
  const { Namespace: namespace, Metrics: metrics, Dimensions: dimensionSets = [[]] } = directive;
  if (typeof namespace !== 'string' || namespace === '')
    return problem(problems, `${path}.Namespace is not a text`);
  if (!Array.isArray(metrics)) return problem(problems, `${path}.Metrics is not a list`);
  if (metrics.length > MAX_METRICS_PER_DIRECTIVE) {
    return problem(
      problems,
      `${path}.Metrics has ${metrics.length} metrics, ${MAX_METRICS_PER_DIRECTIVE} are allowed`,
    );
  }
  if (!Array.isArray(dimensionSets)) return problem(problems, `${path}.Dimensions is not a list`);
  const sets = (dimensionSets.length === 0 ? [[]] : (dimensionSets as unknown[])).flatMap((set, index) => {
    const dimensions = readDimensions(root, set);
    if (typeof dimensions !== 'string') return [dimensions];
    return problem(problems, `${path}.Dimensions[${index}] ${dimensions}`);
  });
  return (metrics as unknown[]).flatMap((metric, index) => {
    const read = readMetric(root, metric);
    if (typeof read === 'string') return problem(problems, `${path}.Metrics[${index}] ${read}`);
    const { name, ...rest } = read;
    return sets.map((dimensions) => ({ id: { namespace, name, dimensions }, ...rest }));
  });
}

/** @returns the dimensions, or what is wrong with them. */
function readDimensions(root: JsonObject, set: unknown): Dimension[] | string {
  if (!Array.isArray(set)) return 'is not a list of names';
  if (set.length > MAX_DIMENSIONS) return `has ${set.length} names, ${MAX_DIMENSIONS} are allowed`;
  const dimensions: Dimension[] = [];
  for (const name of set as unknown[]) {
    const value = typeof name === 'string' && Object.hasOwn(root, name) ? root[name] : undefined;
    if (typeof name !== 'string' || typeof value !== 'string' || value === '') {
      return `names ${String(name)}, which is no text of the line`;
    }
    if (value.length > MAX_DIMENSION_VALUE)
      return `names ${name}, whose value is longer than ${MAX_DIMENSION_VALUE}`;
    dimensions.push({ name, value });
  }
  return dimensions;
}

/** @returns the metric, or what is wrong with it. */
function readMetric(
  root: JsonObject,
  metric: unknown,
): { name: string; unit?: string; values: number[] } | string {
  if (!isObject(metric) || typeof metric.Name !== 'string' || metric.Name === '') return 'has no Name';
  const { Name: name, Unit: unit, StorageResolution: resolution = 60 } = metric;
  if (resolution !== 60 && resolution !== 1) return `(${name}) has a StorageResolution other than 1 and 60`;
  if (unit !== undefined && typeof unit !== 'string') return `(${name}) has a Unit that is no text`;
  const target = Object.hasOwn(root, name) ? root[name] : undefined;
  const values: unknown[] = Array.isArray(target) ? target : [target];
  if (values.length === 0) return `(${name}) has no values`;
  if (values.length > MAX_VALUES) return `(${name}) has ${values.length} values, ${MAX_VALUES} are allowed`;
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return `(${name}) is no number of the line`;
  return { name, values: numbers, ...(unit !== undefined && { unit }) };
}

function problem(problems: string[], text: string): [] {
  problems.push(text);
  return [];
}
