import type { FilterExpression } from '../filter/expression.ts';

/**
 * What of a trace lies in a range. `Active`: any moment of it. The others are X-Ray's (API Reference, `GetTraceSummaries`):
 * the time in its id; when it was updated, be it by its own clock or because something of it arrived; the end of one of its
 * segments.
 */
export type TimeRangeType = 'Active' | 'TraceId' | 'Event' | 'Service';

export interface TimeWindow {
  /** Epoch seconds. Without them, everything. @default -Infinity */
  readonly from?: number;
  /** Not in the range any more. @default Infinity */
  readonly to?: number;
  /** @default 'Active' */
  readonly timeRange?: TimeRangeType;
}

type SortKey = 'start' | 'duration' | 'status';

/** What comes first: the newest, the longest, or what failed worst; with `-asc` what comes last there. */
export type SortOrder = SortKey | `${SortKey}-asc`;

/** Which traces are meant. */
export interface TraceSelection extends TimeWindow {
  /** @default every trace */
  readonly filter?: FilterExpression;
  /** Of these alone. @default every trace */
  readonly ids?: readonly string[];
  /** The filters of groups that the filter names, by name or ARN. */
  readonly groups?: (nameOrArn: string) => FilterExpression | undefined;
}

export interface TraceSearch extends TraceSelection {
  /** @default 'start' */
  readonly sort?: SortOrder;
  /** Traces in one answer. @default 100 */
  readonly limit?: number;
  /** From the answer before: what follows it. Traces that have come since then are not among it. */
  readonly cursor?: string;
}

/** A cursor that does not belong to the question that it came with. The message is for whoever sent it. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/** A condition in SQL, with the values of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

export const EVERYTHING: Sql = { text: '1', values: [] };
export const NOTHING: Sql = { text: '0', values: [] };

export function allOf(conditions: readonly Sql[]): Sql {
  return joined(conditions, ' AND ', EVERYTHING);
}

export function anyOf(conditions: readonly Sql[]): Sql {
  return joined(conditions, ' OR ', NOTHING);
}

/** In halves of halves: SQLite limits how deep conditions are nested, and a row of them is nested once for each. */
function joined(conditions: readonly Sql[], word: string, none: Sql): Sql {
  const [first = none] = conditions;
  if (conditions.length < 2) return first;
  const middle = Math.ceil(conditions.length / 2);
  const one = joined(conditions.slice(0, middle), word, none);
  const other = joined(conditions.slice(middle), word, none);
  return { text: `(${one.text}${word}${other.text})`, values: [...one.values, ...other.values] };
}

