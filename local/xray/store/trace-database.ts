import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SegmentDocument } from '../document.ts';
import type { FilterValue } from '../filter/expression.ts';
import type { TraceGraph } from '../graph/trace-graph.ts';
import type { DurationsByName } from '../history.ts';
import type { KnownTerms, Losses } from '../trace.ts';
import type { Sql, TraceTimes } from './search.ts';
import type { TraceRow } from './trace-row.ts';
import { CAUSE_PREFIX, COLUMNS } from './trace-row.ts';

/** Written into the file, so that one of another program is not taken for ours: "Lant". */
export const APPLICATION_ID = 0x4c616e74;

/** Grows with every change of the tables below, and of what `trace-row.ts` writes into them. */
export const SCHEMA_VERSION = 5;

/*
 * `traces` is narrow, so that all of it can be looked through: what is read of single traces stands beside it. A value
 * that can be searched for, a term, is written once, however many traces have it: `postings` says which.
 */
const SCHEMA = `
  CREATE TABLE traces (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    arrived INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    indexed INTEGER NOT NULL DEFAULT -1,
    ${COLUMNS.map((name) => `${name} NUMERIC`).join(', ')}
  );
  CREATE INDEX traces_by_start ON traces (start DESC, id);
  CREATE TABLE documents (
    trace INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (trace, id)
  );
  CREATE TABLE summaries (
    key INTEGER PRIMARY KEY,
    summary TEXT NOT NULL,
    details TEXT NOT NULL,
    ends TEXT NOT NULL
  );
  CREATE TABLE graphs (key INTEGER PRIMARY KEY, graph TEXT NOT NULL);
  CREATE TABLE durations (key INTEGER PRIMARY KEY, durations TEXT NOT NULL);
  CREATE TABLE links (source INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY (source, target)) WITHOUT ROWID;
  CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    value NOT NULL,
    UNIQUE (field, name, value)
  );
  CREATE TABLE postings (term INTEGER NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (term, trace)) WITHOUT ROWID;
  CREATE INDEX postings_by_trace ON postings (trace, term);
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

const TABLES = [
  'traces',
  'documents',
  'summaries',
  'graphs',
  'durations',
  'links',
  'terms',
  'postings',
] as const;

/** Ids of terms that are kept at hand; beyond, they are looked up again. */
const MAX_TERMS_AT_HAND = 100_000;

/** Terms of which it is looked at once whether a trace has them still. */
const TERMS_AT_ONCE = 1000;

/** Values of one keyword that are offered, the newest: nobody looks through more. */
const MAX_KNOWN_VALUES = 100;
/** Values of one keyword from which on they are not all looked at. */
const MANY_VALUES = 500;

/** What is known of a trace without looking into it. */
export interface TraceHead {
  /** Grows in the order of arrival, and is not used twice. */
  readonly key: number;
  readonly id: string;
  /** When the first document came, in epoch milliseconds. */
  readonly arrived: number;
  /** When the last one came, the same. */
  readonly updated: number;
  /** Of all of its documents, as JSON. */
  readonly bytes: number;
  readonly dropped: number;
  readonly revision: number;
}

export interface StoredHead extends TraceHead {
  /** The revision whose row and terms are written; an older one than `revision` when the process was killed between. */
  readonly indexed: number;
  /** When it begins, by what is written; null while nothing is. */
  readonly start: number | null;
}

/** What is written and read of traces, in SQL. Every method may throw SQLite's errors; none commits by itself. */
export class TraceDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #termIds = new Map<string, number>();

  /** @param database opened, and either empty or of this schema. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    if (this.version() !== 0) return;
    database.exec(
      `BEGIN; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`,
    );
  }

  version(): number {
    return Number(this.#statement('PRAGMA user_version').get()?.['user_version']);
  }

  /** All that `write` does is kept, or nothing of it. */
  transaction(write: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      // Some failures have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** In the order of arrival. */
  heads(): Iterable<StoredHead> {
    return this.#iterate(
      'SELECT key, id, arrived, updated, bytes, dropped, revision, indexed, start FROM traces ORDER BY key',
    ) as Iterable<StoredHead>;
  }

  links(): Iterable<{ readonly source: number; readonly target: string }> {
    return this.#iterate('SELECT source, target FROM links ORDER BY source') as Iterable<{
      source: number;
      target: string;
    }>;
  }

  documentsOf(key: number): { readonly document: SegmentDocument; readonly bytes: number }[] {
    return this.#statement('SELECT body FROM documents WHERE trace = ?')
      .all(key)
      .map(({ body }) => ({
        document: JSON.parse(String(body)) as SegmentDocument,
        bytes: Buffer.byteLength(String(body)),
      }));
  }

  textOf(key: number, column: 'summary' | 'details'): string | undefined {
    const row = this.#statement(`SELECT ${column} AS text FROM summaries WHERE key = ?`).get(key);
    return row === undefined ? undefined : String(row['text']);
  }

  timesOf(key: number): TraceTimes | undefined {
    const row = this.#statement(
      'SELECT created, start, finish, updated / 1000.0 AS updated, ends FROM traces JOIN summaries USING (key) WHERE key = ?',
    ).get(key);
    if (row === undefined) return undefined;
    return { ...(row as unknown as TraceTimes), ends: JSON.parse(String(row['ends'])) as number[] };
  }

  graphOf(key: number): TraceGraph | undefined {
    const row = this.#statement('SELECT graph FROM graphs WHERE key = ?').get(key);
    return row === undefined ? undefined : (JSON.parse(String(row['graph'])) as TraceGraph);
  }

  /** Of the newest traces that one of these services is part of, but for one. */
  *durationsWith(services: readonly string[], except: number, limit: number): Generator<DurationsByName> {
    const rows = this.#database.prepare(
      `SELECT durations FROM durations WHERE key IN (
         SELECT DISTINCT trace FROM postings
         WHERE term IN (SELECT id FROM terms WHERE field = 'service' AND name IN (SELECT value FROM json_each(?)))
           AND trace <> ?
         ORDER BY trace DESC LIMIT ?
       )`,
    );
    for (const { durations } of rows.iterate(JSON.stringify(services), except, limit)) {
      yield JSON.parse(String(durations)) as DurationsByName;
    }
  }

  /** @param containing a text that the value has in it, or the name of a service, in whatever case of ASCII letters. */
  known(containing: string): KnownTerms {
    const rows = containing === '' ? this.#newestTerms() : this.#termsContaining(containing);
    const services = new Set<string>();
    const texts = new Map<string, string[]>();
    const annotations = new Map<string, FilterValue[]>();
    for (const row of rows) {
      const [field, name, value] = [
        String(row['field']),
        String(row['name']),
        row['value'] as string | number,
      ];
      if (field === 'service') services.add(name);
      else if (field === 'annotation') addTo(annotations, name, value);
      else if (field === 'annotation.boolean') addTo(annotations, name, value === 1);
      else addTo(texts, field, String(value));
    }
    return {
      services: [...services].sort(),
      texts: Array.from(texts, ([keyword, values]) => ({ keyword, values })),
      annotations: Array.from(annotations, ([key, values]) => ({ key, values })),
    };
  }

  #termsContaining(text: string): Array<Record<string, unknown>> {
    return this.#statement(
      `SELECT field, name, value FROM (
         SELECT field, name, value, row_number() OVER (PARTITION BY field, name ORDER BY id DESC) AS place FROM terms
         WHERE field NOT LIKE '${CAUSE_PREFIX}%' AND instr(lower(CASE field WHEN 'service' THEN name ELSE value END), lower(?)) > 0
       ) WHERE place <= ${MAX_KNOWN_VALUES}`,
    ).all(text);
  }

  /** The newest of each name, without looking at all there are: ids of orders are as many as orders. */
  #newestTerms(): Array<Record<string, unknown>> {
    // Each row leads to the next name, by the index.
    const names = this.#statement(
      `WITH RECURSIVE names (field, name) AS (
         SELECT * FROM (SELECT field, name FROM terms ORDER BY field, name LIMIT 1)
         UNION ALL
         SELECT next.field, next.name FROM names JOIN terms AS next ON next.id = (
           SELECT id FROM terms WHERE (field, name) > (names.field, names.name) ORDER BY field, name LIMIT 1
         )
       ) SELECT field, name FROM names`,
    ).all();
    return names.flatMap(({ field, name }): Array<Record<string, unknown>> => {
      if (String(field).startsWith(CAUSE_PREFIX)) return [];
      const few = this.#statement(
        `SELECT id, field, name, value FROM terms WHERE field = ? AND name = ? LIMIT ${MANY_VALUES + 1}`,
      ).all(field as string, name as string);
      if (few.length <= MANY_VALUES) {
        return few.sort((one, other) => Number(other['id']) - Number(one['id'])).slice(0, MAX_KNOWN_VALUES);
      }
      // In the order in which they came, which ends soon where new ones come all the time.
      return this.#statement(
        `SELECT field, name, value FROM terms NOT INDEXED WHERE field = ? AND name = ?
         ORDER BY id DESC LIMIT ${MAX_KNOWN_VALUES}`,
      ).all(field as string, name as string);
    });
  }

  writeHead({ key, id, arrived, updated, bytes, dropped, revision }: TraceHead): void {
    this.#statement(
      `INSERT INTO traces (key, id, arrived, updated, bytes, dropped, revision) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, bytes = excluded.bytes, dropped = excluded.dropped,
         revision = excluded.revision`,
    ).run(key, id, arrived, updated, bytes, dropped, revision);
  }

  writeDocument(key: number, id: string, body: string): void {
    this.#statement(
      `INSERT INTO documents (trace, id, body) VALUES (?, ?, ?)
       ON CONFLICT (trace, id) DO UPDATE SET body = excluded.body`,
    ).run(key, id, body);
  }

  /** What a trace is found by, in the place of what was written of it before, unless this is the first time. */
  writeRow({ key, revision }: TraceHead, row: TraceRow, linkedTo: readonly string[], isFirst: boolean): void {
    this.#statement(
      `UPDATE traces SET indexed = ?, ${COLUMNS.map((name) => `${name} = ?`).join(', ')} WHERE key = ?`,
    ).run(revision, ...COLUMNS.map((name) => row.columns[name]), key);
    this.#statement('INSERT OR REPLACE INTO summaries (key, summary, details, ends) VALUES (?, ?, ?, ?)').run(
      key,
      row.summary,
      row.details,
      JSON.stringify(row.ends),
    );
    this.#statement('INSERT OR REPLACE INTO graphs (key, graph) VALUES (?, ?)').run(key, row.graph);
    this.#statement('INSERT OR REPLACE INTO durations (key, durations) VALUES (?, ?)').run(
      key,
      row.durations,
    );
    this.#writeTerms(key, row, isFirst);
    if (!isFirst) this.#statement('DELETE FROM links WHERE source = ?').run(key);
    for (const target of linkedTo) {
      this.#statement('INSERT OR IGNORE INTO links (source, target) VALUES (?, ?)').run(key, target);
    }
  }

  #writeTerms(key: number, { terms }: TraceRow, isFirst: boolean): void {
    const before = new Set(isFirst ? [] : this.#termsOf(key));
    for (const { field, name, value } of terms) {
      const term = this.#termId(field, name, value);
      if (before.delete(term)) continue;
      this.#statement('INSERT OR IGNORE INTO postings (term, trace) VALUES (?, ?)').run(term, key);
    }
    for (const term of before) {
      this.#statement('DELETE FROM postings WHERE term = ? AND trace = ?').run(term, key);
    }
  }

  #termId(field: string, name: string, value: string | number): number {
    const text = JSON.stringify([field, name, value]);
    const known = this.#termIds.get(text);
    if (known !== undefined) return known;
    const find = this.#statement('SELECT id FROM terms WHERE field = ? AND name = ? AND value = ?');
    let id = find.get(field, name, value)?.['id'];
    if (id === undefined) {
      const { lastInsertRowid } = this.#statement(
        'INSERT INTO terms (field, name, value) VALUES (?, ?, ?)',
      ).run(field, name, value);
      id = lastInsertRowid;
    }
    if (this.#termIds.size >= MAX_TERMS_AT_HAND) this.#termIds.clear();
    this.#termIds.set(text, Number(id));
    return Number(id);
  }

  deleteTrace(key: number): void {
    for (const [table, column] of [
      ['traces', 'key'],
      ['documents', 'trace'],
      ['summaries', 'key'],
      ['graphs', 'key'],
      ['durations', 'key'],
      ['links', 'source'],
    ] as const) {
      this.#statement(`DELETE FROM ${table} WHERE ${column} = ?`).run(key);
    }
    for (const term of this.#termsOf(key)) {
      this.#statement('DELETE FROM postings WHERE term = ? AND trace = ?').run(term, key);
    }
  }

  #termsOf(key: number): number[] {
    return this.#statement('SELECT term FROM postings WHERE trace = ?')
      .all(key)
      .map(({ term }) => Number(term));
  }

  /**
   * Forgets what could be searched for and stands in no trace any more, a few terms at once.
   *
   * @param after the id of the last term that was looked at. @returns where to go on; undefined when all were.
   */
  deleteUnusedTerms(after: number): number | undefined {
    const last = this.#statement(
      'SELECT max(id) AS last FROM (SELECT id FROM terms WHERE id > ? ORDER BY id LIMIT ?)',
    ).get(after, TERMS_AT_ONCE)?.['last'];
    if (typeof last !== 'number') return undefined;
    this.#statement(
      `DELETE FROM terms WHERE id > ? AND id <= ?
       AND NOT EXISTS (SELECT 1 FROM postings WHERE postings.term = terms.id)`,
    ).run(after, last);
    this.#termIds.clear();
    return last;
  }

  /** Forgets every trace, also in the file: nothing of them can be read from it afterwards. */
  clear(): void {
    this.transaction(() => {
      for (const table of TABLES) this.#database.exec(`DELETE FROM ${table}`);
    });
    this.#termIds.clear();
    this.#database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  setting(name: string): string | undefined {
    const row = this.#statement('SELECT value FROM settings WHERE name = ?').get(name);
    return row === undefined ? undefined : String(row['value']);
  }

  writeSetting(name: string, value: string): void {
    this.#statement('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, value);
  }

  losses(): Losses | undefined {
    const text = this.setting('losses');
    return text === undefined ? undefined : (JSON.parse(text) as Losses);
  }

  /** Rows of a question that is put together elsewhere. */
  select({ text, values }: Sql): Record<string, unknown>[] {
    return this.#database.prepare(text).all(...values);
  }

  *#iterate(sql: string): Iterable<Record<string, unknown>> {
    // Of its own, because a kept statement cannot be run again before it was read to its end.
    yield* this.#database.prepare(sql).iterate();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function addTo<Value>(lists: Map<string, Value[]>, name: string, value: Value): void {
  const values = lists.get(name);
  if (values === undefined) lists.set(name, [value]);
  else values.push(value);
}
