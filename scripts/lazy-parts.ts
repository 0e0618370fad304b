import { readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { BuildOptions, Metafile, OutputFile, Plugin } from 'esbuild';
import { build } from 'esbuild';

/*
 * Every file that a function reads costs half a millisecond of its cold start, however small it is, and a bundler that splits
 * writes a file for each way in which modules are shared. So the package is published with few ways:
 *
 * - What every pipeline imports at once is one file, and with it all state (the scopes, the logger of the service).
 * - The parts that a function loads when it needs them (`src/lazy`, the X-Ray recorder) hold their code themselves. Otherwise what
 *   such a part shares with anything that `src/index.ts` names is put into the first file, used there or not: with `redact` all
 *   of redaction, with `logger` the Logger.
 * - What more than one of those parts needs that are mostly loaded together is one file, which is loaded with the first of them.
 */

/** Where the code begins that is loaded at once; and what `traced()` shares with what records. */
const AT_ONCE = ['middlewares/observability.js', 'telemetry/guarded-span.js', 'telemetry/own-frames.js'];
/** The file that it becomes. */
const PIPELINE = 'pipeline.js';
/** The parts that are mostly loaded together. */
const TOGETHER = ['lazy/recorder.js', 'lazy/log-lines.js', 'telemetry/xray/xray-tracer.js'];
/** The file that what several of them need becomes: redaction, and little else. */
const MASKING = 'lazy/masking.js';

/** Several files that are published as one. */
interface Joined {
  readonly path: string;
  /** What each of them exports. */
  readonly exports: ReadonlyMap<string, readonly string[]>;
}

/**
 * Bundles the parts, in their place, and joins what they share.
 *
 * @param source the compiled `src`.
 */
export async function bundleLazyParts(source: string): Promise<void> {
  const root = await realpath(source);
  const lazy = (await readdir(join(root, 'lazy'))).filter((name) => name.endsWith('.js'));
  const parts = new Set([...lazy.map((name) => `lazy/${name}`), ...TOGETHER]);
  const atOnce = await staticallyImported(root, AT_ONCE);
  const ofParts = await Promise.all(TOGETHER.map((part) => staticallyImported(root, [part])));
  const ofSeveral = ofParts
    .flatMap((files) => [...files])
    .filter((file) => !atOnce.has(file) && ofParts.filter((files) => files.has(file)).length > 1);
  const pipeline = await joined(root, PIPELINE, atOnce);
  const masking = await joined(root, MASKING, new Set(ofSeveral));

  // Nothing is replaced before everything is made: all is made of what the compiler wrote.
  const made = await Promise.all([
    bundle(root, PIPELINE, entryOf(root, pipeline), []),
    bundle(root, MASKING, entryOf(root, masking), [pipeline]),
    ...[...parts].map((part) =>
      bundle(
        root,
        part,
        { entryPoints: [join(root, part)] },
        // A part that is loaded without the others must not bring what they need.
        TOGETHER.includes(part) ? [pipeline, masking] : [pipeline],
      ),
    ),
  ]);
  const compiled = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.js'));
  for (const file of compiled) {
    if (atOnce.has(file))
      await writeFile(join(root, file), standIn(file, pipeline, pathFrom(file, PIPELINE)));
    else if (!parts.has(file)) await importFromJoined(root, file, pipeline);
  }
  for (const { path, contents } of made.flat()) await writeFile(path, contents);
}

async function joined(root: string, path: string, files: ReadonlySet<string>): Promise<Joined> {
  const { metafile } = await build({
    entryPoints: [...files].map((file) => join(root, file)),
    outdir: root,
    outbase: root,
    absWorkingDir: root,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const exports = Object.entries(metafile.outputs).map(([file, output]): [string, readonly string[]] => [
    file,
    output.exports,
  ]);
  return { path, exports: new Map(exports.sort(([one], [other]) => (one < other ? -1 : 1))) };
}

/** The name under which several files export what one of them calls `name`; others may have the same. */
function joinedName(name: string, file: string, { exports }: Joined): string {
  return `${name}_${[...exports.keys()].indexOf(file)}`;
}

function entryOf(root: string, all: Joined): BuildOptions {
  const lines = [...all.exports].map(([file, names]) => {
    const listed = names.map((name) => `${name} as ${joinedName(name, file, all)}`);
    return `export { ${listed.join(', ')} } from './${file}';`;
  });
  return { stdin: { contents: lines.join('\n'), resolveDir: root, sourcefile: all.path } };
}

/** What takes the place of a file that has been joined. */
function standIn(file: string, all: Joined, from: string): string {
  const names = all.exports.get(file) ?? [];
  const listed = names.map((name) => `${joinedName(name, file, all)} as ${name}`);
  return `export { ${listed.join(', ')} } from '${from}';\n`;
}

/** Bundles code into one file, which imports what has been joined, and leaves what is loaded by itself where it is. */
async function bundle(
  root: string,
  path: string,
  code: BuildOptions,
  shared: readonly Joined[],
): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    ...code,
    outfile: join(root, path),
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Packages that are loaded at once are the user's as well; parts hold theirs.
    ...(path === PIPELINE && { packages: 'external' }),
    nodePaths: [join(import.meta.dirname, '../node_modules')],
    write: false,
    plugins: [importJoined(root, path, shared)],
    logLevel: 'warning',
  });
  return outputFiles;
}

