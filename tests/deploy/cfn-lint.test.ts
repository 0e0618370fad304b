import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { PYTHON_PROGRAMS } from './moto.ts';

const run = promisify(execFile);

/** Of every event source; its plugin is found from where it lies. Its region is the one of functions at the edge. */
const LARGE_SERVICE = join(import.meta.dirname, '../fixtures/services/large');

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

/** What cfn-lint finds in the templates that the framework has made in `directory`; nothing is a pass. */
async function findings(
  directory: string,
  { region = 'eu-west-1', ignored = [] }: { region?: string; ignored?: readonly string[] } = {},
): Promise<string> {
  const templates = ['create', 'update'].map((step) =>
    join(directory, `.serverless/cloudformation-template-${step}-stack.json`),
  );
  try {
    const { stdout } = await run(join(PYTHON_PROGRAMS, 'cfn-lint'), [
      '--regions',
      region,
      ...(ignored.length > 0 ? ['--ignore-checks', ...ignored] : []),
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

  it('finds nothing where promises are objectives, alarms warm up and are muted, and tags say whose they are', async () => {
    const file = join(project.directory, 'serverless.yml');
    const yml = await readFile(file, 'utf8');
    const changed = yml
      .replace('    slo:\n', '    slo:\n      as: ServiceLevelObjective\n')
      .replace(
        '    alarms:\n',
        '    alarms:\n      logs: true\n      warmUp: 10m\n      mute: [{ schedule: cron(0 2 * * SUN), duration: 2h, timezone: Europe/Berlin }]\n',
      )
      .replace(
        '  timeout: 6\n',
        '  timeout: 6\n  tags: { owner: shop, runbook: "https://wiki.example.com/shop" }\n',
      );
    expect(changed).not.toBe(yml);
    await writeFile(file, changed);
    try {
      await packageService(project.directory, '--stage', 'dev');
      expect(await findings(project.directory)).toBe('');
    } finally {
      await writeFile(file, yml);
    }
  });

  it('finds nothing where a function composes the messages, for people and for a bus', async () => {
    const file = join(project.directory, 'serverless.yml');
    const handler = join(project.directory, 'src/handlers/tell-alarm.ts');
    const yml = await readFile(file, 'utf8');
    const changed = yml
      .replace(
        '    alarms:\n',
        '    alarms:\n      actions: { email: [on-call@example.com], message: { function: tell-alarm, bus: default } }\n',
      )
      .replace(
        '\nfunctions:\n',
        '\nfunctions:\n  tell-alarm:\n    handler: src/handlers/tell-alarm.handler\n    timeout: 30\n\n',
      );
    expect(changed).toContain('function: tell-alarm');
    await writeFile(file, changed);
    await writeFile(handler, `export { handler } from 'serverless-lambda-lantern/tell-alarm';\n`);
    try {
      await packageService(project.directory, '--stage', 'dev');
      expect(await findings(project.directory)).toBe('');
    } finally {
      await writeFile(file, yml);
      await rm(handler);
    }
  });

  it('finds nothing where the logs are protected, reported and masked', async () => {
    const file = join(project.directory, 'serverless.yml');
    const yml = await readFile(file, 'utf8');
    const changed = yml.replace('    alarms:\n', '    dataProtection: { deidentify: true }\n    alarms:\n');
    expect(changed).not.toBe(yml);
    await writeFile(file, changed);
    try {
      await packageService(project.directory, '--stage', 'dev');
      expect(await findings(project.directory)).toBe('');
    } finally {
      await writeFile(file, yml);
    }
  });

  it.each([
    ['tell', 'true'],
    ['send their lines', '{ lines: 20, every: 10m }'],
  ])('finds nothing where alarms on error lines %s', async (_what, logs) => {
    const file = join(project.directory, 'serverless.yml');
    const yml = await readFile(file, 'utf8');
    const changed = yml.replace('    alarms:\n', `    alarms:\n      logs: ${logs}\n`);
    expect(changed).not.toBe(yml);
    await writeFile(file, changed);
    try {
      await packageService(project.directory, '--stage', 'dev');
      const template = JSON.parse(
        await readFile(
          join(project.directory, '.serverless/cloudformation-template-update-stack.json'),
          'utf8',
        ),
      ) as { Resources: Record<string, { Type: string }> };
      expect(template.Resources.LanternErrorLines?.Type).toBe('AWS::CloudWatch::LogAlarm');
      expect(await findings(project.directory)).toBe('');
    } finally {
      await writeFile(file, yml);
    }
  });

  it('finds nothing in the templates of a service of thirty functions', async () => {
    await packageService(LARGE_SERVICE);
    // What the framework does: it repeats dependencies, and retains versions but when they are replaced. And a condition of
    // the service is false in this stage, on purpose.
    const ignored = ['W3005', 'W3011', 'W8003'];
    expect(await findings(LARGE_SERVICE, { region: 'us-east-1', ignored })).toBe('');
  });
});
