import type { FilterValue } from './filter/expression.ts';
import {
  filterForAnnotation,
  filterForService,
  filterForWorst,
  printField,
  printValue,
  quote,
} from './filter/write-filter.ts';
import type { RootCause, RootCauses } from './graph/root-causes.ts';
import type { TraceSummary } from './trace.ts';

/** What distinguishes some traces from others. */
export interface Differences {
  /** How many traces of each were compared, the newest. */
  readonly selected: number;
  readonly rest: number;
  /** What differs most first; what may well be chance is left out. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly kind: FeatureKind;
  /** For people: `orderType is "gift"`. */
  readonly label: string;
  /** Finds the traces that have it. */
  readonly filter: string;
  /** How many of the selected traces have it, and of the rest. */
  readonly selected: number;
  readonly rest: number;
}

export type FeatureKind =
  | 'status'
  | 'cold start'
  | 'function'
  | 'service'
  | 'operation'
  | 'exception'
  | 'annotation'
  | 'request'
  | 'user';

/** A trace, as far as traces are compared. */
export interface ComparedTrace {
  readonly summary: Pick<TraceSummary, 'status' | 'coldStart'>;
  readonly details: TraceDetails;
}

/** What is read of a trace as `GetTraceSummaries` writes it. */
export interface TraceDetails extends Partial<RootCauses> {
  readonly Annotations?: Readonly<
    Record<string, ReadonlyArray<{ readonly AnnotationValue: AnnotationValue }>>
  >;
  readonly ServiceIds?: ReadonlyArray<{ readonly Name: string; readonly Type?: string }>;
  readonly Users?: ReadonlyArray<{ readonly UserName: string }>;
  readonly Http?: { readonly HttpMethod?: string; readonly HttpStatus?: number; readonly HttpURL?: string };
}

interface AnnotationValue {
  readonly StringValue?: string;
  readonly NumberValue?: number;
  readonly BooleanValue?: boolean;
}

/** Something that a trace has or has not. */
interface Feature {
  readonly kind: FeatureKind;
  readonly label: string;
  readonly filter: string;
  /** Of features that are values of one field, that field: values that hardly repeat say nothing. */
  readonly field?: string;
}

/** As many as a person reads. */
export const MAX_DIFFERENCES = 12;

/** Less is not worth a line. */
const MIN_SHARE_DIFFERENCE = 0.05;

/** Standard errors of a difference of two shares: beyond, one of twenty is chance (the two-sided 95 % of a normal distribution). */
const MIN_DEVIATION = 1.96;

/** A field with more values than this, each on so few traces, names single requests. */
const FEW_VALUES = 3;
const MIN_TRACES_PER_VALUE = 3;

/** Numbers with more values than this are compared by how large they are. */
const MANY_NUMBERS = 6;
const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9];

/** What some traces have, in shares, more often or less often than the rest of them. */
export function whatDiffers(
  selectedTraces: readonly ComparedTrace[],
  otherTraces: readonly ComparedTrace[],
): Differences {
  const traces = [...selectedTraces, ...otherTraces];
  const splits = splitsOf(traces);
  const counted = new Map<string, { readonly feature: Feature; selected: number; rest: number }>();
  for (const [index, trace] of traces.entries()) {
    const features = new Map(featuresOf(trace, splits).map((feature) => [feature.filter, feature]));
    for (const [filter, feature] of features) {
      const count = counted.get(filter) ?? { feature, selected: 0, rest: 0 };
      count[index < selectedTraces.length ? 'selected' : 'rest'] += 1;
      counted.set(filter, count);
    }
  }
  const telling = tellingFields([...counted.values()]);
  const sizes = { selected: selectedTraces.length, rest: otherTraces.length };
  const differences = [...counted.values()]
    .filter(({ feature: { field } }) => field === undefined || telling.has(field))
    .map((count) => ({ ...count, ...deviation(count, sizes) }))
    .filter(({ share, errors }) => Math.abs(share) >= MIN_SHARE_DIFFERENCE && errors >= MIN_DEVIATION)
    .sort((one, other) => Math.abs(other.share) - Math.abs(one.share) || other.errors - one.errors)
    .slice(0, MAX_DIFFERENCES)
    .map(({ feature: { kind, label, filter }, selected, rest }) => ({ kind, label, filter, selected, rest }));
  return { ...sizes, differences };
}

/** The difference of the shares, and how many standard errors it is large. */
function deviation(
  count: { readonly selected: number; readonly rest: number },
  sizes: { readonly selected: number; readonly rest: number },
): { readonly share: number; readonly errors: number } {
  if (sizes.selected === 0 || sizes.rest === 0) return { share: 0, errors: 0 };
  const share = count.selected / sizes.selected - count.rest / sizes.rest;
  const common = (count.selected + count.rest) / (sizes.selected + sizes.rest);
  const error = Math.sqrt(common * (1 - common) * (1 / sizes.selected + 1 / sizes.rest));
  return { share, errors: error === 0 ? 0 : Math.abs(share) / error };
}

