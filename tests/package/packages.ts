import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface PublishedPackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

function publishedFrom(path: string): PublishedPackage {
  const directory = join(PROJECT, path);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  return { directory, manifest };
}

export const lantern = publishedFrom('.');
export const local = publishedFrom('local');
const plugin = publishedFrom('plugin');

/** Everything that is published from this repository. */
export const PACKAGES: readonly PublishedPackage[] = [lantern, local, plugin];

/** The versions that this repository itself is tested with, for the projects of the tests. */
export function pinned(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const version = lantern.manifest.devDependencies?.[name];
      if (version === undefined) throw new Error(`${name} is no development dependency of this repository`);
      return [name, version];
    }),
  );
}
