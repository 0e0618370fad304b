import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Makes `.venv-deploy`, the Python virtual environment that `npm run test:deploy` runs moto and cfn-lint in, unless it is
 * there and holds what `tests/deploy/requirements.txt` asks for. `PYTHON` names another interpreter than `python3`.
 */
const repository = join(import.meta.dirname, '..');
const environment = join(repository, '.venv-deploy');
const requirements = join(repository, 'tests/deploy/requirements.txt');
/** Written last, so that an installation which was interrupted is made anew. */
const stamp = join(environment, 'lantern-requirements.txt');
const python = process.env.PYTHON ?? 'python3';
/** The oldest that the packages of the requirements run on, and the first that cfn-lint refuses. */
const VERSIONS = { from: [3, 11], below: [3, 15] } as const;

function fail(message: string, cause?: unknown): never {
  const said = (cause as { stderr?: string } | undefined)?.stderr?.trim();
  console.error([message, ...(said ? [said] : [])].join('\n'));
  process.exit(1);
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function versionOf(interpreter: string): readonly number[] {
  try {
    return run(interpreter, ['-c', 'import sys; print(*sys.version_info[:2])']).split(' ').map(Number);
  } catch (error) {
    return fail(
      `test:deploy needs Python, and "${interpreter}" does not run. Install Python 3, or name another in PYTHON.`,
      error,
    );
  }
}

const version = versionOf(python);
const [major = 0, minor = 0] = version;
if (major !== 3 || minor < VERSIONS.from[1] || minor >= VERSIONS.below[1]) {
  fail(
    `test:deploy needs Python from ${VERSIONS.from.join('.')} on and below ${VERSIONS.below.join('.')}; ` +
      `"${python}" is ${version.join('.')}. Name another in PYTHON.`,
  );
}
const wanted = `# Python ${version.join('.')}\n${readFileSync(requirements, 'utf8')}`;
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) process.exit(0);

console.log('Making .venv-deploy with moto and cfn-lint; this takes half a minute, once.');
rmSync(environment, { recursive: true, force: true });
try {
  run(python, ['-m', 'venv', environment]);
} catch (error) {
  fail(
    `"${python} -m venv" failed. On Debian and Ubuntu, "apt-get install python3-venv" brings what it needs.`,
    error,
  );
}
try {
  run(join(environment, 'bin/python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  ]);
} catch (error) {
  fail('pip could not install tests/deploy/requirements.txt. It needs a package index.', error);
}
writeFileSync(stamp, wanted);