/** One of these ids; every trace where there is no list. */
export function idCondition(ids: readonly string[] | undefined): Sql {
  if (ids === undefined) return EVERYTHING;
  return { text: 'id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] };
}

export function windowCondition({ from = -Infinity, to = Infinity, timeRange = 'Active' }: TimeWindow): Sql {
  switch (timeRange) {
    case 'Active':
      return between(['start', 'finish'], from, to);
    case 'TraceId':
      // Ids know whole seconds: what began within the first one may have begun after `from`.
      return between(['created', 'created'], Math.floor(from), to);
    case 'Event': {
      const arrived = between(['updated', 'updated'], from * 1000, to * 1000);
      return anyOf([between(['start', 'finish'], from, to), arrived]);
    }
    case 'Service': {
      const some = between(['each.value', 'each.value'], from, to);
      const one: Sql = {
        text:
          'EXISTS (SELECT 1 FROM summaries, json_each(summaries.ends) AS each ' +
          `WHERE summaries.key = traces.key AND ${some.text})`,
        values: some.values,
      };
      // The columns say of most traces that no end of theirs is in the range.
      return allOf([between(['first_end', 'last_end'], from, to), one]);
    }
  }
}

/** What reaches from one column to the other, and into a range. */
function between([first, last]: readonly [first: string, last: string], from: number, to: number): Sql {
  return allOf([
    ...(Number.isFinite(from) ? [{ text: `${last} >= ?`, values: [from] }] : []),
    ...(Number.isFinite(to) ? [{ text: `${first} < ?`, values: [to] }] : []),
  ]);
}

/** What is known of when a trace was. Epoch seconds; `updated` is when something of it arrived last. */
export interface TraceTimes {
  readonly created: number;
  readonly start: number;
  readonly finish: number;
  readonly updated: number;
  /** Of its segments. */
  readonly ends: readonly number[];
}

/** The moment by which a trace lies in a range: of several the last one. */
export function matchedTime(times: TraceTimes, window: TimeWindow): number {
  const { from = -Infinity, to = Infinity, timeRange = 'Active' } = window;
  const { created, start, finish, updated, ends } = times;
  const moments = {
    Active: [start, finish, ...ends],
    TraceId: [created],
    Event: [start, finish, ...ends, updated],
    Service: ends,
  }[timeRange];
  const last = Math.max(...moments.filter((moment) => moment >= from && moment < to));
  if (last !== -Infinity) return last;
  // It went on all the time; or its id says less than the range does.
  return timeRange === 'TraceId' ? created : Math.max(start, from);
}

/** The columns that traces are sorted by; the last one, the id, tells any two apart. */
type Columns = readonly (readonly [column: string, isDescending: boolean])[];

const KEYS: Readonly<Record<SortKey, Columns>> = {
  start: [
    ['start', true],
    ['id', false],
  ],
  duration: [
    ['duration', true],
    ['id', false],
  ],
  status: [
    ['severity', true],
    ['start', true],
    ['id', false],
  ],
};

const ORDERS: Readonly<Record<SortOrder, Columns>> = {
  ...KEYS,
  'start-asc': reversed(KEYS.start),
  'duration-asc': reversed(KEYS.duration),
  'status-asc': reversed(KEYS.status),
};

function reversed(columns: Columns): Columns {
  return columns.map(([column, isDescending]) => [column, !isDescending]);
}

/** Where in the order of a search a trace stands. */
export type Place = readonly (string | number)[];

export function orderBy(sort: SortOrder): string {
  return ORDERS[sort].map(([column, isDescending]) => (isDescending ? `${column} DESC` : column)).join(', ');
}

export function placeOf(sort: SortOrder, row: Readonly<Record<string, unknown>>): Place {
  return ORDERS[sort].map(([column]) => row[column] as string | number);
}

/** What comes after a place. */
export function afterPlace(sort: SortOrder, place: Place): Sql {
  const columns = ORDERS[sort];
  const [[firstColumn, isFirstDescending] = ['id', false]] = columns;
  const [first = 0] = place;
  const after = anyOf(
    columns.map(([column, isDescending], index) =>
      allOf([
        ...columns.slice(0, index).map(([before], at) => equals(before, place[at] ?? 0)),
        { text: `${column} ${isDescending ? '<' : '>'} ?`, values: [place[index] ?? 0] },
      ]),
    ),
  );
  // It follows from the rest, and lets an index begin there.
  return allOf([{ text: `${firstColumn} ${isFirstDescending ? '<=' : '>='} ?`, values: [first] }, after]);
}

function equals(column: string, value: string | number): Sql {
  return { text: `${column} = ?`, values: [value] };
}

/** Where an answer ended, and what had arrived when the first one was given. */
export interface Cursor {
  readonly place: Place;
  readonly lastKey: number;
}

export function writeCursor(cursor: Cursor, question: string): string {
  return Buffer.from(JSON.stringify([cursor.place, cursor.lastKey, question])).toString('base64url');
}

/**
 * @param question a digest of what is asked, without the cursor.
 * @throws CursorError for a text that is no cursor of ours, or of another question.
 */
export function readCursor(text: string, question: string, sort: SortOrder): Cursor {
  const value = decoded(text);
  const [place, lastKey, asked] = Array.isArray(value) ? (value as unknown[]) : [];
  const isPlace =
    Array.isArray(place) &&
    place.length === ORDERS[sort].length &&
    place.every((each) => typeof each === 'string' || typeof each === 'number');
  if (!isPlace || typeof lastKey !== 'number') {
    throw new CursorError(
      'It is no cursor that an answer had; take it from the answer before, or leave it out.',
    );
  }
  if (asked !== question) {
    throw new CursorError(
      'It is of another question; ask the same as before, or leave it out to begin anew.',
    );
  }
  return { place: place, lastKey };
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
