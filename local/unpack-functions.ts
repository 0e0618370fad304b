import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';

export interface UnpackedFunctions {
  /** The folder of each function, by its deployed name. */
  readonly folders: ReadonlyMap<string, string>;
  /** Why there is no folder for a function, by its deployed name. */
  readonly problems: ReadonlyMap<string, string>;
  /** Removes them all. */
  remove(): Promise<void>;
}

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
    return { folders, problems, remove };
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
    const reason = error instanceof Error ? error.message : String(error);
    return `its package ${archive} cannot be unpacked: ${reason}`;
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  const entries = unzipSync(await readFile(archive));
  for (const [path, content] of Object.entries(entries)) {
    if (path.endsWith('/')) continue;
    const target = resolve(folder, path);
    if (!target.startsWith(resolve(folder) + sep)) {
      throw new Error(`it holds the path "${path}", which leads out of the package`);
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
