import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { layeredFolder, layersOf, nodeFolder, packageFolders } from './lambda/layers.ts';
import { messageOf } from './message-of.ts';
import type { PackedFile, PackedFiles } from './packed-files.ts';
import { filesOfArchive, filesOfFolder, laidOver } from './packed-files.ts';

/** What lies below `/opt` for a function. */
export interface LayersOfFunction {
  /** Folders and archives, in the order of the function: a later one lies over an earlier one. At least one. */
  readonly paths: readonly string[];
  /** Lambda's name of the function's runtime: some packages of layers are for one only. */
  readonly runtime: string;
}

export interface UnpackedLayers {
  /** Names of the extensions in them. */
  readonly extensions: readonly string[];
  /** Of the code and the layers together, in bytes. */
  readonly size: number;
}

export interface RenewedFolder {
  readonly folder: string;
  /** What stands for `/opt` of it. */
  readonly layers: string;
}

export interface UnpackedFunctions {
  /** The folder of each function, by its deployed name. */
  readonly folders: ReadonlyMap<string, string>;
  /** Why there is no folder for a function, by its deployed name. */
  readonly problems: ReadonlyMap<string, string>;
  /** What lies around the code of each function that has layers, by its deployed name. */
  readonly layers: ReadonlyMap<string, UnpackedLayers>;
  /**
   * Makes a folder of what another one holds, but for some files: what runs from that one goes on as if nothing had changed.
   *
   * @returns its path.
   */
  readonly revise: (folder: string, changes: FileChanges) => Promise<string>;
  /**
   * Makes folders of what others hold, with the layers as they are now.
   *
   * @returns by path of a folder, what is to be taken instead: only where its layers hold something else than before.
   * @throws Error for a layer that cannot be read.
   */
  readonly renewLayers: (
    folders: ReadonlyMap<string, LayersOfFunction>,
  ) => Promise<ReadonlyMap<string, RenewedFolder>>;
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
 * and layers share a folder. All folders lie in a new one below the system's temporary folder: those of another instance stay as
 * they are, and the next deployment packages none of them. A package or a layer that cannot be read costs its own functions only.
 *
 * @param packages the path of each function's package, by its deployed name.
 * @param serviceDirectory whose `node_modules` the functions find, beside what is in their packages: what a package
 * leaves out because Lambda has it, as the AWS SDK, comes from there.
 * @param layers of the functions that have some, by deployed name.
 */
export async function unpackFunctions(
  packages: ReadonlyMap<string, string>,
  serviceDirectory: string,
  layers: ReadonlyMap<string, LayersOfFunction> = new Map(),
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
    const around = new Map<string, UnpackedLayers>();
    const unpacked = new Map<string, Unpacked>();
    const layered = new LayeredFolders(directory);
    for (const [functionName, archive] of packages) {
      const own = layers.get(functionName);
      const key = JSON.stringify([archive, own]);
      const result = unpacked.get(key) ?? (await unpack(archive, functionName, { directory, layered, own }));
      unpacked.set(key, result);
      if ('problem' in result) {
        problems.set(functionName, result.problem);
        continue;
      }
      folders.set(functionName, result.folder);
      if (own !== undefined) around.set(functionName, result.layers);
    }
    let revisions = 0;
    let work: Promise<unknown> = Promise.resolve();
    /** Layers that are not used any more must not go while others come that are the same. */
    const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
      const done = work.then(task, task);
      work = done;
      return done;
    };
    /** No function's name has a tilde in it. */
    const revisionOf = (folder: string): string => `${basename(folder).replace(/~\d+$/, '')}~${++revisions}`;
    return {
      folders,
      problems,
      layers: around,
      revise: async (folder, changes) => {
        const revised = join(dirname(folder), revisionOf(folder));
        await copyWith(folder, revised, changes);
        return revised;
      },
      renewLayers: (outdated) =>
        inTurn(async () => {
          const now = new LayeredFolders(directory);
          const renewed = new Map<string, RenewedFolder>();
          for (const [folder, own] of outdated) {
            const { parent, opt } = await now.prepare(own);
            if (parent === dirname(folder)) continue;
            const target = join(parent, revisionOf(folder));
            await copyWith(folder, target, new Map());
            renewed.set(folder, { folder: target, layers: opt });
          }
          return renewed;
        }),
      changesIn: async (archive, folder) => differences(await filesOfArchive(archive), folder),
      discard: (folder) =>
        inTurn(async () => {
          await rm(folder, { recursive: true, force: true });
          await discardUnusedLayers(folder);
        }),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Unpacked = { readonly folder: string; readonly layers: UnpackedLayers } | { readonly problem: string };

/** A folder with what layers hold, laid over each other. */
interface LaidOver extends UnpackedLayers {
  readonly folder: string;
}

/** Folders in which functions have their layers around them: see `layeredFolder`. Reads each layer once. */
class LayeredFolders {
  readonly #directory: string;
  readonly #layers = new Map<string, Promise<PackedFiles>>();
  readonly #prepared = new Map<string, Promise<LaidOver>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * @returns the folder in which the code is to lie, the one that stands for `/opt`, and what the layers are.
   * @throws Error for a layer that cannot be read.
   */
  async prepare({
    paths,
    runtime,
  }: LayersOfFunction): Promise<UnpackedLayers & { parent: string; opt: string }> {
    const key = JSON.stringify(paths);
    const preparing = this.#prepared.get(key) ?? this.#layOver(paths);
    this.#prepared.set(key, preparing);
    const { folder, ...around } = await preparing;
    const parent = join(folder, nodeFolder(runtime));
    await mkdir(parent, { recursive: true });
    const opt = join(folder, 'opt');
    const [ofRuntime, ofAll] = packageFolders(opt, runtime);
    await linkIfThere(ofAll, join(folder, 'node_modules'));
    await linkIfThere(ofRuntime, join(parent, 'node_modules'));
    return { parent, opt, ...around };
  }

  async #layOver(paths: readonly string[]): Promise<LaidOver> {
    const layers: PackedFiles[] = [];
    for (const path of paths) {
      const reading = this.#layers.get(path) ?? readLayer(path);
      this.#layers.set(path, reading);
      layers.push(await reading);
    }
    const files = laidOver(layers);
    const folder = layeredFolder(this.#directory, digestOf(files));
    if (!existsSync(folder)) {
      // Under its own name only when it is whole: another function may look for it meanwhile.
      const making = `${folder}.new`;
      await rm(making, { recursive: true, force: true });
      for (const [path, file] of files)
        await writeLayerFile(join(making, 'opt'), path, inPlace(file, join(folder, 'opt')));
      await mkdir(join(making, 'opt'), { recursive: true });
      await rename(making, folder);
    }
    const extensions = [...files.keys()].flatMap((path) => /^extensions\/([^/]+)$/.exec(path)?.[1] ?? []);
    // Lambda counts what a later layer lies over, too.
    const size = layers.reduce((sum, layer) => sum + sizeOf(layer), 0);
    return { folder, extensions, size };
  }
}

async function readLayer(path: string): Promise<PackedFiles> {
  try {
    return (await stat(path)).isDirectory() ? await filesOfFolder(path) : await filesOfArchive(path);
  } catch (error) {
    throw new Error(`its layer ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function digestOf(files: PackedFiles): string {
  const hash = createHash('sha256');
  for (const [path, { contents, mode, isLink }] of [...files].sort(([one], [other]) =>
    one < other ? -1 : 1,
  ))
    hash.update(JSON.stringify([path, mode, isLink, contents.length])).update(contents);
  return hash.digest('hex').slice(0, 16);
}

function sizeOf(files: PackedFiles): number {
  return [...files.values()].reduce((sum, { contents }) => sum + contents.length, 0);
}

/** A program that is a script, as wrappers of the runtime are, speaks of `/opt` to whatever it starts: there it says where that is here. */
function inPlace(file: PackedFile, opt: string): PackedFile {
  const contents = Buffer.from(file.contents);
  if (file.isLink === true || (file.mode & 0o111) === 0 || !contents.subarray(0, 2).equals(SCRIPT))
    return file;
  const text = contents.toString('latin1').replaceAll(/(?<![\w./-])\/opt(?=\/)/g, () => opt);
  return { ...file, contents: Buffer.from(text, 'latin1') };
}

const SCRIPT = Buffer.from('#!');

/** Lambda lets nothing be written below `/opt`, which all environments of its functions share here. */
async function writeLayerFile(
  opt: string,
  path: string,
  { contents, mode, isLink }: PackedFile,
): Promise<void> {
  if (isLink !== true) {
    await write(opt, path, contents, (mode & 0o555) | 0o444);
    return;
  }
  const [at, to] = [resolve(opt, path), Buffer.from(contents).toString()];
  for (const end of [at, resolve(dirname(at), to)]) {
    if (!end.startsWith(opt + sep))
      throw new Error(`a layer holds a link "${path}" to "${to}", which leads out of it`);
  }
  await mkdir(dirname(at), { recursive: true });
  await symlink(to, at);
}

async function linkIfThere(folder: string, link: string): Promise<void> {
  if (existsSync(folder) && !existsSync(link)) await symlink(folder, link, 'junction');
}

/** Layers of which no code is left among them. */
async function discardUnusedLayers(codeDirectory: string): Promise<void> {
  const opt = layersOf(codeDirectory);
  if (opt === undefined) return;
  const folder = dirname(opt);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/^node\d/.test(name)) continue;
    const inUse = await readdir(join(folder, name));
    if (inUse.some((each) => each !== 'node_modules')) return;
  }
  await rm(folder, { recursive: true, force: true });
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

interface UnpackOptions {
  readonly directory: string;
  readonly layered: LayeredFolders;
  /** The function's layers. */
  readonly own: LayersOfFunction | undefined;
}

async function unpack(
  archive: string,
  functionName: string,
  { directory, layered, own }: UnpackOptions,
): Promise<Unpacked> {
  let around: UnpackedLayers & { readonly parent: string } = { parent: directory, extensions: [], size: 0 };
  try {
    if (own !== undefined) around = await layered.prepare(own);
  } catch (error) {
    return { problem: messageOf(error) };
  }
  const folder = join(around.parent, functionName);
  try {
    const files = await filesOfArchive(archive);
    for (const [path, { contents, mode }] of files) await write(folder, path, contents, mode | 0o600);
    return {
      folder,
      layers: { extensions: around.extensions, size: sizeOf(files) + around.size },
    };
  } catch (error) {
    return { problem: `its package ${archive} cannot be unpacked: ${messageOf(error)}` };
  }
}

async function write(folder: string, path: string, content: Uint8Array, mode?: number): Promise<void> {
  const target = resolve(folder, path);
  if (!target.startsWith(resolve(folder) + sep)) {
    throw new Error(`it holds the path "${path}", which leads out of the package`);
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content, { mode });
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
  for (const [path, content] of changes) {
    if (content === undefined) continue;
    const before = await stat(join(from, path)).catch(() => undefined);
    await write(to, path, content, before && before.mode & 0o777);
  }
}

async function differences(files: PackedFiles, folder: string): Promise<FileChanges> {
  const changes = new Map<string, Uint8Array | undefined>();
  for (const path of await filesIn(folder)) if (!files.has(path)) changes.set(path, undefined);
  for (const [path, { contents }] of files) {
    const before = await readFile(join(folder, path)).catch(() => undefined);
    if (before === undefined || Buffer.compare(before, contents) !== 0) changes.set(path, contents);
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
