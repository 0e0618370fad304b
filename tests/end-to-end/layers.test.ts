import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { LocalStack } from '../helpers/local-stack.ts';
import { portsOf, startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

async function write(service: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(service, path)), { recursive: true });
    await writeFile(join(service, path), contents);
  }
}

async function answer({ port }: LocalStack, functionName: string): Promise<unknown> {
  const functions = `http://127.0.0.1:${port + 2}/2015-03-31/functions`;
  const response = await fetch(`${functions}/${functionName}/invocations`, { method: 'POST', body: '{}' });
  return response.json();
}

function outputOf({ run }: LocalStack): string {
  return run.output().replaceAll(/\s+/g, ' ');
}

const INSIGHTS = 'arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53';
const SHARED = 'arn:aws:lambda:eu-west-1:111122223333:layer:shared';

/** A word that a layer says, to CommonJS and to ES modules. */
function wordIn(modules: string, name: string, word: string): Record<string, string> {
  return { [`${modules}/${name}/index.js`]: `module.exports = '${word}';\n` };
}

describe('a service without a bundler', () => {
  let service: string;
  let stack: LocalStack;

  beforeAll(async () => {
    service = join(project.directory, 'layered');
    await write(service, {
      'serverless.yml': `service: layered
plugins: [serverless-lambda-lantern]
package: { patterns: ['!**', 'src/**'] }
custom:
  lantern:
    local:
      layers: { '${SHARED}': elsewhere, broken: nowhere.zip, typo: elsewhere }
provider: { name: aws, runtime: nodejs24.x, region: eu-west-1 }
layers:
  common: { path: layers/common, package: { patterns: ['**'] }, compatibleRuntimes: [nodejs24.x] }
  kept: { path: layers/kept, name: kept-under-this-name, retain: true, package: { patterns: ['**'] } }
  built: { package: { artifact: built.zip } }
  unbuilt: { package: { artifact: unbuilt.zip } }
  gone: { path: layers/gone }
functions:
  common-js: { handler: src/common-js.handler, layers: [!Ref CommonLambdaLayer, !Ref BuiltLambdaLayer, '${SHARED}:7', '${INSIGHTS}'] }
  es-module: { handler: src/es-module.handler, layers: [!Ref BuiltLambdaLayer, !Ref CommonLambdaLayer] }
  plain: { handler: src/plain.handler }
  without-broken: { handler: src/plain.handler, layers: ['arn:aws:lambda:eu-west-1:111122223333:layer:broken:1'] }
  without-unbuilt: { handler: src/plain.handler, layers: [!Ref UnbuiltLambdaLayer] }
  without-gone: { handler: src/plain.handler, layers: [!Ref GoneLambdaLayer] }
  raw: { handler: src/raw.handler, layers: [!Ref Raw] }
resources:
  Resources:
    Raw:
      Type: AWS::Lambda::LayerVersion
      Properties: { LayerName: raw, Content: { S3Bucket: some-bucket, S3Key: raw.zip } }
`,
      'src/common-js.js': `const { word } = require('/opt/nodejs/word');
exports.handler = async () => [require('pkg'), require('only-built'), require('shared'), word,
  require('fs').readFileSync('/opt/who.txt', 'utf8')];\n`,
      'src/es-module.mjs': `import pkg from 'pkg';
import { readFile } from 'node:fs/promises';
const { default: imported } = await import('/opt/nodejs/word.js');
export const handler = async () => [pkg, imported.word, await readFile('/opt/who.txt', 'utf8')];\n`,
      'src/plain.js': 'exports.handler = async () => process.env.NODE_PATH;\n',
      'src/raw.js': "exports.handler = async () => require('pkg');\n",
      ...wordIn('node_modules', 'pkg', 'of the service'),
      ...wordIn('layers/common/nodejs/node_modules', 'pkg', 'common'),
      'layers/common/nodejs/word.js': "exports.word = 'first';\n",
      'layers/common/who.txt': 'common',
      'layers/common/extensions/metrics': '#!/bin/sh\n',
      'layers/kept/nodejs/kept.js': '',
      'built.zip': zipSync({
        'who.txt': strToU8('built'),
        'nodejs/node_modules/only-built/index.js': strToU8("module.exports = 'built';"),
      }),
      ...wordIn('elsewhere/nodejs/node_modules', 'shared', 'shared'),
    });
    stack = await startLocalStack(service);
  });
  afterAll(() => stack.stop());

  it('runs with the layers that it defines, and with those that the settings name, in their order', async () => {
    expect(await answer(stack, 'layered-local-common-js')).toEqual([
      'common',
      'built',
      'shared',
      'first',
      'built',
    ]);
    expect(await answer(stack, 'layered-local-es-module')).toEqual(['common', 'first', 'common']);
    expect(await answer(stack, 'layered-local-raw')).toBe('of the service');
    expect(await answer(stack, 'layered-local-plain')).not.toContain('opt');
  });

  it('has named at start which layers are not here, what is not run of them, and what is wrong with them', () => {
    const output = outputOf(stack);
    for (const text of [
      `The function layered-local-common-js runs without its layers: ${INSIGHTS}`,
      'The function layered-local-raw runs without its layers: arn:aws:lambda:eu-west-1:000000000000:layer:raw:1',
      'The function layered-local-es-module runs without the extensions in its layers: metrics',
      'The function layered-local-without-broken is not run locally: its layer broken is to be',
      'Correct custom.lantern.local.layers.broken in serverless.yml',
      'The function layered-local-without-unbuilt is not run locally: its layer unbuilt is to be made of unbuilt.zip',
      'The function layered-local-without-gone is not run locally: its layer gone is to be made of layers/gone',
      'correct layers.gone.path in serverless.yml',
      'custom.lantern.local.layers.typo: no function that runs here has such a layer',
    ])
      expect(output).toContain(text);
  });

  it('has its alarms, and what they cost, as without them', async () => {
    for (const [args, text] of [
      [[], 'common-js'],
      [['--cost'], 'USD'],
    ] as const) {
      const run = runServerless(['alarms', ...args], service);
      expect(await run.exited, run.output()).toBe(0);
      expect(run.output()).toContain(text);
    }
  });

  it('renews functions when a file of one of their layers changes, is new, or comes from the settings', async () => {
    const becomes = (key: string, expected: unknown) =>
      until(
        async () => JSON.stringify(await answer(stack, `layered-local-${key}`)) === JSON.stringify(expected),
        `${key} to answer ${JSON.stringify(expected)}`,
      );
    await write(service, {
      'layers/common/nodejs/word.js': "exports.word = require('./more');\n",
      'layers/common/nodejs/more.js': "module.exports = 'second';\n",
    });
    await becomes('common-js', ['common', 'built', 'shared', 'second', 'built']);
    await becomes('es-module', ['common', 'second', 'common']);
    expect(outputOf(stack)).toMatch(
      /Renewed: common-js, es-module \([^)]*layers\/common\/nodejs\/(word|more)\.js/,
    );
    await write(service, wordIn('layers/common/nodejs/node_modules', 'pkg', 'newer'));
    await becomes('es-module', ['newer', 'second', 'common']);
    await write(service, {
      ...wordIn('elsewhere/nodejs/node_modules', 'shared', 'again'),
      'built.zip': zipSync({
        'who.txt': strToU8('rebuilt'),
        'nodejs/node_modules/only-built/index.js': strToU8("module.exports = 'b';"),
      }),
    });
    await becomes('common-js', ['newer', 'b', 'again', 'second', 'rebuilt']);
    await write(service, { 'layers/common/nodejs/more.js': 'module.exports = ;\n' });
    await stack.run.until('Does not compile, and what ran before goes on: common-js, es-module');
    expect(await answer(stack, 'layered-local-es-module')).toEqual(['newer', 'second', 'common']);
    await write(service, { 'layers/common/nodejs/more.js': "module.exports = 'third';\n" });
    await becomes('es-module', ['newer', 'third', 'common']);
  });

  it('is joined by another service with layers of its own', async () => {
    const joining = join(project.directory, 'joining');
    await write(joining, {
      'serverless.yml': `service: joining
plugins: [serverless-lambda-lantern]
package: { patterns: ['!**', index.mjs] }
provider: { name: aws, runtime: nodejs24.x, region: eu-west-1 }
layers:
  common: { path: layer, name: common-of-joining, package: { patterns: ['**'] } }
functions:
  joined: { handler: index.handler, layers: [!Ref CommonLambdaLayer] }
`,
      'index.mjs': "import pkg from 'pkg';\nexport const handler = async () => pkg;\n",
      ...wordIn('layer/nodejs/node_modules', 'pkg', 'of the guest'),
    });
    const ports = portsOf(stack.port, stack.daemonPort);
    const guest = runServerless(['local', '--memory', '--stage', 'local', ...ports], joining);
    onTestFinished(async () => {
      guest.child.kill('SIGINT');
      await guest.exited;
    });
    await guest.until('it has joined the Lantern of layered');
    expect(await answer(stack, 'joining-local-joined')).toBe('of the guest');
    await write(joining, wordIn('layer/nodejs/node_modules', 'pkg', 'renewed'));
    await until(
      async () => (await answer(stack, 'joining-local-joined')) === 'renewed',
      'the guest to be renewed',
    );
  });
});

