/** What archives and folders hold that become a function's code or its layers. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { unzipSync } from 'fflate';

export interface PackedFile {
  readonly contents: Uint8Array;
  /** Who may do what with it, in octal as `chmod` takes it. */
  readonly mode: number;
  /** Whether it is a symbolic link, whose contents say where to. */
  readonly isLink?: true;
}

/** By path, with slashes. */
export type PackedFiles = ReadonlyMap<string, PackedFile>;

/** @throws Error when it is no archive, or a torn one. */
export async function filesOfArchive(archive: string): Promise<PackedFiles> {
  const bytes = await readFile(archive);
  const modes = unixModes(bytes);
  const files = new Map<string, PackedFile>();
  for (const [path, contents] of Object.entries(unzipSync(bytes))) {
    if (path.endsWith('/')) continue;
    const mode = modes.get(path) ?? DEFAULT_MODE;
    const isLink = (mode & FILE_TYPE) === LINK;
    files.set(posix.normalize(path), { contents, mode: mode & 0o777, ...(isLink && { isLink }) });
  }
  return files;
}

/** With what its links lead to in their place, as the framework packs it. */
export async function filesOfFolder(folder: string): Promise<PackedFiles> {
  const files = new Map<string, PackedFile>();
  const add = async (at: string, within: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(at);
    // A link to a folder that it is in would have no end.
    if (above.includes(real)) return;
    for (const name of await readdir(at)) {
      const path = join(at, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory() === true) await add(path, `${within}${name}/`, [...above, real]);
      else if (found?.isFile() === true)
        files.set(within + name, { contents: await readFile(path), mode: found.mode & 0o777 });
    }
  };
  await add(folder, '', []);
  return files;
}

/** Lays them over each other: where two hold the same path, the later one's is there, as it is below `/opt`. */
export function laidOver(layers: readonly PackedFiles[]): PackedFiles {
  const files = new Map<string, PackedFile>();
  const folders = new Set<string>();
  for (const layer of [...layers].reverse()) {
    for (const [path, file] of layer) {
      const above = foldersAbove(path);
      if (files.has(path) || folders.has(path) || above.some((folder) => files.has(folder))) continue;
      files.set(path, file);
      for (const folder of above) folders.add(folder);
    }
  }
  return files;
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const DEFAULT_MODE = 0o644;
const FILE_TYPE = 0o170000;
const LINK = 0o120000;

/** The systems that give a file in an archive a mode: Unix, and macOS ("version made by" of the ZIP specification, 4.4.2). */
const WITH_MODES = new Set([3, 19]);

/** Modes by path, which fflate does not tell: they stand in the list of files at the end of an archive (4.3.12 and 4.3.16). */
function unixModes(archive: Buffer): ReadonlyMap<string, number> {
  const modes = new Map<string, number>();
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end === -1) return modes;
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > archive.length || archive.toString('latin1', at, at + 4) !== 'PK\x01\x02') break;
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    ) as [number, number, number];
    const isUtf8 = (archive.readUInt16LE(at + 8) & 0x800) !== 0;
    const name = archive.toString(isUtf8 ? 'utf8' : 'latin1', at + 46, at + 46 + nameLength);
    const mode = archive.readUInt16LE(at + 40);
    if (WITH_MODES.has(archive[at + 5] ?? 0) && mode !== 0) modes.set(name, mode);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return modes;
}
