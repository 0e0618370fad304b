import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What an installation brought. */
export interface Installed {
  /** Names of all packages, once for each place where a copy lies. */
  readonly packages: readonly string[];
  /** Of these, those that run something when they are installed. */
  readonly withInstallScript: readonly string[];
  readonly megabytes: number;
}

/** @param directory of a project that npm has installed. */
export async function installedIn(directory: string): Promise<Installed> {
  const lock = JSON.parse(await readFile(join(directory, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const entries = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { hasInstallScript = false }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      hasInstallScript,
    }));
  return {
    packages: entries.map(({ name }) => name),
    withInstallScript: entries.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name),
    megabytes: (await bytesIn(join(directory, 'node_modules'))) / 1_000_000,
  };
}

async function bytesIn(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
