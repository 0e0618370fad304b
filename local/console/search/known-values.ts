import type { KnownValues } from '../../xray/filter/completions.ts';
import { CORRELATION_ID } from '../../xray/filter/facts.ts';
import { filterForAnnotation, filterForService, quote } from '../../xray/filter/write-filter.ts';
import type { KnownTerms } from '../../xray/trace.ts';

export const NOTHING_KNOWN: KnownTerms = { services: [], texts: [], annotations: [] };

/** What the traces are found by, as completions want it. */
export function knownValues({ services, texts, annotations }: KnownTerms): KnownValues {
  const textsOf = new Map(texts.map(({ keyword, values }) => [keyword, values]));
  const valuesOf = new Map(annotations.map(({ key, values }) => [key, values]));
  return {
    services: services.map((name) => ({ name })),
    annotationKeys: annotations.map(({ key }) => key),
    annotationValues: (key) => valuesOf.get(key) ?? [],
    users: textsOf.get('user') ?? [],
    correlationIds: textsOf.get('correlationid') ?? [],
    textsOf: (keyword) => textsOf.get(keyword) ?? [],
  };
}

/** An expression to begin with, and what it finds. */
export interface Example {
  readonly says: string;
  readonly filter: string;
}

/** The keys of annotations that name one thing each, such as an order. */
const NAMES_ONE_THING = /id$/i;

/** One of each way to search, with values that there are. */
export function examplesOf({ services, texts, annotations }: KnownTerms): readonly Example[] {
  const correlationId = texts.find(({ keyword }) => keyword === 'correlationid')?.values[0];
  const own = annotations.filter(({ key, values }) => key !== CORRELATION_ID && values.length > 0);
  const annotation = own.find(({ key }) => NAMES_ONE_THING.test(key)) ?? own[0];
  const value = annotation?.values[0];
  const service = services.find((name) => !name.includes('.')) ?? services[0];
  return [
    { says: 'Failed requests', filter: 'fault' },
    { says: 'Failures inside', filter: 'service() { fault }' },
    { says: 'Slow', filter: 'duration > 1' },
    { says: 'Cold starts', filter: 'coldstart' },
    ...(service === undefined ? [] : [{ says: 'One service', filter: filterForService({ name: service }) }]),
    ...(annotation === undefined || value === undefined
      ? []
      : [{ says: annotation.key, filter: filterForAnnotation(annotation.key, value) }]),
    ...(correlationId === undefined
      ? []
      : [{ says: 'Correlation id', filter: `correlationid = ${quote(correlationId)}` }]),
  ];
}
