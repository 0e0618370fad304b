import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { build } from 'esbuild';

/*
 * Every file that a function reads costs half a millisecond of its cold start, however small it is, and a bundler that splits
 * writes a file for each way in which modules are shared. So the package is published with few ways:
 *
 * - What every pipeline imports at once is one file, and with it all state (the scopes, the logger of the service).
 * - The parts that a function loads when it needs them (`src/lazy`, the recorders) hold their code themselves. Otherwise what
 *   such a part shares with anything that `src/index.ts` names is put into the first file, used there or not: with `redact` all
 *   of redaction, with `logger` the Logger.
 * - A part imports nothing of the pipeline either, or bundlers would put the pipeline into a file of its own, beside the
 *   entry. What it needs of it is handed to it by whoever loads it: a part is a function of that, which is called once for each copy
 *   of the pipeline, so that two copies in a process never meet.
 * - What more than one of those parts needs that are mostly loaded together is one file, which is loaded with the first of them.
 *   It holds no state, and so a copy of what it needs of the pipeline.
 * - A part that is mostly loaded with another, or is small beside what it needs, stands in the same file.
 */

/** Where the code begins that is loaded at once; and what `traced()` shares with what records. */
const AT_ONCE = ['middlewares/observability.js', 'telemetry/guarded-span.js', 'telemetry/own-frames.js'];
/** The file that it becomes. */
const PIPELINE = 'pipeline.js';
/** The parts that are mostly loaded together. */
const TOGETHER = ['lazy/recorder.js', 'lazy/log-lines.js', 'telemetry/xray/xray-tracer.js'];
/** Loaded beside one of them, where the service has chosen it. */
const CHOSEN = ['telemetry/opentelemetry/of-process.js'];
/** The file that what several of them need becomes: redaction, and little else. */
const MASKING = 'lazy/masking.js';
/** Parts that stand in the file of another one, or of what they need. */
const PUBLISHED_IN: Readonly<Record<string, string>> = {
  'telemetry/xray/xray-tracer.js': 'lazy/recorder.js',
  'lazy/log-lines.js': MASKING,
};
/** What has no state, so that it may be there twice. */
const STATELESS = /^(?:redaction|check-options[.]js$)/;

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
  const withMasking = [...TOGETHER, ...CHOSEN];
  const parts = [...new Set([...lazy.map((name) => `lazy/${name}`), ...withMasking])];
  const atOnce = await staticallyImported(root, AT_ONCE);
  const ofParts = await Promise.all(TOGETHER.map((part) => staticallyImported(root, [part])));
  const ofSeveral = ofParts
    .flatMap((files) => [...files])
    .filter((file) => !atOnce.has(file) && ofParts.filter((files) => files.has(file)).length > 1);
  await expectStateless(root, atOnce, await staticallyImported(root, ofSeveral));
  const pipeline = await joined(root, PIPELINE, atOnce);
  const masking = await joined(root, MASKING, new Set(ofSeveral));

  // Nothing is replaced before everything is made: all is made of what the compiler wrote.
  const [ofPipeline, ...ofEach] = await Promise.all([
    bundle(root, PIPELINE, entryOf(root, pipeline), []),
    ...parts.map((part) =>
      bundle(
        root,
        fileOf(part),
        { entryPoints: [join(root, part)] },
        // A part that is loaded without the others must not bring what they need.
        withMasking.includes(part) ? [pipeline, masking] : [pipeline],
      ),
    ),
  ]);
  const connectable = new Map(
    parts.map((part, at) => [part, connectablePart(part, parts, ofEach[at] ?? '')]),
  );
  const needed = new Set([...connectable.values()].flatMap(({ ofMasking }) => ofMasking));
  const ofMasking = await bundle(root, MASKING, entryOf(root, masking, needed), []);
  const compiled = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.js'));
  for (const file of compiled) {
    if (atOnce.has(file))
      await writeFile(join(root, file), standIn(file, pipeline, pathFrom(file, PIPELINE)));
    else if (!connectable.has(file)) await importFromJoined(root, file, pipeline, parts);
  }
  await writeFile(join(root, PIPELINE), withLoaders(ofPipeline, connectable));
  const files = Map.groupBy([...connectable], ([part]) => fileOf(part));
  for (const [file, published] of files) {
    for (const [part] of published) await rm(join(root, part));
    const texts = published.map(([, { text }]) => text);
    await writeFile(join(root, file), await together(file === MASKING ? [ofMasking, ...texts] : texts));
  }
}

