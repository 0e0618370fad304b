import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from './sqlite.ts';
import type { StoredHead } from './trace-database.ts';
import { APPLICATION_ID, SCHEMA_VERSION, TraceDatabase } from './trace-database.ts';

export interface OpenedTraces {
  readonly database: TraceDatabase;
  /** In the order of arrival. */
  readonly heads: readonly StoredHead[];
  readonly links: readonly { readonly source: number; readonly target: string }[];
  /** Whether they are written into a file. */
  readonly isKept: boolean;
  /** Why they are not, where they were to be. */
  readonly failure?: string;
}

/** SQLite, "Result and Error Codes". */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/**
 * Opens the file that traces are kept in, for this process alone. Whatever is wrong with it is said and is no reason not to
 * start: a file that is damaged or of another version is set aside and a new one begun; where none can be had, traces
 * are kept in memory.
 *
 * @param file undefined for memory. @param onNotice what a person should know.
 */
export function openTraces(file: string | undefined, onNotice: (text: string) => void): OpenedTraces {
  if (file === undefined) return openInMemory();
  try {
    return openFile(file);
  } catch (error) {
    const flaw = flawOf(error);
    if (flaw === undefined) return giveUp(file, error, onNotice);
    try {
      const setAside = moveAway(file);
      onNotice(
        `The traces in ${file} ${flaw}. They were set aside as ${setAside}, and a new file was begun.`,
      );
      return openFile(file);
    } catch (second) {
      return giveUp(file, second, onNotice);
    }
  }
}

export function openInMemory(): OpenedTraces {
  const database = new TraceDatabase(openSqlite(':memory:'));
  return { database, heads: [], links: [], isKept: false };
}

/** A file that SQLite can read, and that is none of ours or of another version. */
class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

function openFile(file: string): OpenedTraces {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives the files that it makes beside it the same rights.
  closeSync(openSync(file, 'a', 0o600));
  const sqlite = openSqlite(file);
  try {
    // Held until the process ends, however it does: another instance is refused at its first look.
    // Nothing of a trace lies in any other file, not even while it is sorted.
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY');
    checkOwner(sqlite);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT');
    const database = new TraceDatabase(sqlite);
    return { database, heads: [...database.heads()], links: [...database.links()], isKept: true };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function checkOwner(sqlite: DatabaseSync): void {
  const tables = sqlite.prepare('SELECT count(*) AS count FROM sqlite_schema').get();
  if (tables?.['count'] === 0) return;
  if (sqlite.prepare('PRAGMA application_id').get()?.['application_id'] !== APPLICATION_ID) {
    throw new ForeignFile('are of another program');
  }
  const version = sqlite.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version !== SCHEMA_VERSION) {
    throw new ForeignFile(
      `were written by another version of Lantern (form ${String(version)}; this one writes form ${SCHEMA_VERSION})`,
    );
  }
}

/** What is wrong with the file itself; undefined when something else is. */
function flawOf(error: unknown): string | undefined {
  if (error instanceof ForeignFile) return error.message;
  return isDamage(error) ? `cannot be read (${(error as Error).message})` : undefined;
}

/** Whether SQLite found the file itself to be damaged. */
export function isDamage(error: unknown): boolean {
  return [CORRUPT, NOT_A_DATABASE].includes(sqliteCode(error) ?? 0);
}

/** SQLite, "Result and Error Codes": the file, the disk or the rights, and not what was asked. */
const STORAGE_FAILURES: readonly number[] = [3, 5, 6, 8, 10, CORRUPT, 13, 14, 15, 22, 23, NOT_A_DATABASE];

/** Whether what keeps the traces has failed. */
export function isStorageFailure(error: unknown): error is Error {
  return STORAGE_FAILURES.includes(sqliteCode(error) ?? 0);
}

function sqliteCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  // The low byte; the rest says more of the same.
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function giveUp(file: string, error: unknown, onNotice: (text: string) => void): OpenedTraces {
  const isBusy = sqliteCode(error) === BUSY;
  const { message } = error as Error;
  onNotice(
    isBusy
      ? `Another Lantern that is running keeps its traces in ${file}. This one keeps them in memory, and they end with it.`
      : `Traces cannot be kept in ${file}: ${message}. They are kept in memory, and end with this process.`,
  );
  return { ...openInMemory(), failure: isBusy ? 'another Lantern that is running has it' : message };
}

/** Renames the file, with what SQLite keeps beside it. @returns its new name. */
export function moveAway(file: string): string {
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const target = `${file}.${time}`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}
