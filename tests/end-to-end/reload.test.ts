import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

/** A service that runs while its files are edited. */
class Edited {
  readonly directory: string;
  readonly #name: string;
  #run: Run | undefined;
  #port = 0;

  constructor(name: string) {
    this.#name = name;
    this.directory = join(project.directory, name);
  }

  async start(
    files: Readonly<Record<string, string | Uint8Array>>,
    args: readonly string[] = [],
  ): Promise<void> {
    for (const [path, text] of Object.entries(files)) await this.write(path, text);
    this.#port = await freePorts(20);
    const ports = [this.#port, this.#port + 5, this.#port + 16].map(String);
    const [port = '', daemon = '', otlp = ''] = ports;
    this.#run = runServerless(
      ['local', '--memory', '--port', port, '--daemon-port', daemon, '--otlp-port', otlp, ...args],
      this.directory,
    );
    await this.#run.until('Ctrl-C stops everything');
  }

  async stop(): Promise<void> {
    this.#run?.child.kill('SIGINT');
    await this.#run?.exited;
  }

  async write(path: string, text: string | Uint8Array): Promise<void> {
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async call(key: string, event: unknown = {}): Promise<unknown> {
    const functions = `http://127.0.0.1:${this.#port + 2}/2015-03-31/functions`;
    const response = await fetch(`${functions}/${this.#name}-dev-${key}/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    return response.json();
  }

  async answers(key: string, answer: unknown): Promise<void> {
    await until(
      async () => JSON.stringify(await this.call(key)) === JSON.stringify(answer),
      `${key} to answer ${JSON.stringify(answer)}`,
    );
  }

  async says(text: string | RegExp): Promise<void> {
    await this.#run?.until(text);
  }

  output(): string {
    return this.#run?.output() ?? '';
  }

  get pid(): number | undefined {
    return this.#run?.child.pid;
  }
}

function handler(text: string): string {
  return `exports.handler = async () => ${text};`;
}

describe('a service that serverless-esbuild bundles', () => {
  let service: Edited;
  const module = (text: string): string => `export const word: string = '${text}';\n`;
  const importing = (text: string): string =>
    `import { word } from './lib/word.ts';\nexport const handler = async () => \`${text}\${word}\`;\n`;
  beforeAll(async () => {
    service = new Edited('bundled');
    await service.start({
      'serverless.yml': `service: bundled
useDotenv: true
plugins: [serverless-esbuild, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
package: { individually: true }
custom: { esbuild: { bundle: true, format: esm, outputFileExtension: .mjs, sourcemap: linked } }
functions:
  first: { handler: src/first.handler, environment: { FROM_FILE: "\${env:FROM_FILE}" } }
  second: { handler: src/second.handler }
  alone: { handler: src/alone.handler }
  slow: { handler: src/slow.handler, timeout: 60 }
`,
      '.env': 'FROM_FILE=of all stages\n',
      '.env.dev': 'FROM_FILE=of this stage\n',
      'src/lib/word.ts': module('word'),
      'src/first.ts': importing('first '),
      'src/second.ts': importing('second '),
      'src/alone.ts': 'export const handler = async () => [process.pid, process.env.FROM_FILE, 1];\n',
      'src/slow.ts':
        "import { existsSync } from 'node:fs';\n" +
        'export const handler = async ({ until }: { until?: string }) => {\n' +
        '  while (until !== undefined && !existsSync(until)) await new Promise((go) => setTimeout(go, 20));\n' +
        "  return 'old';\n};\n",
    });
  });
  afterAll(() => service.stop());

  it('answers with the new code of a handler', async () => {
    await service.answers('first', 'first word');
    await service.write('src/first.ts', importing('1st '));
    await service.answers('first', '1st word');
    await service.says(/Renewed: first \(src\/first.ts\)/);
  });

  it('renews all that hold a shared module, and nothing else', async () => {
    const before = await service.call('alone');
    await service.write('src/lib/word.ts', module('other'));
    await service.answers('first', '1st other');
    await service.answers('second', 'second other');
    expect(await service.call('alone')).toEqual(before);
  });

  it('says where code is broken, keeps what ran, and goes on when it is mended', async () => {
    await service.write('src/lib/word.ts', "export const word: string = 'fine';\nexport const = 1;\n");
    await service.says(/Does not compile[^\n]*: first, second\n[^\n]*src\/lib\/word\.ts:2:14: /);
    expect(await service.call('first')).toBe('1st other');
    expect(await service.call('second')).toBe('second other');
    await service.write('src/second.ts', importing('2nd '));
    await service.write('src/lib/word.ts', module('mended'));
    await service.answers('first', '1st mended');
    await service.answers('second', '2nd mended');
    await service.says(/Compiles again: first, second/);
  });

  it('finds a module that an import has waited for', async () => {
    await service.write('src/alone.ts', "export { handler } from './deep/er/new.ts';\n");
    await service.says(/src\/alone\.ts:1:25: Could not resolve "\.\/deep\/er\/new\.ts"/);
    await service.write('src/deep/er/new.ts', "export const handler = async () => 'made later';\n");
    await service.answers('alone', 'made later');
  });

  it('lets an invocation under way end on the code it began with', async () => {
    const gate = join(service.directory, 'gate');
    await service.answers('slow', 'old');
    const underWay = service.call('slow', { until: gate });
    await service.write('src/slow.ts', "export const handler = async () => 'new';\n");
    await service.answers('slow', 'new');
    await service.write('gate', '');
    expect(await underWay).toBe('old');
  });

  it('has environment files as the framework reads them, and says that a change of one needs a new start', async () => {
    await service.write('src/alone.ts', 'export const handler = async () => process.env.FROM_FILE;\n');
    await service.write('src/first.ts', 'export const handler = async () => process.env.FROM_FILE;\n');
    await service.answers('first', 'of this stage');
    await service.answers('alone', null);
    await service.write('.env.dev', 'FROM_FILE=changed\n');
    await service.says(/\.env\.dev has changed\. It is read at the start only/);
  });

  it('names what has changed in serverless.yml, what is wrong in it, and that it is as it was', async () => {
    const yml = await readFile(join(service.directory, 'serverless.yml'), 'utf8');
    await service.write('serverless.yml', yml.replace('timeout: 60', 'timeout: 61'));
    await service.says(/serverless\.yml has changed: functions\.slow\.timeout\. Only code is renewed/);
    await service.write('serverless.yml', yml.replace('provider: {', 'provider: {{'));
    await service.says(
      /serverless\.yml cannot be read, and what it said at the start goes on: [^]*\(\d+:\d+\)/,
    );
    await service.write('serverless.yml', yml);
    await service.says('serverless.yml is again as it was at the start');
  });

  it('leaves nothing in the service and no folder of before', async () => {
    expect((await readdir(service.directory)).sort()).toEqual([
      '.env',
      '.env.dev',
      '.serverless',
      'gate',
      'serverless.yml',
      'src',
    ]);
    const { pid = 0 } = service;
    const [root = ''] = (await readdir(tmpdir())).filter((name) =>
      name.startsWith(`lantern-functions-${pid}-`),
    );
    const folders = async (): Promise<string[]> => {
      const found = await readdir(join(tmpdir(), root), { recursive: true });
      return found.filter((path) => /bundled-dev-\w+(~\d+)?$/.test(path) && !path.includes('node_modules/'));
    };
    await until(async () => (await folders()).length === 4, 'one folder of each function');
  });
});

describe('a service whose folder the output of the command is written into', () => {
  const yml = `service: noted
plugins: [serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions:
  hello: { handler: hello.handler }
`;
  let run: Run;
  afterEach(async () => {
    run.child.kill('SIGINT');
    await run.exited;
  });

  it('is not renewed by it', async () => {
    const directory = join(project.directory, 'noted');
    await mkdir(directory);
    await writeFile(join(directory, 'serverless.yml'), yml);
    await writeFile(join(directory, 'hello.js'), handler("'hello'"));
    const port = await freePorts(20);
    const ports = ['--port', port, '--daemon-port', port + 5, '--otlp-port', port + 16].map(String);
    const into = ['sh', '-c', 'exec "$0" "$@" > output.txt 2>&1'];
    run = runServerless(['local', '--memory', ...ports], directory, {}, into);
    const output = () => readFile(join(directory, 'output.txt'), 'utf8').catch(() => '');
    await until(async () => (await output()).includes('Ctrl-C stops everything'), 'the start', 120_000);
    const renewals = async () => [...(await output()).matchAll(/Renewed: .*/g)].map(([line]) => line);
    for (const text of ['another', 'last']) {
      await writeFile(join(directory, 'hello.js'), handler(`'${text}'`));
      const path = `/2015-03-31/functions/noted-dev-hello/invocations`;
      const call = () => fetch(`http://127.0.0.1:${port + 2}${path}`, { method: 'POST', body: '{}' });
      await until(async () => (await (await call()).json()) === text, text);
    }
    expect(await renewals()).toEqual(['Renewed: hello (hello.js)', 'Renewed: hello (hello.js)']);
  });
});

describe('a service whose code is saved while it is packaged', () => {
  it('runs with what was saved, without a bundler', async () => {
    const service = new Edited('saved');
    await service.start({
      'serverless.yml': `service: saved
plugins: [serverless-lambda-lantern, ./saves.cjs]
provider: { name: aws, runtime: nodejs22.x }
functions:
  hello: { handler: hello.handler }
`,
      'saves.cjs': `const { writeFileSync } = require('node:fs');
module.exports = class {
  hooks = { 'after:package:finalize': () => writeFileSync('hello.js', "exports.handler = async () => 'saved';") };
};`,
      'hello.js': handler("'packaged'"),
    });
    await service.answers('hello', 'saved');
    await service.stop();
  });
});

describe('a service that is stopped while it is bundled', () => {
  it('says nothing of what comes of that', async () => {
    const service = new Edited('stopped');
    await service.start({
      'serverless.yml': `service: stopped
plugins: [serverless-esbuild, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
custom: { esbuild: { bundle: true, plugins: plugins.cjs } }
functions:
  hello: { handler: src/hello.handler }
`,
      'plugins.cjs': `const { existsSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
module.exports = [{ name: 'hold', setup: (build) => build.onLoad({ filter: /hello/ }, async () => {
  if (!existsSync('hold')) return undefined;
  require('node:fs').writeFileSync('held', '');
  while (existsSync('hold')) await sleep(10);
  return { errors: [{ text: 'cut off' }] };
}) }];`,
      'src/hello.js': "export const handler = async () => 'hello';\n",
    });
    await service.write('src/hello.js', "export const handler = async () => 'another';\n");
    await service.answers('hello', 'another');
    await service.write('hold', '');
    await service.write('src/hello.js', "export const handler = async () => 'last';\n");
    await until(() => existsSync(join(service.directory, 'held')), 'esbuild to be at work');
    const stopped = service.stop();
    await service.says('Stopping.');
    await rm(join(service.directory, 'hold'));
    await stopped;
    expect(service.output()).not.toContain('Does not compile');
  });
});

describe('a service without a bundler', () => {
  let service: Edited;
  beforeAll(async () => {
    service = new Edited('copied');
    await service.start({
      'serverless.yml': `service: copied
plugins: [serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
package: { patterns: ['!notes/**'] }
functions:
  hello: { handler: hello.handler }
  other: { handler: lib/other.handler }
  built: { handler: built.handler, package: { artifact: out/built.zip } }
`,
      'hello.js': `const { word } = require('./lib/word');\nexports.handler = async () => word;\n`,
      'lib/other.js': handler("'other'"),
      'lib/word.js': "exports.word = 'word';\n",
      'notes/todo.txt': 'nothing',
      'out/built.zip': zipSync({ 'built.js': strToU8(handler("'built'")) }),
    });
  });
  afterAll(() => service.stop());

  it('answers with new code, of a module that is shared too', async () => {
    await service.answers('hello', 'word');
    await service.write('lib/word.js', "exports.word = 'another';\n");
    await service.answers('hello', 'another');
    await service.write('lib/other.js', handler("'changed'"));
    await service.answers('other', 'changed');
  });

  it('says where code is broken, keeps what ran, and goes on when it is mended', async () => {
    await service.write('lib/word.js', "exports.word = 'fine';\nconst = 1;\n");
    await service.says(/Does not compile[^\n]*hello[^\n]*\n[^\n]*lib\/word\.js:2: SyntaxError: /);
    expect(await service.call('hello')).toBe('another');
    await service.write('lib/word.js', "exports.word = 'mended';\n");
    await service.answers('hello', 'mended');
  });

  it('takes in files that are made, and lets go of those that are removed', async () => {
    await service.write('lib/more.js', "exports.word = 'more';\n");
    await service.write('lib/word.js', "exports.word = require('./more').word;\n");
    await service.answers('hello', 'more');
    await rm(join(service.directory, 'lib/more.js'));
    await until(
      async () => JSON.stringify(await service.call('hello')).includes('Runtime.ImportModuleError'),
      'the module to be missing',
    );
  });

  it('unpacks a package that was built again', async () => {
    await service.answers('built', 'built');
    await service.write('out/built.zip', zipSync({ 'built.js': strToU8(handler("'built again'")) }));
    await service.answers('built', 'built again');
  });
});

describe('a service that another plugin bundles', () => {
  let service: Edited;
  beforeAll(async () => {
    service = new Edited('otherwise');
    await service.start({
      'serverless.yml': `service: otherwise
plugins: [./bundler.cjs, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions:
  hello: { handler: hello.handler }
  other: { handler: other.handler }
  image: { image: 111111111111.dkr.ecr.us-east-1.amazonaws.com/shop:latest }
`,
      // As bundlers do: it writes packages of its own before the framework would, and may fail. As serverless-bundle does, it
      // notes a setting for another plugin, and refuses one that serverless.yml has.
      'bundler.cjs': `const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { zipSync, strToU8 } = require('fflate');
module.exports = class Bundler {
  constructor(serverless) {
    const bundle = () => {
      const { service } = serverless;
      if (service.custom?.packer) throw new Error('custom.packer is for me alone');
      service.custom = { ...service.custom, packer: { folder: 'bundled' } };
      mkdirSync('bundled', { recursive: true });
      appendFileSync('bundled/runs.log', '.');
      for (const [key, fn] of Object.entries(serverless.service.functions)) {
        if (fn.image) continue;
        const source = readFileSync(key + '.source', 'utf8');
        if (source.includes('!')) throw new Error(key + '.source:1: no "!" here');
        const artifact = 'bundled/' + key + '.zip';
        writeFileSync(artifact, zipSync({ [key + '.js']: strToU8('exports.handler = async () => "' + source + '"') }));
        fn.package = { ...fn.package, artifact };
      }
    };
    this.hooks = { 'before:package:createDeploymentArtifacts': bundle };
  }
};`,
      'hello.js': '',
      'other.js': '',
      'hello.source': 'hello',
      'other.source': 'other',
    });
  });
  afterAll(() => service.stop());

  it('is packaged again by it, and only what came out otherwise is renewed', async () => {
    await service.answers('hello', 'hello');
    await service.write('hello.source', 'good evening');
    await service.answers('hello', 'good evening');
    expect(service.output()).toMatch(/Renewed: hello \(hello\.source\)/);
    expect(service.output()).not.toMatch(/Renewed: .*other/);
  });

  it('says what the plugin says of broken code, keeps what ran, and goes on when it is mended', async () => {
    await service.write('hello.source', 'good evening!');
    await service.says(
      /hello\.source cannot be packaged, and what ran before goes on:\n.*hello\.source:1: no "!" here/,
    );
    expect(await service.call('hello')).toBe('good evening');
    await service.write('hello.source', 'good night');
    await service.answers('hello', 'good night');
  });

  it('is not packaged again by what the plugin writes', async () => {
    const runs = async (): Promise<number> =>
      (await readFile(join(service.directory, 'bundled/runs.log'))).length;
    const before = await runs();
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      await service.write('hello.source', text);
      await service.answers('hello', text);
    }
    expect((await runs()) - before).toBeLessThanOrEqual(6);
  });
});

describe('a service whose bundles another plugin changes', () => {
  let service: Edited;
  beforeAll(async () => {
    service = new Edited('processed');
    await service.start({
      'serverless.yml': `service: processed
plugins: [serverless-esbuild, ./stamp.cjs, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
package: { individually: true }
custom: { esbuild: { bundle: true } }
functions:
  hello: { handler: src/hello.handler }
`,
      'stamp.cjs': `const { readFileSync, writeFileSync } = require('node:fs');
const { unzipSync, zipSync, strToU8, strFromU8 } = require('fflate');
module.exports = class Stamp {
  constructor(serverless) {
    const stamp = () => {
      const { artifact } = serverless.service.functions.hello.package;
      const files = unzipSync(readFileSync(artifact));
      files['src/hello.js'] = strToU8('globalThis.stamp = "stamped";' + strFromU8(files['src/hello.js']));
      writeFileSync(artifact, zipSync(files));
    };
    this.hooks = { 'after:package:createDeploymentArtifacts': stamp };
  }
};`,
      'src/hello.ts': 'export const handler = async () => [globalThis.stamp, 1];\n',
    });
  });
  afterAll(() => service.stop());

  it('is packaged again as a whole, so that nothing of theirs is lost', async () => {
    await service.answers('hello', ['stamped', 1]);
    for (const word of [2, 3]) {
      await service.write(
        'src/hello.ts',
        `export const handler = async () => [globalThis.stamp, ${word}];\n`,
      );
      await service.answers('hello', ['stamped', word]);
    }
    expect(await service.call('hello')).toEqual(['stamped', 3]);
  });
});
