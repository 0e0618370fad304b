import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { Run } from '../helpers/run.ts';
import { runNode } from '../helpers/run.ts';
import type {} from './pack.ts';
import { PACKAGES } from './packages.ts';

const run = promisify(execFile);

/** A project of somebody else, outside of this repository. */
export interface ScratchProject {
  readonly directory: string;
  /** What npm said while it installed. */
  readonly installLog: string;
  write(path: string, text: string): Promise<void>;
  /** Runs the TypeScript compiler over `src`, strictly. @returns what it complains about. */
  typeErrors(): Promise<string>;
  /**
   * Starts a program of an installed package, or of the project, without anything of this repository's environment.
   *
   * @param folder of the project, in which it is started
   */
  start(args: readonly string[], env?: NodeJS.ProcessEnv, folder?: string): Run;
  /** Runs a program with this Node, or another one. @returns its output; fails with it unless the program ends well. */
  output(args: readonly string[], env?: NodeJS.ProcessEnv, node?: string): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Installs packages of ours, as they were packed, beside others, as a user does.
 *
 * @param ours by name; each of ours that another one needs must be among them.
 * @param others by name and range.
 */
export async function createScratchProject(
  ours: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<ScratchProject> {
  const directory = await mkdtemp(join(tmpdir(), 'lantern-user-'));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const tarballs = Object.fromEntries(ours.map((name) => [name, `file:${tarballOf(name)}`]));
  const dependencies = { ...others, ...tarballs };
  await write(
    'package.json',
    JSON.stringify({ name: 'a-user', private: true, type: 'module', dependencies }),
  );
  const { stdout, stderr } = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: directory,
  });
  const started: Run[] = [];
  const start: ScratchProject['start'] = (args, env = {}, folder = '.') => {
    const program = runNode(args, join(directory, folder), {
      NODE_OPTIONS: '',
      SLS_TELEMETRY_DISABLED: '1',
      ...env,
    });
    started.push(program);
    return program;
  };
  return {
    directory,
    installLog: stdout + stderr,
    write,
    async typeErrors() {
      await write('tsconfig.json', TSCONFIG);
      const tsc = start(['node_modules/typescript/bin/tsc']);
      await tsc.exited;
      return tsc.output();
    },
    start,
    async output(args, env = {}, node = process.execPath) {
      const { stdout: output } = await run(node, args, {
        cwd: directory,
        env: { ...process.env, NODE_OPTIONS: '', ...env },
      });
      return output;
    },
    async remove() {
      // What a test that failed has left would keep its ports.
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function tarballOf(name: string): string {
  const manifest = PACKAGES.map((each) => each.manifest).find((each) => each.name === name);
  if (manifest === undefined) throw new Error(`${name} is not published from this repository`);
  return join(inject('tarballs'), `${name}-${manifest.version}.tgz`);
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    // The types of @middy/core name an optional package that is not installed.
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    target: 'es2024',
    types: ['node'],
    noEmit: true,
  },
  include: ['src'],
});