describe('a service that serverless-esbuild bundles', () => {
  it('has what its bundles leave out from its layers, before that of its own folder', async () => {
    const service = join(project.directory, 'bundled');
    await write(service, {
      'serverless.yml': `service: bundled
plugins: [serverless-esbuild, serverless-lambda-lantern]
package: { individually: true }
custom:
  esbuild: { bundle: true, platform: node, external: [pkg, /opt/*], exclude: [pkg] }
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1 }
layers:
  common: { path: layer }
functions:
  show: { handler: src/show.handler, layers: [!Ref CommonLambdaLayer] }
`,
      'package.json': '{ "name": "bundled", "version": "1.0.0", "dependencies": {} }',
      'src/show.ts': `import pkg from 'pkg';
import { inner } from './inner';
export const handler = async () => [pkg, inner];\n`,
      'src/inner.ts': "export const inner = 'one';\n",
      ...wordIn('node_modules', 'pkg', 'of the service'),
      ...wordIn('layer/nodejs/node_modules', 'pkg', 'of the layer'),
    });
    const stack = await startLocalStack(service);
    try {
      expect(await answer(stack, 'bundled-local-show')).toEqual(['of the layer', 'one']);
      await write(service, { 'src/inner.ts': "export const inner = 'two';\n" });
      await until(
        async () => JSON.stringify(await answer(stack, 'bundled-local-show')) === '["of the layer","two"]',
        'the code to be renewed, with its layer',
      );
      await write(service, wordIn('layer/nodejs/node_modules', 'pkg', 'renewed'));
      await until(
        async () => JSON.stringify(await answer(stack, 'bundled-local-show')) === '["renewed","two"]',
        'the layer to be renewed, with the code',
      );
    } finally {
      await stack.stop();
      await rm(service, { recursive: true });
    }
  });
});
