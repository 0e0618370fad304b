/**
 * Renews functions when their code changes: what serverless-esbuild bundles is bundled again, what is packaged as it lies in
 * the service is copied, and everything else is packaged again by the framework. Code that does not compile is told, and
 * what ran before goes on.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FileChanges, LayersOfFunction, UnpackedFunctions } from 'lambda-lantern-local';
import { messageOf } from 'lambda-lantern-local/template';
import type { Serverless } from '../../serverless.ts';
import type { FoundLayer } from '../find-layers.ts';
import type { Packager } from '../package-what-can-run.ts';
import { isBundled, packagesOf } from '../package-what-can-run.ts';
import type { Bundle, Entry } from './esbuild-entries.ts';
import { digestOf, EsbuildEntries } from './esbuild-entries.ts';
import { RestartNotices } from './restart.ts';
import type { FileWatch } from './watch-files.ts';
import { isFolder, isPassedOver, SETTLED_MS, watchFiles } from './watch-files.ts';

export interface ReloadOptions {
  readonly serverless: Serverless;
  /** Those that run. */
  readonly functions: readonly {
    readonly key: string;
    readonly name: string;
    readonly codeDirectory: string;
  }[];
  /** Of each function by deployed name: the archive that it was unpacked from. */
  readonly packages: ReadonlyMap<string, string>;
  /** Epoch milliseconds before the sources were read. */
  readonly packagedAt: number;
  readonly packager: Packager;
  /** Those of each function that are on this machine, by deployed name. */
  readonly layers: ReadonlyMap<string, readonly FoundLayer[]>;
  /** What was unpacked of them, by deployed name. */
  readonly around: ReadonlyMap<string, LayersOfFunction>;
  readonly unpacked: UnpackedFunctions;
  /** Has functions run from other folders, by deployed name; resolves when nothing runs from those of before. */
  readonly updateCode: (codeDirectories: ReadonlyMap<string, string>) => Promise<void>;
  readonly notice: (text: string) => void;
}

/** What is to be different in the folder of each function, by deployed name. */
type Revisions = Map<string, FileChanges>;

/** What layers of functions are made of. */
interface LayerSource {
  /** A folder or an archive, links resolved. */
  readonly path: string;
  /** Of one that the framework packs: its key in serverless.yml. */
  readonly key: string | undefined;
  /** Deployed names of the functions that have it. */
  readonly functions: readonly string[];
}

/** An entry, and what came of it last. */
interface KnownEntry {
  readonly entry: Entry;
  /** Deployed names of its functions. */
  readonly functions: readonly string[];
  /** What its functions run; undefined until it was bundled here for the first time. */
  bundle?: RunningBundle;
  /** Of its last bundling; empty when that succeeded. */
  errors: readonly string[];
}

interface RunningBundle {
  readonly inputs: ReadonlySet<string>;
  /** Of each file of the package that it makes. */
  readonly digests: ReadonlyMap<string, string>;
}

/** Entries that are bundled at once: esbuild uses all cores by itself. */
const AT_ONCE = 4;

/** Changed files that one line names. */
const MOST_NAMED = 3;

/** What Node can check before it runs. */
const CHECKED = /\.[cm]?js$/;

const execute = promisify(execFile);