/** The file that a part is published in. */
function fileOf(part: string): string {
  return PUBLISHED_IN[part] ?? part;
}

/** Several texts as one file. */
async function together(texts: readonly string[]): Promise<string> {
  const [only, ...others] = texts;
  if (only !== undefined && others.length === 0) return only;
  const { outputFiles } = await build({
    stdin: { contents: texts.map((_, at) => `export * from 'text:${at}';`).join('\n') },
    bundle: true,
    format: 'esm',
    target: 'node22',
    write: false,
    plugins: [
      {
        name: 'texts',
        setup(bundler) {
          bundler.onResolve({ filter: /^/ }, ({ path }) =>
            path.startsWith('text:')
              ? { path: path.slice('text:'.length), namespace: 'text' }
              : { path, external: true },
          );
          bundler.onLoad({ filter: /^/, namespace: 'text' }, ({ path }) => ({
            contents: texts[Number(path)] ?? '',
          }));
        },
      },
    ],
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** A part that is a function of what it needs of the pipeline, and what that is, by the names under which the pipeline exports it. */
interface ConnectablePart {
  readonly text: string;
  readonly handed: readonly string[];
  /** What it needs of the file that several parts need, which is handed to it as a whole. */
  readonly ofMasking: readonly string[];
}

/** `import { one, other as another } from '…'` of a bundle, and the `export` at its end. */
const IMPORTED = /^import \{([^{}]*)\} from "([^"]+)";\n/gm;
const EXPORTED = /^export \{([^{}]*)\};\n/m;

/** What loads a part, and connects it with the pipeline; the pipeline exports it. */
function loaderOf(part: string): string {
  return `load_${nameOf(part)}`;
}

/** What its file exports a part as. */
function connectorOf(part: string): string {
  return `connect_${nameOf(part)}`;
}

function nameOf(part: string): string {
  return basename(part, '.js').replaceAll(/\W/g, '_');
}

/** Makes a bundled part a function of what it imports of the pipeline and of what several need. What it imports otherwise stays. */
function connectablePart(part: string, parts: readonly string[], bundled: string): ConnectablePart {
  const names = new Map([PIPELINE, MASKING].map((path) => [path, new Set<string>()]));
  const stays: string[] = [];
  const file = fileOf(part);
  const { text, loaders } = withLoadersFor(file, parts, bundled);
  const code = text.replaceAll(IMPORTED, (statement, listed: string, from: string) => {
    const known = names.get(join(dirname(file), from));
    if (known === undefined) stays.push(statement);
    else for (const { name } of listedNames(listed)) known.add(name);
    return '';
  });
  const exported = EXPORTED.exec(code);
  if (exported?.[1] === undefined || /^(?:import|export)\b/m.test(code.replace(EXPORTED, ''))) {
    throw new Error(
      `Expected ${part} to be bundled with named imports only and one list of exports:\n${code}`,
    );
  }
  const results = listedNames(exported[1]).map(({ name, alias }) =>
    name === alias ? name : `${alias}: ${name}`,
  );
  // A name that a joined file exports beside others may not be needed.
  const [ofPipeline = [], ofMasking = []] = [...names.values()].map((all) =>
    [...all].filter((name) => new RegExp(`\\b${name}\\b`).test(code)),
  );
  const handed = [...ofPipeline, ...loaders];
  const parameters = ofMasking.length === 0 ? handed : [`{ ${ofMasking.join(', ')} }`, ...handed];
  return {
    handed,
    ofMasking,
    // In parentheses, since engines compile such a function at once, and others a second time when they are called.
    text: `${stays.join('')}export const ${connectorOf(part)} = (function (${parameters.join(', ')}) {
${code.replace(EXPORTED, '')}return { ${results.join(', ')} };
});
`,
  };
}

/** Lets a file load parts by what connects them. */
function withLoadersFor(
  file: string,
  parts: readonly string[],
  text: string,
): { readonly text: string; readonly loaders: readonly string[] } {
  const loaders = new Set<string>();
  const changed = text.replaceAll(/\bimport\((["'])(\.[^"']+)\1\)/g, (loads, _quote, from: string) => {
    const part = join(dirname(file), from);
    if (!parts.includes(part)) return loads;
    loaders.add(loaderOf(part));
    return `${loaderOf(part)}()`;
  });
  return { text: changed, loaders: [...loaders] };
}

/** Adds to the pipeline what loads its parts, each once, and hands them what they need. */
function withLoaders(bundled: string, parts: ReadonlyMap<string, ConnectablePart>): string {
  const exported = EXPORTED.exec(bundled)?.[1] ?? '';
  const locals = new Map(listedNames(exported).map(({ name, alias }) => [alias, name]));
  const loaders = [...parts.keys()].map(loaderOf);
  for (const loader of loaders) locals.set(loader, loader);
  const made = [...parts].map(([part, { handed, ofMasking }]) => {
    const given = handed.map((name) => {
      const local = locals.get(name);
      if (local === undefined) throw new Error(`${part} needs ${name}, which ${PIPELINE} does not export`);
      return local;
    });
    const loader = loaderOf(part);
    const connect = (...all: readonly string[]): string => `part.${connectorOf(part)}(${all.join(', ')})`;
    const loads = `import("./${fileOf(part)}")`;
    const connected =
      ofMasking.length === 0
        ? `${loads}.then((part) => ${connect(...given)})`
        : fileOf(part) === MASKING
          ? `${loads}.then((part) => ${connect('part', ...given)})`
          : `with_masking(${loads}).then(([part, masking]) => ${connect('masking', ...given)})`;
    return `var ${loader}_part;
function ${loader}() {
  return ${loader}_part ??= ${connected};
}
`;
  });
  const { text } = withLoadersFor(PIPELINE, [...parts.keys()], bundled);
  return `${text}
// What loads the parts.
function with_masking(part) {
  return Promise.all([part, import("./${MASKING}")]);
}
${made.join('')}export { ${loaders.join(', ')} };
`;
}

/** The names of a list of imports or exports: `name as alias`. */
function listedNames(listed: string): ReadonlyArray<{ readonly name: string; readonly alias: string }> {
  return listed.split(',').flatMap((each) => {
    const [, name, alias = name] = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(each) ?? [];
    return name === undefined || alias === undefined ? [] : [{ name, alias }];
  });
}

/**
 * Handed over are values, not bindings, and copied is what has no state.
 *
 * @throws Error where that would change what the code does.
 */
async function expectStateless(
  root: string,
  atOnce: ReadonlySet<string>,
  ofMasking: ReadonlySet<string>,
): Promise<void> {
  for (const file of atOnce) {
    if (/^export (?:let|var)\b/m.test(await readFile(join(root, file), 'utf8'))) {
      throw new Error(
        `Expected ${file} to export nothing that changes: parts are handed what it is when they are loaded`,
      );
    }
    if (ofMasking.has(file) && !STATELESS.test(file)) {
      throw new Error(`Expected ${MASKING} to need only what has no state; it needs ${file}`);
    }
  }
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

/** @param needed the names that are exported; by default all. */
function entryOf(root: string, all: Joined, needed?: ReadonlySet<string>): BuildOptions {
  const lines = [...all.exports].map(([file, names]) => {
    const listed = names
      .map((name) => ({ name, as: joinedName(name, file, all) }))
      .filter(({ as }) => needed?.has(as) !== false)
      .map(({ name, as }) => `${name} as ${as}`);
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
): Promise<string> {
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
    // The service's own, which its spans and instrumentations share.
    external: ['@opentelemetry/api'],
    nodePaths: [join(import.meta.dirname, '../node_modules')],
    write: false,
    plugins: [importJoined(root, path, shared)],
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
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
async function importFromJoined(
  root: string,
  file: string,
  all: Joined,
  parts: readonly string[],
): Promise<void> {
  const text = await readFile(join(root, file), 'utf8');
  const named = text.replaceAll(NAMED, (statement, kind: string, names: string, _quote, from: string) => {
    const imported = join(dirname(file), from);
    if (!all.exports.has(imported)) return statement;
    const listed = listedNames(names).map(
      ({ name, alias }) => `${joinedName(name, imported, all)} as ${alias}`,
    );
    return `${kind} { ${listed.join(', ')} } from '${pathFrom(file, all.path)}'`;
  });
  const { text: changed, loaders } = withLoadersFor(file, parts, named);
  const loading =
    loaders.length === 0 ? '' : `import { ${loaders.join(', ')} } from '${pathFrom(file, all.path)}';\n`;
  if (changed !== text) await writeFile(join(root, file), loading + changed);
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
