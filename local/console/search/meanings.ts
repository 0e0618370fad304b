import { CORRELATION_ID } from '../../xray/filter/facts.ts';
import { filterForAnnotation, filterForService, quote } from '../../xray/filter/write-filter.ts';
import type { KnownTerms } from '../../xray/trace.ts';

/** What somebody who typed a text, and no filter expression, may look for. */
export interface Meaning {
  /** For people: `Order id is …`. */
  readonly detail: string;
  /** What finds it: a filter expression, or the trace itself. */
  readonly find: { readonly filter: string } | { readonly traceId: string };
  /** Nothing is known that has the text. */
  readonly isGuess?: true;
}

/** As many as are offered. */
const MAX_MEANINGS = 8;

/** Of one keyword, one annotation, or the services: who types more gets nearer. */
const MAX_OF_A_KIND = 2;

/** As X-Ray writes it, or W3C. */
const TRACE_ID = /^(?:1-)?([0-9a-f]{8})-?([0-9a-f]{24})$/i;

/** The keywords whose values people copy from elsewhere, and what they are called. */
const TEXTS: readonly { readonly keyword: string; readonly name: string }[] = [
  { keyword: 'correlationid', name: 'correlation id' },
  { keyword: 'requestid', name: 'request id' },
  { keyword: 'user', name: 'user' },
];

/** Whether a text is none of the beginnings of an expression, but words. */
export function isPlainText(text: string): boolean {
  return text.trim() !== '' && !/[=<>!(){}"]|\b(?:and|or|not|contains|beginswith|endswith)\b/i.test(text);
}

/**
 * @param found what is known with this text in it.
 * @returns the likeliest first: what is the text before what only has it in it.
 */
export function meaningsOf(text: string, found: KnownTerms): readonly Meaning[] {
  const wanted = text.trim();
  const same = (value: string | number | boolean): boolean =>
    String(value).toLowerCase() === wanted.toLowerCase();
  const nearest = <Value extends string | number | boolean>(values: readonly Value[]): Value[] =>
    values.toSorted((one, other) => Number(same(other)) - Number(same(one))).slice(0, MAX_OF_A_KIND);
  const [, time, rest] = TRACE_ID.exec(wanted) ?? [];
  const textsOf = (keyword: string): readonly string[] =>
    found.texts.find((each) => each.keyword === keyword)?.values ?? [];
  const meanings = [
    ...nearest(found.services).map((name) => ({
      exact: same(name),
      detail: 'passes this service',
      find: { filter: filterForService({ name }) },
    })),
    ...TEXTS.flatMap(({ keyword, name }) =>
      nearest(textsOf(keyword)).map((value) => ({
        exact: same(value),
        detail: `has this ${name}`,
        find: { filter: `${keyword} = ${quote(value)}` },
      })),
    ),
    ...found.annotations
      // The keyword `correlationid` finds it as well.
      .filter(({ key }) => key !== CORRELATION_ID)
      .flatMap(({ key, values }) =>
        nearest(values).map((value) => ({
          exact: same(value),
          detail: `annotation ${key}`,
          find: { filter: filterForAnnotation(key, value) },
        })),
      ),
    ...(textsOf('http.url').length === 0
      ? []
      : [
          {
            exact: false,
            detail: 'URL of the request',
            find: { filter: `http.url CONTAINS ${quote(wanted)}` },
          },
        ]),
  ];
  const offered = meanings
    .toSorted((one, other) => Number(other.exact) - Number(one.exact))
    .map(({ detail, find }): Meaning => ({ detail, find }));
  if (time !== undefined && rest !== undefined) {
    offered.unshift({
      detail: 'open this trace',
      find: { traceId: `1-${time}-${rest}`.toLowerCase() },
    });
  }
  return (offered.length > 0 ? offered : unknownMeanings(wanted)).slice(0, MAX_MEANINGS);
}

/** Nothing that is known has the text in it: it may still arrive. */
function unknownMeanings(wanted: string): Meaning[] {
  return TEXTS.slice(0, 2).map(({ keyword, name }) => ({
    detail: `${name}; no trace has it yet`,
    find: { filter: `${keyword} = ${quote(wanted)}` },
    isGuess: true,
  }));
}
