import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * Unpacks deployment packages, so that functions run from exactly what would be deployed. Functions that share a package
 * share its folder.
 *
 * @param packages the path of each function's package, by its deployed name.
 * @param directory emptied first; gets one folder for each package.
 * @returns the folder of each function, by its deployed name.
 */
export async function unpackFunctions(
  packages: ReadonlyMap<string, string>,
  directory: string,
): Promise<Map<string, string>> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  // In Lambda no package.json lies above the code; here that of the project does, and would decide whether a `.js` file
  // is CommonJS. An empty one stops Node's search.
  await writeFile(join(directory, 'package.json'), '{}\n');
  const folders = new Map<string, string>();
  const unpacked = new Map<string, string>();
  for (const [functionName, archive] of packages) {
    let folder = unpacked.get(archive);
    if (folder === undefined) {
      folder = join(directory, functionName);
      await unpack(archive, folder);
      unpacked.set(archive, folder);
    }
    folders.set(functionName, folder);
  }
  return folders;
}

async function unpack(archive: string, folder: string): Promise<void> {
  const entries = unzipSync(await readFile(archive));
  for (const [path, content] of Object.entries(entries)) {
    if (path.endsWith('/')) continue;
    const target = resolve(folder, path);
    if (!target.startsWith(resolve(folder) + sep)) {
      throw new Error(`${archive} holds the path "${path}", which leads out of the package.`);
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
