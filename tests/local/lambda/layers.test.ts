import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { unpackFunctions } from '../../../local/unpack-functions.ts';
import type { FunctionDefinition } from '../../../local/template/service.ts';
import { functionDefinition } from './definition.ts';
import { startService } from './harness.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-layers-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

async function folder(name: string, files: Files): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return join(directory, name);
}

/** What lies in `bin/` may be executed. */
async function archive(name: string, files: Files): Promise<string> {
  const entries = Object.entries(files).map(([path, text]) => {
    const mode = path.startsWith('bin/') ? 0o100755 : 0o100644;
    return [path, [strToU8(text), { os: 3, attrs: mode << 16 }]] as const;
  });
  await writeFile(join(directory, name), zipSync(Object.fromEntries(entries) as unknown as Zippable));
  return join(directory, name);
}

interface Tried {
  readonly code: Files;
  readonly layers: readonly string[];
  readonly service?: Files;
  readonly definition?: Partial<FunctionDefinition>;
}

/** A function that has been unpacked with its layers, in a process of its own. */
async function start({ code, layers, service = {}, definition = {} }: Tried) {
  const { runtime = 'nodejs24.x' } = definition;
  const unpacked = await unpackFunctions(
    new Map([['tried', await archive('tried.zip', code)]]),
    await folder('service', { 'package.json': '{}', ...service }),
    new Map([['tried', { paths: layers, runtime }]]),
  );
  onTestFinished(() => unpacked.remove());
  expect([...unpacked.problems.values()]).toEqual([]);
  const codeDirectory = unpacked.folders.get('tried') ?? '';
  return startService([functionDefinition({ handler: 'index.handler', codeDirectory, ...definition })]);
}

/** What a function answers. */
async function answerOf(tried: Tried): Promise<unknown> {
  return (await start(tried)).call();
}

function packageIn(modules: string, name: string, says: string): Files {
  return { [`${modules}/${name}/index.js`]: `module.exports = ${JSON.stringify(says)};` };
}

function commonJs(expression: string): Files {
  return { 'index.js': `exports.handler = async () => ${expression};` };
}

function esModule(imports: string, expression: string): Files {
  return { 'index.mjs': `${imports}\nexport const handler = async () => ${expression};` };
}

describe.each(['nodejs24.x', 'nodejs22.x', 'nodejs20.x'])('packages in layers, with %s,', (runtime) => {
  const own = `node${/\d+/.exec(runtime)?.[0] ?? ''}`;
  const names = ['of-code', 'of-runtime', 'of-layer', 'of-service'];
  const layer = {
    ...packageIn('nodejs/node_modules', 'of-code', 'layer'),
    ...packageIn('nodejs/node_modules', 'of-runtime', 'layer'),
    ...packageIn('nodejs/node_modules', 'of-layer', 'layer'),
    ...packageIn(`nodejs/${own}/node_modules`, 'of-runtime', 'runtime'),
    ...packageIn('nodejs/node18/node_modules', 'of-layer', 'another runtime'),
  };
  const service = Object.assign(
    {},
    ...names.map((name) => packageIn('node_modules', name, 'service')),
  ) as Files;
  const expected = ['code', 'runtime', 'layer', 'service'];

  it.each([
    ['required', commonJs(`[${names.map((name) => `require('${name}')`).join(', ')}]`)],
    [
      'imported',
      esModule(names.map((name, index) => `import p${index} from '${name}';`).join('\n'), '[p0, p1, p2, p3]'),
    ],
  ])('are %s after those of the code and before those of the service', async (_how, code) => {
    const found = await answerOf({
      code: { ...code, ...packageIn('node_modules', 'of-code', 'code') },
      layers: [await archive('layer.zip', layer)],
      service,
      definition: { runtime },
    });
    expect(found).toEqual(expected);
  });
});

