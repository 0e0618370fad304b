import { createHash } from 'node:crypto';
import { requirementsOf } from '../filter/requirements.ts';
import type { Select } from './requirement-sql.ts';
import { sqlOf } from './requirement-sql.ts';
import type { Cursor, Place, Sql, TraceSearch, TraceSelection } from './search.ts';
import {
  afterPlace,
  allOf,
  EVERYTHING,
  idCondition,
  orderBy,
  placeOf,
  readCursor,
  windowCondition,
  writeCursor,
} from './search.ts';

export interface FoundTraces {
  readonly ids: readonly string[];
  /** To go on from here; undefined when there is nothing more. */
  readonly cursor?: string;
}

export interface Candidates {
  readonly select: Select;
  /** Of the trace that arrived last. */
  readonly lastKey: number;
  /** Whether a trace that the indexes offer is one; asked where they do not know for sure. */
  readonly matches: (id: string) => boolean;
}

const DEFAULT_LIMIT = 100;

/** Traces of a rare kind are listed first and sorted then; those of a common one are met soon in the order that is asked for. */
const MAX_RARE = 1000;

/** Traces whose documents are looked at for one answer: others want to be answered too. Beyond, the answer has a cursor. */
const MAX_LOOKED_AT = 2000;
const LOOKED_AT_ONCE = 200;

/** SQLite, "Implementation Limits": 32,766 variables and 1,000,000 bytes, less what stands around a filter. */
const MAX_SQL_VALUES = 32_000;
const MAX_SQL_LENGTH = 990_000;

/**
 * Finds traces, a page at a time.
 *
 * @throws CursorError for a cursor that is none, or that another question had.
 */
export function findTraces(search: TraceSearch, { select, lastKey, matches }: Candidates): FoundTraces {
  const { sort = 'start', limit = DEFAULT_LIMIT, cursor } = search;
  const question = digestOf(search);
  const begun: Cursor | undefined = cursor === undefined ? undefined : readCursor(cursor, question, sort);
  const snapshot = begun?.lastKey ?? lastKey;
  const { condition, exact } = filterCondition(search, select);
  const pages = sortedPages(
    {
      filter: condition,
      rest: allOf([
        windowCondition(search),
        idCondition(search.ids),
        { text: 'key <= ?', values: [snapshot] },
      ]),
      sort,
      after: begun?.place,
    },
    select,
    exact ? limit + 1 : LOOKED_AT_ONCE,
  );
  const ids: string[] = [];
  let lookedAt = 0;
  let place: Place | undefined;
  for (const row of pages) {
    const id = String(row['id']);
    if (ids.length === limit || lookedAt === MAX_LOOKED_AT) {
      // The place is that of the row before: this one is to come next.
      return place === undefined
        ? { ids }
        : { ids, cursor: writeCursor({ place, lastKey: snapshot }, question) };
    }
    if (!exact) lookedAt += 1;
    if (exact || matches(id)) ids.push(id);
    place = placeOf(sort, row);
  }
  return { ids };
}

/** The condition on the traces that are meant; undefined where the indexes do not know for sure. */
export function selectionCondition(selection: TraceSelection, select: Select): Sql | undefined {
  const { condition, exact } = filterCondition(selection, select);
  return exact ? allOf([condition, windowCondition(selection), idCondition(selection.ids)]) : undefined;
}

/** What of a filter the indexes can answer, and whether that is all of it. */
function filterCondition(
  { filter = { kind: 'all' }, groups }: TraceSelection,
  select: Select,
): { readonly condition: Sql; readonly exact: boolean } {
  const { requirement, exact } = requirementsOf(filter, groups);
  const asked = sqlOf(requirement, select);
  const isAskable = asked.values.length <= MAX_SQL_VALUES && asked.text.length <= MAX_SQL_LENGTH;
  return { condition: isAskable ? asked : EVERYTHING, exact: exact && isAskable };
}

interface SortedQuestion {
  readonly filter: Sql;
  readonly rest: Sql;
  readonly sort: NonNullable<TraceSearch['sort']>;
  readonly after: Place | undefined;
}

/** The rows in the order asked for, read as far as they are taken. */
function* sortedPages(
  { filter, rest, sort, after }: SortedQuestion,
  select: Select,
  size: number,
): Generator<Readonly<Record<string, unknown>>> {
  const rare = filter === EVERYTHING ? undefined : rareKeys(allOf([filter, rest]), select);
  const condition = rare === undefined ? allOf([filter, rest]) : keyIn(rare);
  const source =
    rare === undefined && sort.startsWith('start') ? 'INDEXED BY traces_by_start' : 'NOT INDEXED';
  for (let place = after; ;) {
    const { text, values } = place === undefined ? condition : allOf([condition, afterPlace(sort, place)]);
    const rows = select({
      text:
        `SELECT id, start, duration, severity FROM traces ${source} WHERE ${text} ` +
        `ORDER BY ${orderBy(sort)} LIMIT ${size}`,
      values,
    });
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < size || last === undefined) return;
    place = placeOf(sort, last);
  }
}

/** The keys of the traces that meet a condition; undefined when there are many. */
function rareKeys({ text, values }: Sql, select: Select): number[] | undefined {
  const rows = select({
    text: `SELECT key FROM traces NOT INDEXED WHERE ${text} LIMIT ${MAX_RARE + 1}`,
    values,
  });
  return rows.length > MAX_RARE ? undefined : rows.map(({ key }) => Number(key));
}

function keyIn(keys: readonly number[]): Sql {
  return { text: `(key IN (${keys.join(', ')}))`, values: [] };
}

/** What is asked, but for how many at once and from where on. */
function digestOf({ filter, ids, from, to, timeRange, sort }: TraceSearch): string {
  const question = JSON.stringify([filter, ids, from, to, timeRange, sort]);
  return createHash('sha256').update(question).digest('base64url').slice(0, 16);
}