export class Reload {
  readonly #options: ReloadOptions;
  readonly #root: string;
  readonly #restart: RestartNotices;
  readonly #esbuild: EsbuildEntries | undefined;
  readonly #entries: readonly KnownEntry[];
  /** Functions whose packages esbuild alone does not make, by deployed name. */
  readonly #others: Set<string>;
  /** Where each function runs from now, by deployed name. */
  readonly #folders: Map<string, string>;
  readonly #watch: FileWatch;
  readonly #layers: readonly LayerSource[];
  /** Entries of them of which only the next packaging tells whether esbuild alone makes them. */
  readonly #unsure = new Set<KnownEntry>();
  /** What a bundler has written into the service while it packaged. */
  readonly #written = new Set<string>();
  /** What has been written since the bundler began; undefined while none is at work. */
  #meanwhile: Set<string> | undefined;
  /** One change after the other. */
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(options: ReloadOptions, restart: RestartNotices) {
    const { serverless, functions } = options;
    this.#options = options;
    this.#restart = restart;
    this.#root = realpathSync(serverless.serviceDir);
    this.#esbuild = EsbuildEntries.of(serverless);
    const names = new Map(functions.map(({ key, name }) => [key, name]));
    this.#entries = (this.#esbuild?.entries ?? [])
      .map((entry) => ({
        entry,
        functions: entry.functions.flatMap((key) => names.get(key) ?? []),
        errors: [],
      }))
      .filter((known) => known.functions.length > 0);
    const bundled = new Set(this.#entries.flatMap((each) => each.functions));
    this.#folders = new Map(functions.map(({ name, codeDirectory }) => [name, codeDirectory]));
    this.#others = new Set([...this.#folders.keys()].filter((name) => !bundled.has(name)));
    this.#watch = watchFiles({
      directory: this.#root,
      onChange: (paths) => this.#onFiles(paths),
      onRestless: (path) =>
        this.#say(
          `${this.#shown(new Set([path]))} is written all the time, so that its changes renew nothing any more. If functions do not ` +
            'read it, keep it out of their packages by package.patterns; output of this program may go into a file whose name ends with .log.',
        ),
      onProblem: (error) =>
        this.#say(`Not every folder can be watched: changes there need a new start. ${error.message}`),
    });
    this.#layers = layerSources(options, new Set(this.#folders.keys()));
    for (const { path } of this.#layers) {
      if (isFolder(path)) this.#watch.includeWhole(path);
      else this.#watch.include(path);
    }
    // Of bundles it is known which files they hold, and other bundlers write beside the sources.
    if (!isBundled(serverless)) this.#catchUp(options.packagedAt);
    this.#learn();
  }

  /** What was saved while the service was packaged and started, nobody has told. */
  #catchUp(packagedAt: number): void {
    const edited = newerThan(packagedAt, this.#watch.files);
    if (edited.length > 0) this.#onFiles(new Set(edited));
  }

  /** Watches until it is stopped. Never throws: what cannot be renewed is told. */
  static async start(options: ReloadOptions): Promise<Reload> {
    return new Reload(options, await RestartNotices.of(options.serverless));
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await this.#work;
    await this.#esbuild?.stop();
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#stopped) return;
      try {
        await task();
      } catch (error) {
        this.#say(`A change could not be taken over, and what ran before goes on: ${messageOf(error)}`);
      }
    });
  }

  /** Bundles every entry once, one by one and between the changes, to know which files each is made of. */
  #learn(): void {
    const next = this.#entries.find((each) => !isKnown(each));
    if (next === undefined) return;
    this.#enqueue(async () => {
      if (!isKnown(next)) await this.#bundleAgain([next], new Set());
      const edited = [...this.#unsure].flatMap(
        ({ bundle }) => bundle && newerThan(this.#options.packagedAt, bundle.inputs),
      );
      if (this.#unsure.size > 0)
        await this.#packageAgain(new Set(edited.filter((path) => path !== undefined)));
      this.#learn();
    });
  }

  /** A bundler that writes beside the sources must not be called by what it writes. */
  #onFiles(paths: ReadonlySet<string>): void {
    if (this.#meanwhile !== undefined) {
      for (const path of paths) this.#meanwhile.add(path);
      return;
    }
    for (const path of paths) this.#written.delete(path);
    this.#enqueue(() => this.#onChange(paths));
  }

  async #onChange(paths: ReadonlySet<string>): Promise<void> {
    const code = new Set<string>();
    for (const path of paths) {
      if (!this.#restart.concerns(path)) code.add(path);
      else this.#say(await this.#restart.noticeOf(path));
    }
    const touchedLayers = this.#layers.filter(({ path }) => [...code].some((each) => isIn(path, each)));
    await this.#renewLayers(touchedLayers, code);
    for (const path of code) if (this.#isOfLayersOnly(path)) code.delete(path);
    if (code.size === 0) return;
    const touched = this.#entries.filter((each) => isTouched(each, this.#entries, code));
    await this.#bundleAgain(touched, code);
    await this.#packageAgain(code);
  }

  /** Whether a file is in a layer, and in nothing else that runs. */
  #isOfLayersOnly(path: string): boolean {
    const within = relative(this.#root, path);
    return (
      this.#layers.some((layer) => isIn(layer.path, path)) &&
      !this.#entries.some(({ bundle }) => bundle?.inputs.has(path)) &&
      ![...this.#options.packages.values()].some((archive) => resolve(archive) === path) &&
      ![...this.#folders.values()].some((folder) => existsSync(join(folder, within)))
    );
  }

  /** Has the functions of layers run with what those hold now. */
  async #renewLayers(touched: readonly LayerSource[], changed: ReadonlySet<string>): Promise<void> {
    const { packager, around, unpacked } = this.#options;
    if (touched.length === 0) return;
    const paths = new Set([...changed].filter((path) => touched.some((layer) => isIn(layer.path, path))));
    const names = [...new Set(touched.flatMap(({ functions }) => functions))];
    try {
      for (const { key } of touched) if (key !== undefined) await packager.layer(key);
      const outdated = new Map(
        names.flatMap((name) => {
          const own = around.get(name);
          return own === undefined ? [] : [[this.#folders.get(name) ?? '', own] as const];
        }),
      );
      const sound = new Map<string, string>();
      const broken = new Map<string, string[]>();
      for (const [before, { folder, layers: opt }] of await unpacked.renewLayers(outdated)) {
        const errors = await syntaxErrors(opt, editedFilesIn(opt, touched, paths));
        if (errors.length === 0) {
          sound.set(before, folder);
          continue;
        }
        await unpacked.discard(folder);
        const text = errors.map((line) => `/opt/${line}`).join('\n');
        const concerned = names.filter((name) => this.#folders.get(name) === before);
        broken.set(text, [...(broken.get(text) ?? []), ...concerned]);
      }
      for (const [text, concerned] of broken) this.#tellBroken(concerned, text.split('\n'));
      this.#runFrom(sound, paths, names);
    } catch (error) {
      this.#say(
        `${this.#shown(paths)}: what ran before goes on, with the layers of before: ${messageOf(error)}`,
      );
    }
  }

  /** @param changed what is said to have changed; empty for nothing in particular */
  async #bundleAgain(entries: readonly KnownEntry[], changed: ReadonlySet<string>): Promise<void> {
    const revisions: Revisions = new Map();
    const waiting = [...entries];
    const bundleNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await this.#bundle(next, revisions);
    };
    const before = new Map(entries.map((each) => [each, each.errors.join('\n')]));
    await Promise.all(Array.from({ length: AT_ONCE }, bundleNext));
    this.#tellErrors(entries.filter((each) => each.errors.join('\n') !== before.get(each)));
    await this.#apply(revisions, changed);
  }

  async #bundle(known: KnownEntry, revisions: Revisions): Promise<void> {
    const result = await this.#esbuild?.bundle(known.entry);
    if (result === undefined) return;
    if ('errors' in result) {
      known.errors = result.errors;
      return;
    }
    const { bundle } = result;
    const isFirst = known.bundle === undefined;
    known.errors = [];
    for (const input of bundle.inputs) if (!input.startsWith(this.#root + sep)) this.#include(input);
    const before = new Map<string, FileChanges>();
    for (const name of known.functions) before.set(name, await this.#differencesOf(name, known, bundle));
    const digests = new Map(Array.from(bundle.outputs, ([path, { digest }]) => [path, digest]));
    known.bundle = { inputs: bundle.inputs, digests };
    const differ = [...before].filter(([, changes]) => changes.size > 0);
    if (isFirst && differ.length > 0) {
      // Another plugin has had its hands on the package, or somebody on the sources: the framework knows.
      for (const name of known.functions) this.#others.add(name);
      if (newerThan(this.#options.packagedAt, bundle.inputs).length > 0) this.#unsure.add(known);
      return;
    }
    for (const [name, changes] of differ)
      if (!this.#others.has(name)) revisions.set(name, new Map([...(revisions.get(name) ?? []), ...changes]));
  }

  async #differencesOf(name: string, known: KnownEntry, { outputs }: Bundle): Promise<FileChanges> {
    const folder = this.#folders.get(name) ?? '';
    const changes = new Map<string, Uint8Array | undefined>();
    for (const [path, { contents, digest }] of outputs) {
      const running = known.bundle?.digests.get(path) ?? (await digestIn(folder, path));
      if (running !== digest) changes.set(path, contents);
    }
    const others = this.#entries.filter((each) => each !== known);
    for (const path of known.bundle?.digests.keys() ?? []) {
      const isNeeded = outputs.has(path) || others.some(({ bundle }) => bundle?.digests.has(path));
      if (!isNeeded) changes.set(path, undefined);
    }
    return changes;
  }

  #include(input: string): void {
    if (!input.split(sep).some(isPassedOver) && existsSync(input)) this.#watch.include(input);
  }

  /** What esbuild does not bundle, as far as these files can have to do with it. */
  async #packageAgain(changed: ReadonlySet<string>): Promise<void> {
    const { serverless, packages, unpacked } = this.#options;
    const revisions: Revisions = new Map();
    const rest = new Set(changed);
    for (const [name, archive] of packages) {
      // Built by somebody else, and to be deployed as it is.
      const path = resolve(archive);
      if (!rest.has(path) || !existsSync(path)) continue;
      revisions.set(name, await unpacked.changesIn(path, this.#folders.get(name) ?? ''));
    }
    for (const archive of packages.values()) rest.delete(resolve(archive));
    const concerned = [...this.#others].filter((name) => !revisions.has(name));
    if (concerned.length > 0 && rest.size > 0) {
      const copied = isBundled(serverless) ? undefined : await this.#copied(concerned, rest);
      for (const [name, changes] of copied ?? (await this.#packaged(concerned, rest)))
        revisions.set(name, changes);
    }
    await this.#apply(revisions, changed);
    await this.#learnWhoPackages();
  }

  async #learnWhoPackages(): Promise<void> {
    for (const known of this.#unsure) {
      const result = await this.#esbuild?.bundle(known.entry);
      if (result === undefined || 'errors' in result) continue;
      this.#unsure.delete(known);
      const found = await Promise.all(
        known.functions.flatMap((name) =>
          Array.from(result.bundle.outputs, async ([path, { digest }]) => {
            return (await digestIn(this.#folders.get(name) ?? '', path)) === digest;
          }),
        ),
      );
      if (found.every(Boolean)) for (const name of known.functions) this.#others.delete(name);
    }
  }

  /** Where packages hold files as they lie in the service: undefined where patterns have to say what a package holds. */
  async #copied(names: readonly string[], changed: ReadonlySet<string>): Promise<Revisions | undefined> {
    const revisions: Revisions = new Map();
    for (const path of changed) {
      const within = relative(this.#root, path).split(sep).join('/');
      const holders = names.filter((name) => existsSync(join(this.#folders.get(name) ?? '', within)));
      const contents = await readFile(path).catch(() => undefined);
      if (holders.length === 0 && contents !== undefined) return undefined;
      for (const name of holders) {
        if (
          contents !== undefined &&
          (await digestIn(this.#folders.get(name) ?? '', within)) === digestOf(contents)
        )
          continue;
        revisions.set(name, new Map([...(revisions.get(name) ?? []), [within, contents]]));
      }
    }
    return revisions;
  }

  async #packaged(names: readonly string[], changed: ReadonlySet<string>): Promise<Revisions> {
    const { serverless, packager, unpacked } = this.#options;
    const revisions: Revisions = new Map();
    this.#meanwhile = new Set();
    const problems = await packager.functions().catch((error: unknown) => {
      this.#say(
        `${this.#shown(changed)} cannot be packaged, and what ran before goes on:\n${messageOf(error)}`,
      );
      return undefined;
    });
    await sleep(SETTLED_MS);
    // What is written each time is the bundler's; the rest somebody has saved meanwhile, or it is here for the first time.
    const others = new Set([...this.#meanwhile].filter((path) => !this.#written.has(path)));
    for (const path of others) this.#written.add(path);
    this.#meanwhile = undefined;
    if (others.size > 0) this.#enqueue(() => this.#onChange(others));
    if (problems === undefined) return revisions;
    const { found } = packagesOf(serverless, problems.functions);
    for (const name of names) {
      const [archive, folder] = [found.get(name), this.#folders.get(name)];
      if (archive !== undefined && folder !== undefined)
        revisions.set(name, await unpacked.changesIn(archive, folder));
    }
    return revisions;
  }

  /** Makes the new folders, and has the functions run from them: one for all that ran from the same before. */
  async #apply(revisions: Revisions, changed: ReadonlySet<string>): Promise<void> {
    const { unpacked } = this.#options;
    const byFolder = new Map<string, { names: string[]; changes: Map<string, Uint8Array | undefined> }>();
    for (const [name, changes] of revisions) {
      const folder = this.#folders.get(name);
      if (folder === undefined || changes.size === 0) continue;
      const group = byFolder.get(folder) ?? { names: [], changes: new Map<string, Uint8Array | undefined>() };
      group.names.push(name);
      for (const [path, contents] of changes) group.changes.set(path, contents);
      byFolder.set(folder, group);
    }
    const renewed = new Map<string, string>();
    // A bundler has already said what it could not read.
    const isChecked = !isBundled(this.#options.serverless);
    for (const [folder, { names, changes }] of byFolder) {
      const revised = await unpacked.revise(folder, changes);
      const errors = isChecked ? await syntaxErrors(revised, writtenIn(changes)) : [];
      if (errors.length === 0) renewed.set(folder, revised);
      else {
        await unpacked.discard(revised);
        this.#tellBroken(names, errors);
      }
    }
    const bundled = new Set(
      [...changed].filter((path) => this.#entries.some(({ bundle }) => bundle?.inputs.has(path))),
    );
    const names = [...byFolder.values()].flatMap((group) => group.names);
    this.#runFrom(renewed, bundled.size > 0 ? bundled : changed, names);
  }

  /**
   * @param renewed by the folders that functions run from, those to be taken instead.
   * @param changed what is said to have changed; empty for nothing in particular
   * @param concerned deployed names of the functions that may change.
   */
  #runFrom(
    renewed: ReadonlyMap<string, string>,
    changed: ReadonlySet<string>,
    concerned: readonly string[],
  ): void {
    const folders = new Map<string, string>();
    for (const name of concerned) {
      const folder = renewed.get(this.#folders.get(name) ?? '');
      if (folder !== undefined) folders.set(name, folder);
    }
    if (folders.size === 0) return;
    for (const [name, folder] of folders) this.#folders.set(name, folder);
    void this.#options.updateCode(folders).then(() => this.#discardUnused(renewed.keys()));
    const of = changed.size === 0 ? '' : ` (${this.#shown(changed)})`;
    this.#say(`Renewed: ${this.#keysOf([...folders.keys()])}${of}`);
  }

  async #discardUnused(folders: Iterable<string>): Promise<void> {
    const used = new Set(this.#folders.values());
    for (const folder of folders) if (!used.has(folder)) await this.#options.unpacked.discard(folder);
  }

  /** Says once what several entries suffer from. */
  #tellErrors(entries: readonly KnownEntry[]): void {
    const functions = new Map<string, string[]>();
    for (const { errors, functions: names } of entries) {
      const text = errors.join('\n');
      functions.set(text, [...(functions.get(text) ?? []), ...names]);
    }
    for (const [text, names] of functions) {
      if (text === '') this.#say(`Compiles again: ${this.#keysOf(names)}`);
      else this.#tellBroken(names, text.split('\n'));
    }
  }

  #tellBroken(names: readonly string[], errors: readonly string[]): void {
    const lines = errors.map((line) => `  ${line}`);
    this.#say([`Does not compile, and what ran before goes on: ${this.#keysOf(names)}`, ...lines].join('\n'));
  }

  /** Once it is stopped there is nothing to say: Ctrl-C ends the bundler's own processes in the middle of their work, too. */
  #say(text: string | undefined): void {
    if (text !== undefined && !this.#stopped) this.#options.notice(text);
  }

  #keysOf(names: readonly string[]): string {
    const keys = new Map(this.#options.functions.map(({ name, key }) => [name, key]));
    return names.map((name) => keys.get(name) ?? name).join(', ');
  }

  #shown(paths: ReadonlySet<string>): string {
    const named = [...paths].slice(0, MOST_NAMED).map((path) => relative(this.#root, path));
    const more = paths.size > MOST_NAMED ? ` and ${paths.size - MOST_NAMED} more` : '';
    return `${named.join(', ')}${more}`;
  }
}

/** Of the layers of functions that run: each once, and what the framework packs as its folder. */
function layerSources(
  { serverless, layers }: Pick<ReloadOptions, 'serverless' | 'layers'>,
  running: ReadonlySet<string>,
): LayerSource[] {
  const sources = new Map<string, LayerSource>();
  for (const [name, found] of layers) {
    if (!running.has(name)) continue;
    for (const { path, packedAs: key } of found) {
      const folder = key === undefined ? undefined : serverless.service.layers?.[key]?.path;
      const source = folder === undefined ? path : resolve(serverless.serviceDir, folder);
      if (!existsSync(source)) continue;
      const real = realpathSync(source);
      const functions = [...(sources.get(real)?.functions ?? []), name];
      sources.set(real, { path: real, key: folder === undefined ? undefined : key, functions });
    }
  }
  return [...sources.values()];
}

/** Whether a path is this file, or in this folder. */
function isIn(source: string, path: string): boolean {
  return path === source || path.startsWith(source + sep);
}

/** Of what layers hold, the files that somebody may have edited: what npm installs is not looked at. By path below `/opt`. */
function editedFilesIn(
  opt: string,
  layers: readonly LayerSource[],
  changed: ReadonlySet<string>,
): readonly string[] {
  return layers.flatMap((layer) =>
    [...changed]
      .filter((path) => isIn(layer.path, path) && !path.split(sep).includes('node_modules'))
      .map((path) => relative(layer.path, path))
      .filter((path) => path !== '' && existsSync(join(opt, path))),
  );
}

function isKnown({ bundle, errors }: KnownEntry): boolean {
  return bundle !== undefined || errors.length > 0;
}

/**
 * Whether an entry is to be bundled again: it holds one of the files, or nobody knows what it holds, or a file that none of
 * them holds may change where modules are found.
 */
function isTouched(known: KnownEntry, entries: readonly KnownEntry[], changed: ReadonlySet<string>): boolean {
  const { bundle, errors } = known;
  if (bundle === undefined || errors.length > 0) return true;
  return [...changed].some(
    (path) =>
      bundle.inputs.has(path) ||
      !existsSync(path) ||
      (RESOLVED.test(path) && !entries.some((each) => each.bundle?.inputs.has(path))),
  );
}

/** What esbuild may find in the place of another file, or read to know where modules are. */
const RESOLVED = /\.([cm]?[jt]sx?|json)$/;

/** Those of these files that were written after this moment; epoch milliseconds. */
function newerThan(moment: number, paths: Iterable<string>): string[] {
  return [...paths].filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= moment);
}

async function digestIn(folder: string, path: string): Promise<string | undefined> {
  const contents = await readFile(join(folder, path)).catch(() => undefined);
  return contents && digestOf(contents);
}

function writtenIn(changes: FileChanges): string[] {
  return [...changes].flatMap(([path, contents]) => (contents === undefined ? [] : [path]));
}

/** What Node has to say against the new files of a folder, as `hello.js:3: SyntaxError: Unexpected token ';'`. */
async function syntaxErrors(folder: string, written: readonly string[]): Promise<string[]> {
  const checked = written.filter((path) => CHECKED.test(path));
  const found = await Promise.all(
    checked.map(async (path) => {
      try {
        await execute(process.execPath, ['--check', join(folder, path)], { env: {} });
        return [];
      } catch (error) {
        const { stderr = '' } = error as { stderr?: string };
        const [, line] = /^[^\n]*?:(\d+)\n/.exec(stderr) ?? [];
        const reason = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr.trim();
        return [`${path}${line === undefined ? '' : `:${line}`}: ${reason}`];
      }
    }),
  );
  return found.flat();
}
