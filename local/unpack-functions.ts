import { existsSync } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { messageOf } from './message-of.ts';

export interface UnpackedFunctions {
  /** The folder of each function, by its deployed name. */
  readonly folders: ReadonlyMap<string, string>;
  /** Why there is no folder for a function, by its deployed name. */
  readonly problems: ReadonlyMap<string, string>;
  /**
   * Makes a folder of what another one holds, but for some files: what runs from that one goes on as if nothing had changed.
   *
   * @returns its path.
   */
  readonly revise: (folder: string, changes: FileChanges) => Promise<string>;
  /** What a newer package holds otherwise than a folder of these; nothing for a package with the same files. */
  readonly changesIn: (archive: string, folder: string) => Promise<FileChanges>;
  /** Removes a folder that nothing runs from any more. */
  readonly discard: (folder: string) => Promise<void>;
  /** Removes them all. */
  remove(): Promise<void>;
}

/** By path in the package, with slashes: what a file holds now, or undefined where it is gone. */
export type FileChanges = ReadonlyMap<string, Uint8Array | undefined>;

/** With the id of the process that uses it. */
const FOLDER = /^lantern-functions-(\d+)-/;

/**
 * Unpacks deployment packages, so that functions run from exactly what would be deployed. Functions that share a package
 * share its folder. All folders lie in a new one below the system's temporary folder: those of another instance stay as
 * they are, and the next deployment packages none of them. A package that cannot be read costs its own functions only.
 *
 * @param packages the path of each function's package, by its deployed name.
 * @param serviceDirectory whose `node_modules` the functions find, beside what is in their packages: what a package
 * leaves out because Lambda has it, as the AWS SDK, comes from there.
 */
export async function unpackFunctions(
  packages: ReadonlyMap<string, string>,
  serviceDirectory: string,
): Promise<UnpackedFunctions> {
  await removeLeftovers();
  const root = await realpath(await mkdtemp(join(tmpdir(), `lantern-functions-${process.pid}-`)));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    // A package.json above the code would decide whether a `.js` file is CommonJS. In Lambda there is none; an empty one
    // stops Node's search.
    await writeFile(join(root, 'package.json'), '{}\n');
    const directory = await linkModules(root, serviceDirectory);
    const folders = new Map<string, string>();
    const problems = new Map<string, string>();
    const unpacked = new Map<string, { readonly folder: string; readonly problem?: string }>();
    for (const [functionName, archive] of packages) {
      let result = unpacked.get(archive);
      if (result === undefined) {
        const folder = join(directory, functionName);
        const problem = await problemOfUnpacking(archive, folder);
        result = { folder, ...(problem !== undefined && { problem }) };
        unpacked.set(archive, result);
      }
      if (result.problem === undefined) folders.set(functionName, result.folder);
      else problems.set(functionName, result.problem);
    }
    let revisions = 0;
    return {
      folders,
      problems,
      revise: async (folder, changes) => {
        // No function's name has a tilde in it.
        const revised = join(directory, `${basename(folder).replace(/~\d+$/, '')}~${++revisions}`);
        await copyWith(folder, revised, changes);
        return revised;
      },
      changesIn: async (archive, folder) => differences(await entriesOf(archive), folder),
      discard: (folder) => rm(folder, { recursive: true, force: true }),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Links each `node_modules` that lies in a folder or above it into a chain of folders, so that modules are found from the
 * last one as they are from there.
 *
 * @returns the last one.
 */
async function linkModules(root: string, from: string): Promise<string> {
  const found: string[] = [];
  for (let at = resolve(from); ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) found.unshift(modules);
    if (dirname(at) === at) break;
  }
  let directory = root;
  for (const modules of found) {
    await symlink(modules, join(directory, 'node_modules'), 'junction');
    directory = join(directory, 'service');
    await mkdir(directory);
  }
  return directory;
}

/** Removes what instances left that were ended before they could do it. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = FOLDER.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    // Another user's may not be removed, and another start may be removing it too.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function problemOfUnpacking(archive: string, folder: string): Promise<string | undefined> {
  try {
    await unpack(archive, folder);
    return undefined;
  } catch (error) {
    const reason = messageOf(error);
    return `its package ${archive} cannot be unpacked: ${reason}`;
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  for (const [path, content] of await entriesOf(archive)) await write(folder, path, content);
}

/** The files of an archive by path. */
async function entriesOf(archive: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = Object.entries(unzipSync(await readFile(archive)));
  return new Map(entries.filter(([path]) => !path.endsWith('/')));
}

async function write(folder: string, path: string, content: Uint8Array): Promise<void> {
  const target = resolve(folder, path);
  if (!target.startsWith(resolve(folder) + sep)) {
    throw new Error(`it holds the path "${path}", which leads out of the package`);
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

async function copyWith(from: string, to: string, changes: FileChanges): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const path of await filesIn(from)) {
    if (changes.has(path)) continue;
    const [source, target] = [join(from, path), join(to, path)];
    await mkdir(dirname(target), { recursive: true });
    // A second name for the same file costs nothing. Not every file system has that.
    await link(source, target).catch(() => copyFile(source, target));
  }
  for (const [path, content] of changes) if (content !== undefined) await write(to, path, content);
}

async function differences(entries: ReadonlyMap<string, Uint8Array>, folder: string): Promise<FileChanges> {
  const changes = new Map<string, Uint8Array | undefined>();
  for (const path of await filesIn(folder)) if (!entries.has(path)) changes.set(path, undefined);
  for (const [path, content] of entries) {
    const before = await readFile(join(folder, path)).catch(() => undefined);
    if (before === undefined || Buffer.compare(before, content) !== 0) changes.set(path, content);
  }
  return changes;
}

/** Paths within a folder, with slashes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'));
}
