import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { compilePackage } from './compile-package.ts';
import type { Installed } from './installed.ts';
import { installedIn } from './installed.ts';

/*
 * What `observability()` adds to a function while tracing is off: the bundle of a handler with it, against that of the same
 * handler with Powertools' Logger alone, as esbuild makes them. Counted is what is read before the handler can run (the
 * entry and what it imports statically), and what one invocation reads beside it. With `--modules`, what is in the entry.
 *
 * And what `npm install lambda-lantern @middy/core` brings, which needs a package registry.
 */

/** Most that the entry may have, as a multiple of the other's. */
const LIMIT = 1.15;
/** esbuild and Powertools change by a few bytes. */
const TOLERANCE = 0.01;
/** Most that an installation may bring. */
const MAX_PACKAGES = 30;
const MAX_MEGABYTES = 15;

function handler(imports: string, middleware: string, work = ''): string {
  return `
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
${imports}
export const handler = middy()
  .use(${middleware})
  .use(httpJsonBodyParser())
  .handler(async () => { ${work} return { statusCode: 200, body: '{}' }; });
`;
}

const HANDLERS = {
  powertools: handler(
    `import { Logger } from '@aws-lambda-powertools/logger';
     import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
     const logger = new Logger();`,
    'injectLambdaContext(logger)',
  ),
  lantern: handler(`import { observability } from 'lambda-lantern';`, 'observability()'),
  /** For comparison; what masks lines is loaded with the first one. */
  'lantern, logging': handler(
    `import { logger, observability } from 'lambda-lantern';`,
    'observability()',
    `logger.info('handled');`,
  ),
} as const;

/** One invocation as API Gateway makes it, in a process that tells which files of the bundle it has read. */
const INVOKE = `
import { registerHooks } from 'node:module';
const read = [];
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) read.push(url); return next(url, context); } });
const { handler } = await import(process.argv[2]);
const event = {
  httpMethod: 'POST', path: '/orders', resource: '/orders', body: '{"id":"o-1"}', isBase64Encoded: false,
  headers: { 'content-type': 'application/json', 'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793' },
  requestContext: { requestId: 'r-1', stage: 'dev' },
};
const context = { functionName: 'size', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 };
const { statusCode } = await handler(event, context);
if (statusCode !== 200) throw new Error('The handler answered with ' + statusCode);
console.log(JSON.stringify(read));
`;

interface Bundle {
  /** Bytes of the entry with what it imports statically, and the names of these files. */
  readonly entry: number;
  readonly files: ReadonlySet<string>;
  /** Bytes of each module in them. */
  readonly modules: ReadonlyMap<string, number>;
  /** Files that one invocation reads besides. */
  readonly loaded: readonly string[];
}

/** What esbuild calls the output of what it is given as a text. */
const ENTRY = 'stdin.mjs';

const folder = await mkdtemp(join(tmpdir(), 'lantern-size-'));

async function bundle(name: string, contents: string): Promise<Bundle> {
  const outdir = join(folder, name);
  const { metafile } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: `${name}.js`, loader: 'js' },
    outdir,
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    metafile: true,
    outExtension: { '.js': '.mjs' },
  });
  const entry = entryOf(metafile);
  const files = new Set(entry.map(([path]) => basename(path)));
  const modules = new Map<string, number>();
  for (const [, { inputs }] of entry) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      modules.set(path, (modules.get(path) ?? 0) + bytesInOutput);
    }
  }
  return {
    entry: entry.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    files,
    modules,
    loaded: invoke(join(outdir, ENTRY), files),
  };
}

type Output = Metafile['outputs'][string];

/** Installs the package of the folder as a user does. */
async function install(): Promise<Installed> {
  const user = join(folder, 'user');
  await mkdir(user);
  const npm = (...args: readonly string[]): string =>
    execFileSync('npm', args, { cwd: user, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  await writeFile(join(user, 'package.json'), JSON.stringify({ name: 'user', private: true }));
  const tarball = npm('pack', folder, '--ignore-scripts').trim();
  npm('install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`, '@middy/core');
  return installedIn(user);
}

/** The outputs that are read before a handler can run. */
function entryOf({ outputs }: Metafile): Array<[path: string, output: Output]> {
  const found = new Map<string, Output>();
  const visit = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || found.has(path)) return;
    found.set(path, output);
    for (const { kind, path: imported } of output.imports) if (kind === 'import-statement') visit(imported);
  };
  // What is loaded later has an entry of its own.
  const start = Object.keys(outputs).find((path) => basename(path) === ENTRY);
  if (start === undefined) throw new Error('esbuild wrote no entry');
  visit(start);
  return [...found];
}

function invoke(file: string, entry: ReadonlySet<string>): string[] {
  const environment = { PATH: process.env.PATH, POWERTOOLS_SERVICE_NAME: 'size' };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'invoke.mjs'), pathToFileURL(file).href],
    { env: environment, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The bundle ${file} does not run:\n${stderr}`);
  const read = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[];
  return read.map((url) => basename(url)).filter((name) => !entry.has(name));
}

/** Of every module that the other bundle has not in the same size. */
function printModules(other: Bundle, ours: Bundle): void {
  const rows = [...ours.modules].map(
    ([path, bytes]) => [path, bytes - (other.modules.get(path) ?? 0)] as const,
  );
  const further = [...other.modules]
    .filter(([path]) => !ours.modules.has(path))
    .map(([path, bytes]) => [path, -bytes] as const);
  for (const [path, bytes] of [...rows, ...further]
    .filter(([, difference]) => difference !== 0)
    .sort((a, b) => b[1] - a[1])) {
    console.log(`${String(bytes).padStart(7)}  ${path}`);
  }
}

try {
  await writeFile(join(folder, 'invoke.mjs'), INVOKE);
  await compilePackage(folder);
  const [powertools, lantern, logging] = await Promise.all([
    bundle('powertools', HANDLERS.powertools),
    bundle('lantern', HANDLERS.lantern),
    bundle('logging', HANDLERS['lantern, logging']),
  ]);
  const ratio = lantern.entry / powertools.entry;
  for (const [name, { entry, loaded }] of Object.entries({
    powertools,
    lantern,
    'lantern, logging': logging,
  })) {
    console.log(
      `${name.padEnd(16)} ${String(entry).padStart(7)} bytes; one invocation loads ${loaded.length === 0 ? 'nothing else' : loaded.join(', ')}`,
    );
  }
  console.log(`${'ratio'.padEnd(16)} ${ratio.toFixed(3)}, at most ${LIMIT} (and ${TOLERANCE} for chance)`);
  if (process.argv.includes('--modules')) printModules(powertools, lantern);
  const { packages, megabytes, withInstallScript } = await install();
  console.log(
    `installed        ${packages.length} packages, at most ${MAX_PACKAGES}; ${megabytes.toFixed(1)} MB, at most ${MAX_MEGABYTES}; install scripts: ${withInstallScript.join(', ') || 'none'}`,
  );
  const isHeavy = packages.length > MAX_PACKAGES || megabytes > MAX_MEGABYTES || withInstallScript.length > 0;
  if (ratio > LIMIT + TOLERANCE || lantern.loaded.length > 0 || isHeavy) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