function importJoined(root: string, path: string, shared: readonly Joined[]): Plugin {
  return {
    name: 'import-joined',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.{1,2}\// }, (imported) => {
        const file = relative(root, join(imported.resolveDir, imported.path));
        if (file.startsWith('..')) return undefined;
        if (imported.kind === 'dynamic-import') return { path: pathFrom(path, file), external: true };
        return shared.some(({ exports }) => exports.has(file))
          ? { path: file, namespace: 'joined' }
          : undefined;
      });
      bundler.onLoad({ filter: /^/, namespace: 'joined' }, ({ path: file }) => {
        const all = shared.find(({ exports }) => exports.has(file));
        return all && { contents: standIn(file, all, `joined:${pathFrom(path, all.path)}`) };
      });
      bundler.onResolve({ filter: /^joined:/ }, (imported) => ({
        path: imported.path.slice('joined:'.length),
        external: true,
      }));
    },
  };
}

function pathFrom(file: string, other: string): string {
  const path = relative(dirname(file), other);
  return path.startsWith('.') ? path : `./${path}`;
}

/** `import { one, other as another } from '…'`, and `export`. */
const NAMED = /\b(import|export)\s*\{([^{}]*)\}\s*from\s*(["'])(\.[^"']+)\3/g;

/** Lets a file import what has been joined without the file that stands in between, which would be read too. */
async function importFromJoined(root: string, file: string, all: Joined): Promise<void> {
  const text = await readFile(join(root, file), 'utf8');
  const changed = text.replaceAll(NAMED, (statement, kind: string, names: string, _quote, from: string) => {
    const imported = join(dirname(file), from);
    if (!all.exports.has(imported)) return statement;
    const listed = names.split(',').flatMap((each) => {
      const [, name, alias = name] = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(each) ?? [];
      return name === undefined ? [] : [`${joinedName(name, imported, all)} as ${alias}`];
    });
    return `${kind} { ${listed.join(', ')} } from '${pathFrom(file, all.path)}'`;
  });
  if (changed !== text) await writeFile(join(root, file), changed);
}

/** The files of ours that some files import statically, at any distance; relative to `root`. */
async function staticallyImported(root: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    entryPoints: files.map((file) => join(root, file)),
    outdir: root,
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const found = new Set<string>();
  const visit = (path: string, { inputs }: Metafile): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { kind, path: imported, external } of inputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(imported, { inputs } as Metafile);
    }
  };
  for (const file of files) visit(file, metafile);
  return found;
}
