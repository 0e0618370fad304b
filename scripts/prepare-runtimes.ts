import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Makes `.runtimes`, where `npm run test:runtime` finds AWS's own clients of the Runtime API, unless they are there already: those
 * for Node.js, of which a part is compiled, and the one for Python. `PYTHON` names another interpreter than `python3`.
 */
const directory = join(import.meta.dirname, '..', '.runtimes');
const python = process.env.PYTHON ?? 'python3';

/** Each in a folder of its own. Versions are fixed: what they do is what the bootstrap is held against. */
const NODE_CLIENTS = { nodejs24: 'aws-lambda-ric@4.0.2', nodejs22: 'aws-lambda-ric@3.3.0' } as const;
const PYTHON_CLIENT = 'awslambdaric==4.2.2';

/** What the part in C++ is built by; Debian's packages have the same names. */
const BUILD_NEEDS = ['cmake', 'g++', 'make'];

function fail(message: string, cause?: unknown): never {
  const { stderr, stdout } = (cause ?? {}) as { stderr?: string; stdout?: string };
  console.error(
    [message, stdout?.trim().slice(-2000), stderr?.trim().slice(-2000)].filter(Boolean).join('\n'),
  );
  process.exit(1);
}

function run(command: string, args: readonly string[], cwd = directory): void {
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 100_000_000,
  });
}

function install(folder: string, client: string, how: (path: string) => void): void {
  const path = join(directory, folder);
  /** Written last, so that an installation which was interrupted is made anew. */
  const stamp = join(path, 'lantern-client.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === client) return;
  console.log(`Installing ${client}; this takes some minutes, once.`);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  how(path);
  writeFileSync(stamp, client);
}

install('nodejs24', NODE_CLIENTS.nodejs24, (path) => {
  const missing = BUILD_NEEDS.filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = missing.join(' ');
    fail(
      `${NODE_CLIENTS.nodejs24} is compiled. On Debian and Ubuntu, "apt-get install ${packages}" brings what is missing.`,
    );
  }
  addPackage(path, NODE_CLIENTS.nodejs24, '--ignore-scripts=false');
});
install('nodejs22', NODE_CLIENTS.nodejs22, (path) => {
  // What is compiled has the same source in both, and building it here would take curl's own tools as well.
  addPackage(path, NODE_CLIENTS.nodejs22, '--ignore-scripts');
  const compiled = join(directory, 'nodejs24/node_modules/aws-lambda-ric/rapid-client.node');
  copyFileSync(compiled, join(path, 'node_modules/aws-lambda-ric/dist/rapid-client.node'));
});
install('python', PYTHON_CLIENT, (path) => {
  try {
    run(python, ['-m', 'venv', path]);
    run(join(path, 'bin/python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      PYTHON_CLIENT,
    ]);
  } catch (error) {
    fail(`"${python}" could not install ${PYTHON_CLIENT}. It needs Python from 3.9 on, with venv.`, error);
  }
});

function addPackage(path: string, client: string, scripts: string): void {
  writeFileSync(join(path, 'package.json'), '{"private":true}');
  try {
    run('npm', ['install', '--no-audit', '--no-fund', scripts, client], path);
  } catch (error) {
    fail(`npm could not install ${client}. It needs a package registry.`, error);
  }
}

function isInstalled(program: string): boolean {
  try {
    run('sh', ['-c', `command -v ${program}`], '/');
    return true;
  } catch {
    return false;
  }
}
