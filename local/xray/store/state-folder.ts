import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';

/** What decides where programs keep their state. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Enough of a hash that two projects of one name do not meet. */
const HASH_DIGITS = 10;

/** File systems take 255 bytes for a name; this leaves room for the hash. */
const MAX_NAME_LENGTH = 60;

/**
 * The folder in which Lantern local keeps what outlives it, one for each project: below `XDG_STATE_HOME` where that is
 * set, and otherwise where programs of this system keep their state. It is never inside the project, so nothing of it is
 * packaged or committed.
 *
 * @param project the folder of the service, or that the program was started in.
 */
export function stateFolder(project: string, machine?: Machine): string {
  const path = resolve(project);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, HASH_DIGITS);
  const name = basename(path)
    .replace(/[^\w.-]+/g, '-')
    .replace(/^\.+/, '')
    .slice(0, MAX_NAME_LENGTH);
  return join(lanternFolder(machine), name === '' ? hash : `${name}-${hash}`);
}

/** The folder of all projects of this user. */
export function lanternFolder(machine?: Machine): string {
  const home = stateHome(
    machine ?? { platform: process.platform, environment: process.env, home: homedir() },
  );
  return join(home, 'lambda-lantern');
}

function stateHome({ platform, environment, home }: Machine): string {
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  const xdg = environment['XDG_STATE_HOME'] ?? '';
  if (isAbsolute(xdg)) return xdg;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform !== 'win32') return join(home, '.local', 'state');
  const local = environment['LOCALAPPDATA'] ?? '';
  return local === '' ? join(home, 'AppData', 'Local') : local;
}
