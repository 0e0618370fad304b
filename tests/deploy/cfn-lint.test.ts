import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { PYTHON_PROGRAMS } from './moto.ts';

const run = promisify(execFile);

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

/** What cfn-lint finds in the templates that the framework has made in `directory`; nothing is a pass. */
async function findings(directory: string): Promise<string> {
  const templates = ['create', 'update'].map((step) =>
    join(directory, `.serverless/cloudformation-template-${step}-stack.json`),
  );
  try {
    const { stdout } = await run(join(PYTHON_PROGRAMS, 'cfn-lint'), [
      '--regions',
      'eu-west-1',
      '--',
      ...templates,
    ]);
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

async function packageService(directory: string, ...args: string[]): Promise<void> {
  const packaging = runServerless(['package', ...args], directory);
  expect(await packaging.exited, packaging.output()).toBe(0);
}

describe('cfn-lint', () => {
  it.each([
    ['dev', 'off'],
    ['prod', 'on'],
  ])('finds nothing in the templates of the shop in stage %s with tracing %s', async (stage, tracing) => {
    await packageService(project.directory, '--stage', stage, '--param', `tracing=${tracing}`);
    expect(await findings(project.directory)).toBe('');
  });
});
