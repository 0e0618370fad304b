import type { TimelineRow } from '../../xray/timeline.ts';
import { containsWordsOf } from '../format/text.ts';
import { entriesOf, inlineText, isRecord, textOf } from '../format/value.ts';

/** Keys of the rows with every word of a query in what they say, in order; none for a query without words. */
export function findRows(rows: readonly TimelineRow[], query: string): readonly string[] {
  if (query.trim() === '') return [];
  const matches = containsWordsOf(query);
  return rows.filter((row) => matches(textOfRow(row))).map(({ key }) => key);
}

/** The key to go to from a row of `rows`: the next one of `keys` after it, or before it, and round at the ends. */
export function nextKey(
  keys: readonly string[],
  rows: readonly TimelineRow[],
  current: string | undefined,
  direction: 'next' | 'previous',
): string | undefined {
  const wanted = new Set(keys);
  const at = rows.findIndex(({ key }) => key === current);
  const after = rows.slice(at + 1).find(({ key }) => wanted.has(key))?.key;
  const before = rows.slice(0, Math.max(0, at)).findLast(({ key }) => wanted.has(key))?.key;
  return direction === 'next' ? (after ?? keys[0]) : (before ?? keys.at(-1));
}

/** What a reader may look for: names, ids, requests, calls, statements, annotations and what went wrong. */
function textOfRow({ name, type, entity }: TimelineRow): string {
  const http: unknown = entity.http;
  const [request, response] = isRecord(http) ? [http['request'], http['response']] : [];
  const sql = 'sql' in entity ? entity.sql : undefined;
  const cause: unknown = entity.cause;
  const exceptions = isRecord(cause) && Array.isArray(cause['exceptions']) ? cause['exceptions'] : [];
  return [
    name,
    type,
    entity.id,
    ...valuesOf(request),
    ...valuesOf(response),
    ...valuesOf(entity.aws),
    ...valuesOf(sql),
    ...entriesOf(entity.annotations).flatMap(([key, value]) => [key, inlineText(value)]),
    ...exceptions.flatMap((exception: unknown) =>
      isRecord(exception) ? [textOf(exception['type']), textOf(exception['message'])] : [],
    ),
  ]
    .filter((text) => text !== undefined)
    .join('\n');
}

function valuesOf(value: unknown): readonly (string | undefined)[] {
  return entriesOf(value).map(([, each]) => textOf(each));
}
