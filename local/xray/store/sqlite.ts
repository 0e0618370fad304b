import type * as sqlite from 'node:sqlite';

let loaded: typeof sqlite | undefined;

/**
 * A database of Node's own SQLite. Node 22 warns that it is experimental when it is loaded, which a user of Lantern
 * cannot do anything about: the warning of that one moment is left out.
 *
 * @param location a file, or `:memory:`.
 * @throws Error for people where Node has no SQLite; SQLite's own error where the file cannot be opened.
 */
export function openSqlite(location: string): sqlite.DatabaseSync {
  loaded ??= loadSqlite();
  return new loaded.DatabaseSync(location);
}

function loadSqlite(): typeof sqlite {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    const found = process.getBuiltinModule('node:sqlite') as typeof sqlite | undefined;
    if (found !== undefined) return found;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new Error(
    `Lantern local keeps traces in node:sqlite, which Node has from 22.13 on; this is Node ${process.version}. ` +
      'Update Node, or run it with --experimental-sqlite.',
  );
}
