import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const SERVERLESS_YML = `service: old
frameworkVersion: '3'
plugins: [serverless-slic-watch-plugin, serverless-lambda-lantern]
package: { patterns: ['!node_modules/**'] }
custom:
  slicWatch: { enabled: true }
  lantern: { local: { values: { 'ssm:/old/set': known } } }
provider:
  name: aws
  runtime: nodejs22.x
  region: eu-west-1
  environment: { SET: '\${ssm:/old/set}', MISSING: '\${cf:other.Output}' }
layers:
  common: { path: layer }
functions:
  show: { handler: index.handler, layers: [!Ref CommonLambdaLayer], events: [http: GET /] }
`;

const HANDLER = `exports.handler = async () => ({
  statusCode: 200,
  body: JSON.stringify([process.env.SET, process.env.MISSING]),
});
`;

/** As the plugin is run in this repository; without credentials, so that nothing can be asked of AWS. */
const ENVIRONMENT = {
  NODE_OPTIONS: '--conditions=lambda-lantern-source',
  AWS_ACCESS_KEY_ID: '',
  AWS_PROFILE: '',
  SLS_NOTIFICATIONS_MODE: 'off',
};

let project: ScratchProject;

beforeAll(async () => {
  project = await createScratchProject([], { serverless: '3', 'serverless-slic-watch-plugin': '3' });
  const { directory } = project;
  await symlink(
    resolve(import.meta.dirname, '../../plugin'),
    join(directory, 'node_modules/serverless-lambda-lantern'),
  );
  // The handler is CommonJS, as most are that this framework deploys.
  await project.write('package.json', '{ "private": true }');
  await project.write('serverless.yml', SERVERLESS_YML);
  await project.write('index.js', HANDLER);
  await project.write('layer/nodejs/common.js', 'exports.common = 1;\n');
});
afterAll(() => project.remove());

function serverless(...args: string[]) {
  return project.start(['node_modules/serverless/bin/serverless.js', ...args], ENVIRONMENT);
}

describe('the Serverless Framework 3 with slic-watch', () => {
  it('prints the alarms', async () => {
    const run = serverless('alarms');
    expect(await run.exited, run.output()).toBe(0);
    expect(run.stdout()).toMatch(/Alarms of old in the stage dev, eu-west-1: \d+/);
    expect(run.output()).toContain('Only AWS knows cf:other.Output');
  });

  it('runs locally, and the alarms of slic-watch with it', async () => {
    const port = await freePorts(20);
    const ports = [
      '--port',
      String(port),
      '--daemon-port',
      String(port + 5),
      '--otlp-port',
      String(port + 16),
    ];
    const run = serverless('local', '--memory', ...ports);
    await run.until('Ctrl-C stops everything');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toEqual([
      'known',
      'lantern-unresolved:cf:other.Output',
    ]);
    const { alarms } = (await (await fetch(`http://127.0.0.1:${port + 1}/api/alarms`)).json()) as {
      alarms: ReadonlyArray<{ name: string }>;
    };
    const names = alarms.map(({ name }) => name);
    expect(names).toContain('old-dev-show-duration');
    expect(names).toContain('Lambda_Duration_old-dev-show');
    expect(run.output()).not.toContain('is left out');
    run.child.kill('SIGINT');
    expect(await run.exited).toBe(0);
  });
});