describe('a layer', () => {
  it('gives imports what a package has for them, and finds what other layers and the service have', async () => {
    const dual = 'nodejs/node_modules/dual';
    const one = await folder('one', {
      [`${dual}/package.json`]: JSON.stringify({
        exports: { import: './index.mjs', require: './index.cjs' },
      }),
      [`${dual}/index.mjs`]:
        "import next from 'next-layer'; import sdk from 'sdk'; export default ['import', next, sdk];",
      [`${dual}/index.cjs`]: "module.exports = ['require', require('next-layer'), require('sdk')];",
    });
    const other = await archive('other.zip', packageIn('nodejs/node_modules', 'next-layer', 'next'));
    const tried = { layers: [one, other], service: packageIn('node_modules', 'sdk', 'sdk') };
    expect(await answerOf({ ...tried, code: commonJs("require('dual')") })).toEqual([
      'require',
      'next',
      'sdk',
    ]);
    expect(await answerOf({ ...tried, code: esModule("import dual from 'dual';", 'dual') })).toEqual([
      'import',
      'next',
      'sdk',
    ]);
  });

  it('finds modules of the code, and none of the packages that only the code has', async () => {
    const layer = await folder('curious', {
      'nodejs/node_modules/curious/index.js': `exports.find = (name) => {
        try { return require(name); } catch ({ code }) { return code; } };`,
    });
    const code = {
      ...commonJs("['of-code', 'lib/module'].map((name) => require('curious').find(name))"),
      ...packageIn('node_modules', 'of-code', 'package'),
      'lib/module.js': "module.exports = 'module';",
    };
    expect(await answerOf({ code, layers: [layer] })).toEqual(['MODULE_NOT_FOUND', 'module']);
  });

  it('lies over those before it, also where a file is in the place of a folder', async () => {
    const layers = [
      await archive('a.zip', { 'who.txt': 'a', 'only-a.txt': 'a', 'thing/inner.txt': 'a', other: 'a' }),
      await folder('b', { 'who.txt': 'b', thing: 'b', 'other/inner.txt': 'b' }),
    ];
    const read =
      "['who.txt', 'only-a.txt', 'thing', 'other/inner.txt'].map((at) => String(readFileSync('/opt/' + at)))";
    const code = esModule("import { readFileSync } from 'node:fs';", read);
    expect(await answerOf({ code, layers })).toEqual(['b', 'a', 'b', 'b']);
    const reversed = esModule(
      "import { readFileSync } from 'node:fs';",
      "String(readFileSync('/opt/who.txt'))",
    );
    expect(await answerOf({ code: reversed, layers: [...layers].reverse() })).toBe('a');
  });

  it.each([
    ['a module without its ending, required', commonJs("require('/opt/nodejs/util').name")],
    ['a module, imported', esModule("import { name } from '/opt/nodejs/util.mjs';", 'name')],
    [
      'a module by its URL, imported',
      esModule('', "(await import('file:///opt/nodejs/util.mjs?again')).name"),
    ],
    ['readFileSync', commonJs("require('fs').readFileSync('/opt/name.txt', 'utf8')")],
    [
      'readFileSync of a URL',
      commonJs("require('fs').readFileSync(new URL('file:///opt/name.txt'), 'utf8')"),
    ],
    [
      'readFile of promises',
      esModule("import { readFile } from 'node:fs/promises';", "readFile('/opt/name.txt', 'utf8')"),
    ],
    [
      'promisify(readFile)',
      commonJs("require('util').promisify(require('fs').readFile)('/opt/name.txt', 'utf8')"),
    ],
    [
      'promisify(exists)',
      commonJs("(await require('util').promisify(require('fs').exists)('/opt/name.txt')) && 'Ada'"),
    ],
    [
      'a stream',
      commonJs("require('stream/consumers').text(require('fs').createReadStream('/opt/./name.txt'))"),
    ],
    ['a list of files', commonJs("require('fs').readdirSync('/opt').includes('name.txt') && 'Ada'")],
    ['a program', commonJs("String(require('child_process').execFileSync('/opt/bin/say'))")],
    ['a program by PATH', commonJs("String(require('child_process').execFileSync('say'))")],
    ['a line for the shell', commonJs("String(require('child_process').execSync('cat /opt/name.txt'))")],
    [
      'promisify(exec)',
      commonJs(
        "(await require('util').promisify(require('child_process').exec)('cat /opt/name.txt')).stdout",
      ),
    ],
    [
      'an argument of a program',
      commonJs("String(require('child_process').spawnSync('cat', ['/opt/name.txt']).stdout)"),
    ],
    ['a variable', commonJs("require('fs').readFileSync(process.env.NAME_FILE, 'utf8')")],
  ])('is what paths below /opt mean: %s', async (_what, code) => {
    const layer = await archive('paths.zip', {
      'nodejs/util.js': "exports.name = require('./inner').name;",
      'nodejs/inner.js': "exports.name = 'Ada';",
      'nodejs/util.mjs': "export const name = 'Ada';",
      'name.txt': 'Ada',
      'bin/say': '#!/bin/sh\nprintf Ada\n',
    });
    const environment = { NAME_FILE: '/opt/name.txt' };
    expect(await answerOf({ code, layers: [layer], definition: { environment } })).toBe('Ada');
  });

  it('leaves paths alone that it does not hold, and what only begins like one', async () => {
    const code = {
      'index.js': `exports.handler = async () => { try { require('/opt/nodejs/none'); } catch ({ code, message }) {
        const { existsSync } = require('fs');
        return [code, message.includes("'/opt/nodejs/none'"), process.env.ELSEWHERE, existsSync('/opt/none')];
      } };`,
    };
    const environment = { ELSEWHERE: '/opt/homebrew/bin:/optional:/srv/opt/x.txt' };
    const layers = [await folder('one', { 'x.txt': '', al: '' })];
    expect(await answerOf({ code, layers, definition: { environment } })).toEqual([
      'MODULE_NOT_FOUND',
      true,
      environment.ELSEWHERE,
      false,
    ]);
  });

  it('may hold the handler, in CommonJS and as an ES module', async () => {
    const layer = await folder('handlers', {
      'nodejs/node_modules/wrapped/handler.js':
        "exports.handler = async () => [require(process.env.LAMBDA_TASK_ROOT + '/index').name, __filename.includes('node_modules')];",
      'nodejs/esm/run.mjs': "export const handler = async () => ['esm', true];",
    });
    const code = { 'index.js': "exports.name = 'inner';" };
    for (const [handler, answer] of [
      ['/opt/nodejs/node_modules/wrapped/handler.handler', ['inner', true]],
      ['/opt/nodejs/esm/run.handler', ['esm', true]],
    ] as const) {
      expect(await answerOf({ code, layers: [layer], definition: { handler } })).toEqual(answer);
    }
  });

  it('is found by worker threads and child processes of Node', async () => {
    const layer = await folder('one', packageIn('nodejs/node_modules', 'in-layer', 'found'));
    const code = commonJs(`new Promise((resolve) => new (require('worker_threads').Worker)(
      "require('worker_threads').parentPort.postMessage(require('in-layer'))", { eval: true }).once('message', resolve))`);
    expect(await answerOf({ code, layers: [layer] })).toBe('found');
  });
});

