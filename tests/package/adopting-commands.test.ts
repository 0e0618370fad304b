import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TraceListing } from '../../local/console-contract.ts';
import { freePorts, portsOf } from '../helpers/local-stack.ts';
import type { Run } from '../helpers/run.ts';
import { runCommand, signalGroup } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';
import type {} from './pack.ts';
import { PACKAGES, pinned } from './packages.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

let directory: string;
let port: number;
let commands: readonly string[];
/** What the page says is to be in `serverless.yml`, and the file with the handler. */
let yml: string;
let code: string;
const runs: Run[] = [];

beforeAll(async () => {
  const page = await readFile(join(PROJECT, 'docs/adopting.md'), 'utf8');
  const [, first = ''] = page.split('## To the first trace');
  const block = (language: string): string =>
    new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(first)?.[1] ?? '';
  commands = block('sh').trim().split('\n');
  [yml, code] = [block('yaml'), block('ts')];
  directory = await mkdtemp(join(tmpdir(), 'lantern-adopting-'));
  await cp(join(PROJECT, 'tests/fixtures/services/existing'), directory, { recursive: true });
  const manifest = join(directory, 'package.json');
  const tools = pinned('serverless', 'serverless-esbuild', 'esbuild');
  await writeFile(manifest, JSON.stringify({ name: 'existing', private: true, devDependencies: tools }));
  // What the service has had since long before.
  const installed = run('npm install --no-audit --no-fund --prefer-offline');
  expect(await installed.exited, installed.output()).toBe(0);
  port = await freePorts(20);
});

afterAll(async () => {
  for (const each of runs) {
    signalGroup(each, 'SIGKILL');
    await each.exited;
  }
  await rm(directory, { recursive: true, force: true });
});

function run(command: string): Run {
  const started = runCommand(command.split(' '), directory);
  runs.push(started);
  return started;
}

/** As it would be with our packages in a registry, and on ports that nobody else on this machine has. */
function asHere(command: string): string {
  const tarballs = new Map(
    PACKAGES.map(({ manifest: { name, version } }) => [
      name,
      join(inject('tarballs'), `${name}-${version}.tgz`),
    ]),
  );
  const plugin = [tarballs.get('serverless-lambda-lantern'), tarballs.get('lambda-lantern-local')].join(' ');
  return command
    .replace(/ serverless-lambda-lantern$/, ` ${plugin}`)
    .replace(/ lambda-lantern /, ` ${tarballs.get('lambda-lantern') ?? ''} `)
    .replace(/^npx serverless local$/, `npx serverless local --memory ${portsOf(port, port + 5).join(' ')}`)
    .replace('localhost:3000', `localhost:${port}`);
}

describe('the way to the first trace in docs/adopting.md', () => {
  it('is five commands at most, and a line for each handler', async () => {
    expect(commands.length).toBeLessThanOrEqual(5);
    const before = await readFile(join(directory, 'src/get-order.ts'), 'utf8');
    const added = code.split('\n').filter((line) => !before.split('\n').includes(line));
    const removed = before.split('\n').filter((line) => !code.split('\n').includes(line));
    expect(removed).toEqual(['export const handler = middy<GetOrderEvent>().handler(getOrder);']);
    expect(added).toEqual([
      "import { observability } from 'lambda-lantern';",
      'export const handler = middy<GetOrderEvent>().use(observability()).handler(getOrder);',
    ]);
  });

  it('leads there: each command does what it is for', async () => {
    const [install = '', installPlugin = '', start = '', call = ''] = commands.map(asHere);
    for (const command of [install, installPlugin]) {
      const installed = run(command);
      expect(await installed.exited, installed.output()).toBe(0);
    }
    const path = join(directory, 'serverless.yml');
    const before = await readFile(path, 'utf8');
    const [plugins = '', provider = ''] = yml.split('\nprovider:\n');
    await writeFile(
      path,
      before
        .replace('plugins:\n  - serverless-esbuild\n', `${plugins.trim()}\n`)
        .replace('provider:\n', `provider:\n${provider}`),
    );
    await writeFile(join(directory, 'src/get-order.ts'), code);

    const local = run(start);
    await local.until('Ctrl-C stops everything');
    const called = run(call);
    expect(await called.exited, called.output()).toBe(0);
    expect(called.stdout()).toContain('{"id":"o-1"}');
    const names = await until(async () => {
      const { traces } = (await (
        await fetch(`http://localhost:${port + 1}/api/traces`)
      ).json()) as TraceListing;
      const [trace] = traces;
      const found =
        trace && (await (await fetch(`http://localhost:${port + 1}/api/traces/${trace.id}`)).text());
      return found?.includes('"name":"## ') === true && found;
    }, 'the handler in the first trace');
    for (const origin of ['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function'])
      expect(names).toContain(`"origin":"${origin}"`);
    signalGroup(local, 'SIGINT');
    await local.exited;
    expect(local.output()).toContain('Stopping.');
  });
});
