import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '../..');

/** What a fresh clone has that a deployment needs. */
const PARTS = [
  'package.json',
  'serverless.yml',
  'tsconfig.json',
  'tsconfig.base.json',
  'src',
  'plugin',
  'local',
  'testing',
];

/** The project's own packages by name, and where each lies. */
const WORKSPACES: Readonly<Record<string, string>> = {
  'lambda-lantern-local': 'local',
  'serverless-lambda-lantern': 'plugin',
};

/** A service of the fixtures within a copy of the project, so that it uses the plugin of the copy. @returns its folder. */
export async function addService({ directory }: ProjectCopy, name: string): Promise<string> {
  const path = join('tests/fixtures/services', name);
  await cp(join(PROJECT, path), join(directory, path), { recursive: true });
  return join(directory, path);
}

/** The project in a folder of its own, so that a test may package, change or break it. */
export interface ProjectCopy {
  readonly directory: string;
  remove(): Promise<void>;
}

/** @param name of the folder, where it will be seen; a new one is made without it. */
export async function copyProject(name?: string): Promise<ProjectCopy> {
  const directory = name === undefined ? await mkdtemp(join(tmpdir(), 'lantern-')) : join(tmpdir(), name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const part of PARTS) await cp(join(PROJECT, part), join(directory, part), { recursive: true });
  await linkDependencies(directory);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** The installed packages, and in the place of the project's own two those of the copy. */
async function linkDependencies(directory: string): Promise<void> {
  const [from, to] = [join(PROJECT, 'node_modules'), join(directory, 'node_modules')];
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => !(name in WORKSPACES));
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
  for (const [name, path] of Object.entries(WORKSPACES)) await symlink(join('..', path), join(to, name));
}