describe('the program that AWS_LAMBDA_EXEC_WRAPPER names', () => {
  const code = { ...commonJs('[process.env.WRAPPED, process.env.NODE_OPTIONS]') };
  const wrapper = { 'bin/wrap': '#!/bin/sh\nexport WRAPPED="$#" NODE_OPTIONS=--no-deprecation\nexec "$@"\n' };
  const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/bin/wrap' };

  it('starts the runtime, in a layer or in the code, as often as an environment starts', async () => {
    const inLayer = { code, layers: [await archive('wrapper.zip', wrapper)], definition: { environment } };
    expect(await answerOf(inLayer)).toEqual([expect.stringMatching(/^\d+$/), '--no-deprecation']);
    const inCode = {
      code: { ...code, ...wrapper },
      layers: [await folder('one', { x: '' })],
      definition: { environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/bin/wrap' } },
    };
    expect(await answerOf(inCode)).toEqual([expect.stringMatching(/^\d+$/), '--no-deprecation']);
  });

  it('may speak of what its layer holds', async () => {
    const layer = await archive('telling.zip', {
      'bin/wrap': '#!/bin/sh\n. /opt/common.sh\nexport NODE_OPTIONS="--require /opt/hook.js"\nexec "$@"\n',
      'common.sh': 'export WRAPPED=common\n',
      'hook.js': "process.env.NODE_OPTIONS = 'hooked';",
    });
    expect(await answerOf({ code, layers: [layer], definition: { environment } })).toEqual([
      'common',
      'hooked',
    ]);
  });

  it('is missed where all layers are here, and done without where some are not', async () => {
    const tried = { code, layers: [await folder('one', { x: '' })] };
    const { invoke } = await start({ ...tried, definition: { environment } });
    const { payload } = await invoke();
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(payload).toContain('/opt/bin/wrap');
    expect(
      await answerOf({
        ...tried,
        definition: { environment, layers: [{ arn: 'arn:elsewhere', isHere: false }] },
      }),
    ).toEqual([null, null]);
  });
});

describe('NODE_PATH of the template', () => {
  it.each([
    [
      'packages',
      '/var/task/vendor/node_modules',
      'vendor/node_modules/word/index.mjs',
      { 'vendor/node_modules/word/package.json': '{"exports":{"import":"./index.mjs"}}' },
    ],
    ['a folder of modules', '/nowhere:/var/task/lib', 'lib/word.js', {}],
  ])('is where ES modules are looked for, too: %s', async (_what, NODE_PATH, path, more) => {
    const text = path.endsWith('.mjs') ? "export default 'found';" : "module.exports = 'found';";
    const code = { ...esModule("import word from 'word';", 'word'), [path]: text, ...more };
    const unpacked = await unpackFunctions(new Map([['tried', await archive('tried.zip', code)]]), directory);
    onTestFinished(() => unpacked.remove());
    const codeDirectory = unpacked.folders.get('tried') ?? '';
    const { call } = await startService([
      functionDefinition({ handler: 'index.handler', codeDirectory, environment: { NODE_PATH } }),
    ]);
    expect(await call()).toBe('found');
  });
});
