import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runServerless } from '../helpers/run.ts';

const SERVERLESS_YML = `service: mixed
plugins: [serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
package: { individually: true, patterns: ['!**', 'hello.js', 'snake.py'] }
functions:
  hello: { handler: hello.handler, events: [http: GET /hello] }
  prebuilt: { handler: inside.handler, package: { artifact: build/prebuilt.zip } }
  snake: { handler: snake.handler, runtime: python3.13, events: [http: GET /snake] }
  jar: { handler: org.shop.Handler, runtime: java21, package: { artifact: build/nowhere.jar } }
  image: { image: 111111111111.dkr.ecr.us-east-1.amazonaws.com/shop:latest }
  unbuilt: { handler: gone.handler, package: { artifact: build/unbuilt.zip } }
  bucket: { handler: gone.handler, package: { artifact: s3://artifacts/bucket.zip } }
  torn: { handler: gone.handler, package: { artifact: build/torn.zip } }
`;

let project: ProjectCopy;
let running: Run | undefined;
let port: number;

beforeAll(async () => {
  project = await copyProject();
  const service = join(project.directory, 'mixed');
  await mkdir(join(service, 'build'), { recursive: true });
  const files = {
    'serverless.yml': SERVERLESS_YML,
    'hello.js': "exports.handler = async () => ({ statusCode: 200, body: 'hello' });",
    'snake.py': 'def handler(event, context): return {}',
    'build/prebuilt.zip': zipSync({ 'inside.js': strToU8("exports.handler = async () => 'prebuilt';") }),
    'build/torn.zip': 'no archive at all',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(service, name), content);
  port = await freePorts(20);
  const ports = ['--port', String(port), '--daemon-port', String(port + 5), '--otlp-port', String(port + 16)];
  running = runServerless(['local', '--memory', ...ports], service);
  await running.until('Ctrl-C stops everything');
});
afterAll(async () => {
  running?.child.kill('SIGINT');
  await running?.exited;
  await project.remove();
});

async function invoke(key: string): Promise<{ status: number; body: string }> {
  const url = `http://127.0.0.1:${port + 2}/2015-03-31/functions/mixed-dev-${key}/invocations`;
  const response = await fetch(url, { method: 'POST', body: '{}' });
  return { status: response.status, body: await response.text() };
}

describe('a service with functions that cannot run here', () => {
  it('runs the others, those with a prebuilt package too', async () => {
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe('hello');
    expect(await invoke('prebuilt')).toEqual({ status: 200, body: '"prebuilt"' });
  });

  it.each([
    ['snake', 'its runtime is "python3.13"'],
    ['jar', 'its runtime is "java21"'],
    ['image', 'it is packaged as a container image'],
    ['unbuilt', 'its package build/unbuilt.zip is no file of this machine'],
    ['bucket', 'its package s3://artifacts/bucket.zip is no file of this machine'],
    ['torn', 'cannot be unpacked'],
  ])('names %s at start and answers a call to it with the reason', async (key, reason) => {
    const line = new RegExp(`mixed-dev-${key} is not run locally: .*${reason}`);
    expect(running?.output()).toMatch(line);
    const { status, body } = await invoke(key);
    expect(status).toBe(404);
    const { Message: message } = JSON.parse(body) as { Message: string };
    expect(message).toMatch(line);
  });

  it('spends no time on packages of functions whose runtime is not here', async () => {
    const packages = await readdir(join(project.directory, 'mixed/.serverless'));
    expect(packages.filter((name) => name.endsWith('.zip'))).toEqual(['hello.zip']);
  });

  it('says at a request of a route why no function answers it', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/snake`)).status).toBe(500);
    await running?.until(/GET \/(dev\/)?snake.*mixed-dev-snake is not run locally: its runtime/);
  });
});