/** Fields whose values are more than names of single requests. */
function tellingFields(
  counted: ReadonlyArray<{ readonly feature: Feature; readonly selected: number; readonly rest: number }>,
): ReadonlySet<string> {
  const fields = Map.groupBy(
    counted.filter(({ feature: { field } }) => field !== undefined),
    ({ feature: { field = '' } }) => field,
  );
  return new Set(
    [...fields]
      .filter(([, values]) => {
        const traces = values.reduce((sum, { selected, rest }) => sum + selected + rest, 0);
        return values.length <= FEW_VALUES || traces >= values.length * MIN_TRACES_PER_VALUE;
      })
      .map(([field]) => field),
  );
}

type Splits = ReadonlyMap<string, readonly number[]>;

/** Of annotations with many numbers, those in between which most of them lie. */
function splitsOf(traces: readonly ComparedTrace[]): Splits {
  const numbers = new Map<string, number[]>();
  for (const { details } of traces) {
    for (const [key, value] of annotationsOf(details)) {
      if (typeof value !== 'number') continue;
      const known = numbers.get(key);
      if (known === undefined) numbers.set(key, [value]);
      else known.push(value);
    }
  }
  const splits = new Map<string, readonly number[]>();
  for (const [key, values] of numbers) {
    if (new Set(values).size <= MANY_NUMBERS) continue;
    const sorted = values.toSorted((one, other) => one - other);
    const at = QUANTILES.map((share) => sorted[Math.floor(share * sorted.length)] ?? 0);
    splits.set(key, [...new Set(at)]);
  }
  return splits;
}

function featuresOf({ summary, details }: ComparedTrace, splits: Splits): Feature[] {
  const { status, coldStart } = summary;
  const { HttpMethod: method, HttpStatus: httpStatus, HttpURL: url } = details.Http ?? {};
  return [
    // That nothing failed says what the failures say.
    ...(status === 'ok' ? [] : [{ kind: 'status', label: status, filter: filterForWorst(status) } as const]),
    ...(coldStart ? [{ kind: 'cold start', label: 'cold start', filter: 'coldstart' } as const] : []),
    ...(details.ServiceIds ?? []).map(({ Name: name, Type: type }): Feature => ({
      kind: type?.startsWith('AWS::Lambda') === true ? 'function' : 'service',
      label: name,
      filter: filterForService({ name }),
    })),
    ...causesOf(details),
    ...annotationsOf(details).flatMap(([key, value]) => annotationFeatures(key, value, splits.get(key))),
    ...(method === undefined ? [] : [valueFeature('request', 'http.method', method)]),
    ...(httpStatus === undefined ? [] : [valueFeature('request', 'http.status', httpStatus)]),
    ...(url === undefined ? [] : [valueFeature('request', 'http.url', url)]),
    ...(details.Users ?? []).map(({ UserName: user }) => valueFeature('user', 'user', user)),
  ];
}

function valueFeature(kind: FeatureKind, keyword: string, value: string | number): Feature {
  const text = printValue(value);
  return { kind, label: `${keyword} is ${text}`, filter: `${keyword} = ${text}`, field: keyword };
}

function annotationFeatures(
  key: string,
  value: FilterValue,
  splits: readonly number[] | undefined,
): readonly Feature[] {
  const name = printField({ keyword: 'annotation', key });
  const isSet: Feature = { kind: 'annotation', label: `has ${key}`, filter: name };
  // What is not true says what those that are true say.
  if (value === false) return [];
  if (typeof value === 'number' && splits !== undefined) {
    const reached = splits.filter((split) => value >= split);
    return [
      isSet,
      ...reached.map((split): Feature => ({
        kind: 'annotation',
        label: `${key} is at least ${split}`,
        filter: `${name} >= ${split}`,
      })),
    ];
  }
  const filter = filterForAnnotation(key, value);
  const text = printValue(value);
  return [isSet, { kind: 'annotation', label: `${key} is ${text}`, filter, field: name }];
}

function annotationsOf({ Annotations: annotations = {} }: TraceDetails): [string, FilterValue][] {
  return Object.entries(annotations).flatMap(([key, values]) =>
    values.flatMap(({ AnnotationValue: { StringValue: text, NumberValue: number, BooleanValue: flag } }) => {
      const value = text ?? number ?? flag;
      return value === undefined ? [] : [[key, value] satisfies [string, FilterValue]];
    }),
  );
}

const CAUSES = [
  { cause: 'fault', list: 'FaultRootCauses', says: 'failed in' },
  { cause: 'error', list: 'ErrorRootCauses', says: 'error in' },
  { cause: 'responsetime', list: 'ResponseTimeRootCauses', says: 'most time in' },
] as const;

/** Where traces failed, and what took their time: the last of each path. */
function causesOf(details: TraceDetails): Feature[] {
  return CAUSES.flatMap(({ cause, list, says }) =>
    (details[list] ?? []).flatMap((each: RootCause) => {
      const last = each.Services.at(-1)?.EntityPath.at(-1);
      if (last === undefined) return [];
      const operation: Feature = {
        kind: 'operation',
        label: `${says} ${last.Name}`,
        filter: `rootcause.${cause}.entity { name = ${quote(last.Name)} AND last }`,
      };
      const exceptions = (last.Exceptions ?? []).flatMap(({ Name: name }): Feature[] =>
        name === undefined || cause === 'responsetime'
          ? []
          : [
              {
                kind: 'exception',
                label: name,
                filter: `rootcause.${cause}.exception { name = ${quote(name)} }`,
              },
            ],
      );
      return [operation, ...exceptions];
    }),
  );
}
