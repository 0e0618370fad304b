import type { ServiceId } from '../graph/service-pattern.ts';
import type { FilterValue, Scope } from './expression.ts';
import { COMPLEX_KEYWORDS, keywordsIn } from './keywords.ts';
import type { Want } from './parse-filter.ts';
import { wantedAfter } from './parse-filter.ts';
import { withoutTexts } from './tokens.ts';
import { printValue, printField, quote } from './write-filter.ts';

/** What there is to be found, newest or most frequent first as whoever asks prefers. */
export interface KnownValues {
  readonly services: readonly ServiceId[];
  readonly annotationKeys: readonly string[];
  readonly annotationValues: (key: string) => readonly FilterValue[];
  readonly users: readonly string[];
  readonly correlationIds?: readonly string[];
  readonly groups?: readonly string[];
  /** Of other keywords that ask for texts, for example `http.url`. */
  readonly textsOf?: (keyword: string) => readonly string[];
}

export interface Completion {
  /** What replaces the text from `from` to `to`. */
  readonly text: string;
  /** What it means, for people. */
  readonly detail: string;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

/** X-Ray's and HTTP's own words. */
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

const OPERATOR_MEANINGS: Readonly<Record<string, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  CONTAINS: 'has this in it',
  BEGINSWITH: 'begins with',
  ENDSWITH: 'ends with',
};

const SIGN_MEANINGS: Readonly<Record<string, string>> = {
  AND: 'both hold',
  OR: 'one of them holds',
  'id(': 'a service by name, type or account',
};

const COMPLEX: Readonly<Record<string, Completion>> = {
  service: { text: 'service(', detail: 'passes a service' },
  edge: { text: 'edge(', detail: 'one service calls another' },
};

/** A word, a number or an annotation's key that is being written at the end. */
const BEGUN = /(?:(?:source\.|destination\.)?annotation\s*\[[^\]]*|[\p{L}\p{N}_.+-][\p{L}\p{N}_.:/$+-]*)$/isu;

/**
 * What may be written at `position`: for what is begun there, what it could become.
 *
 * @param position from 0, in UTF-16 units; beyond the text it is the end.
 */
export function completionsAt(text: string, position: number, known: KnownValues): Completions {
  const before = text.slice(0, position);
  const from = beginningOf(before);
  const begun = before.slice(from);
  const after = /^[\p{L}\p{N}_.:/$+-]*"?/u.exec(text.slice(before.length))?.[0] ?? '';
  // A quote behind the cursor belongs to what is begun only where a text is.
  const rest = begun.startsWith('"') ? after : after.replace('"', '');
  const options = wantedAfter(before.slice(0, from)).flatMap((want) => optionsFor(want, known));
  const fitting = options.filter((option) => option.text !== begun && rankOf(option.text, begun) > 0);
  const unique = [...new Map(fitting.map((option) => [option.text, option])).values()];
  unique.sort((one, other) => rankOf(other.text, begun) - rankOf(one.text, begun));
  return { from, to: before.length + rest.length, options: unique };
}

/** Where what is being written begins: quotes before it open and close in pairs. */
function beginningOf(before: string): number {
  const bare = withoutTexts(before);
  const open = bare.indexOf('"');
  return open === -1 ? (BEGUN.exec(bare)?.index ?? before.length) : open;
}

/** How well an option fits what is begun: words by their beginning, then by that of a part, texts by any part; 0 is not at all. */
function rankOf(option: string, begun: string): number {
  const [candidate, wanted] = [option.toLowerCase(), begun.toLowerCase()];
  if (candidate.startsWith(wanted)) return 2;
  const isPart = wanted.startsWith('"')
    ? candidate.startsWith('"') && candidate.slice(1).includes(wanted.slice(1))
    : candidate.includes(`.${wanted}`);
  return Number(isPart);
}

function optionsFor(want: Want, known: KnownValues): readonly Completion[] {
  switch (want.kind) {
    case 'sign':
      // Signs are typed faster than chosen.
      return /^[a-z]/i.test(want.text) && want.text !== 'NOT'
        ? [{ text: want.text, detail: SIGN_MEANINGS[want.text] ?? '' }]
        : [];
    case 'condition':
      return conditionsIn(want.scope, known);
    case 'operators':
      return want.operators.map((text) => ({ text, detail: OPERATOR_MEANINGS[text] ?? '' }));
    case 'value':
      return valuesFor(want, known);
    case 'service name':
      return known.services.map(({ name, type = 'service' }) => ({ text: quote(name), detail: type }));
    case 'type': {
      const types = new Set(known.services.flatMap(({ type }) => type ?? []));
      return [...types].map((text) => ({ text: quote(text), detail: 'type of service' }));
    }
    case 'account': {
      const accounts = new Set(known.services.flatMap(({ accountId }) => accountId ?? []));
      return [...accounts].map((text) => ({ text: quote(text), detail: 'account' }));
    }
    case 'group':
      return (known.groups ?? []).map((text) => ({ text: quote(text), detail: 'group' }));
    case 'json':
      return [{ text: '#[{"Services":[{"Name":""}]}]', detail: 'root causes as JSON' }];
  }
}

function conditionsIn(scope: Scope, known: KnownValues): readonly Completion[] {
  return keywordsIn(scope)
    .flatMap(({ name, type, meaning }): readonly Completion[] => {
      if (type !== 'annotation') return [{ text: name, detail: meaning }];
      return known.annotationKeys.map((key) => ({
        text: printField({ keyword: name, key }),
        detail: meaning,
      }));
    })
    .concat(
      scope === 'trace'
        ? COMPLEX_KEYWORDS.map((name) => COMPLEX[name] ?? { text: name, detail: complexMeaning(name) })
        : [],
    );
}

function complexMeaning(name: string): string {
  return name.startsWith('group.') ? 'belongs to a group' : 'has such a root cause';
}

function valuesFor({ type, field }: Want & { kind: 'value' }, known: KnownValues): readonly Completion[] {
  const { keyword, key } = field;
  if (key !== undefined) {
    const values = known.annotationValues(key).filter((value) => typeof value === type);
    return values.map((value) => ({ text: printValue(value), detail: `value of ${key}` }));
  }
  if (type === 'boolean') return ['true', 'false'].map((text) => ({ text, detail: '' }));
  if (type === 'number') return [];
  return textsFor(keyword, known).map((text) => ({ text: quote(text), detail: keyword }));
}

function textsFor(keyword: string, known: KnownValues): readonly string[] {
  switch (keyword) {
    case 'user':
      return known.users;
    case 'correlationid':
      return known.correlationIds ?? [];
    case 'http.method':
      return METHODS;
    case 'name':
      return known.services.map(({ name }) => name);
    case 'type':
      return [...new Set(known.services.flatMap(({ type }) => type ?? []))];
    default:
      return known.textsOf?.(keyword) ?? [];
  }
}
