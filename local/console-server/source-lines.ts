import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SourcePlace } from '../console-contract.ts';
import { isObject } from '../json.ts';

export interface SourceLinesOptions {
  /** The unpacked packages of the functions that run now. */
  readonly codeDirectories: () => ReadonlySet<string>;
  /**
   * Where the sources of each service lie that runs. Without it a source is shown only where its map holds it, or the package
   * does.
   */
  readonly serviceDirectories?: () => readonly string[];
}

/** A frame of a stack, as somebody sent it. */
export interface FramePlace {
  /** An absolute path, or a `file:` URL. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1; undefined where it was not recorded, as by the X-Ray SDK. */
  readonly column?: number | undefined;
}

/** Lines shown before and after those of the frame. */
const LINES_AROUND = 3;
/** Characters shown of one line: a minified one is longer than anybody reads. */
const MAX_LINE_LENGTH = 300;
/** Bytes of a file that is read: 50 MB, more than the largest package that Lambda takes zipped. */
const MAX_FILE_BYTES = 50_000_000;
/** A frame without a column stands for a whole line of the bundle. Of a longer line nobody knows what was meant. */
const MAX_LINE_TO_SCAN = 2000;
/** Lines of source in one line of a bundle that are still shown as one place: a call that its writer spread over lines. */
const MAX_SPREAD = 8;
const MAX_KEPT_MAPS = 8;

const CODE = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx']);

/** What a map says, and where what it names lies. */
interface ReadMap {
  readonly payload: SourceMapPayload;
  /** By the name in the map: where Node finds it, and its text where the map has it. */
  readonly sources: ReadonlyMap<string, { readonly path: string; readonly content: string | undefined }>;
}

/** A source by the path that Node writes into stacks when it is told to use source maps. */
interface NamedSource {
  readonly codeFile: string;
  readonly source: string;
}

/**
 * Finds the source lines that frames of stacks mean, through the source maps of the functions' packages. Documents come
 * from anyone, and so do the paths in them: what is read is a file of code within a package, the map that it names there, and
 * a source that such a map names within the service or the package. A path of anything else finds nothing.
 */
export class SourceLines {
  readonly #options: SourceLinesOptions;
  readonly #maps = new Map<string, Promise<ReadMap | undefined>>();
  readonly #indexes = new Map<string, Promise<ReadonlyMap<string, NamedSource>>>();

  constructor(options: SourceLinesOptions) {
    this.#options = options;
  }

  /** Undefined where the frame is not of a function's code. */
  async find({ path, line, column }: FramePlace): Promise<Omit<SourcePlace, 'frame'> | undefined> {
    const plain = plainPath(path);
    if (plain === undefined) return undefined;
    const directories = this.#options.codeDirectories();
    for (const known of this.#indexes.keys()) if (!directories.has(known)) this.#indexes.delete(known);
    for (const directory of directories) {
      const codeFile = await fileWithin(directory, plain);
      if (codeFile !== undefined) return this.#inPackage(directory, codeFile, line, column);
      const named = (await this.#index(directory)).get(plain);
      if (named !== undefined) return this.#excerpt(directory, named, [line, line]);
    }
    return undefined;
  }

  async #inPackage(
    directory: string,
    codeFile: string,
    line: number,
    column: number | undefined,
  ): Promise<Omit<SourcePlace, 'frame'> | undefined> {
    const code = await readFile(codeFile, 'utf8');
    const read = await this.#mapOf(directory, codeFile);
    const map = read && parsed(read.payload);
    if (map === undefined) {
      return excerptOf(relative(await realpath(directory), codeFile), code, [line, line]);
    }
    const { length } = code.split('\n')[line - 1] ?? '';
    if (column === undefined && length > MAX_LINE_TO_SCAN) return { isAmbiguous: true };
    const offsets = column === undefined ? Array.from({ length }, (_, offset) => offset) : [column - 1];
    const found = offsets.flatMap((offset) => placeAt(map, line, offset));
    const [first] = found;
    if (first === undefined) return undefined;
    const lines = found.map((each) => each.line);
    const span = [Math.min(...lines), Math.max(...lines)] as const;
    const isOnePlace = found.every(({ source }) => source === first.source) && span[1] - span[0] < MAX_SPREAD;
    if (!isOnePlace) return { isAmbiguous: true };
    return this.#excerpt(directory, { codeFile, source: first.source }, span);
  }

  async #excerpt(
    directory: string,
    { codeFile, source }: NamedSource,
    span: readonly [first: number, last: number],
  ): Promise<Omit<SourcePlace, 'frame'>> {
    const { path, content } = (await this.#mapOf(directory, codeFile))?.sources.get(source) ?? {};
    const file = this.#nameOf(source, path);
    return excerptOf(file, content ?? (await this.#textOf([path, file], directory)), span);
  }

  /** A source by what people call it: its path in the service, or from `node_modules` on. */
  #nameOf(source: string, path: string | undefined): string {
    const within = this.#serviceDirectories()
      .map((directory) => (path === undefined ? '..' : relative(directory, path)))
      .find((candidate) => !candidate.startsWith('..'));
    return shortName(within ?? source);
  }

  #serviceDirectories(): readonly string[] {
    return this.#options.serviceDirectories?.() ?? [];
  }

  /** The text of a source that a map names and does not hold. */
  async #textOf(
    [path, file]: readonly [string | undefined, string],
    directory: string,
  ): Promise<string | undefined> {
    for (const root of [directory, ...this.#serviceDirectories()]) {
      for (const candidate of [path, join(root, file)]) {
        const found = candidate === undefined ? undefined : await fileWithin(root, candidate);
        if (found !== undefined) return readFile(found, 'utf8');
      }
    }
    return undefined;
  }

  /** By path, what the maps of a package name; read once, because a package does not change while it runs. */
  #index(directory: string): Promise<ReadonlyMap<string, NamedSource>> {
    let index = this.#indexes.get(directory);
    if (index === undefined) {
      index = this.#readIndex(directory);
      this.#indexes.set(directory, index);
    }
    return index;
  }

  async #readIndex(directory: string): Promise<ReadonlyMap<string, NamedSource>> {
    const index = new Map<string, NamedSource>();
    for (const codeFile of await codeFilesIn(directory)) {
      const read = await readMap(directory, codeFile);
      for (const [source, { path }] of read?.sources ?? []) index.set(path, { codeFile, source });
    }
    return index;
  }

  /** Those that were read last are kept: the frames of a stack are often of one file. */
  #mapOf(directory: string, codeFile: string): Promise<ReadMap | undefined> {
    const read = this.#maps.get(codeFile) ?? readMap(directory, codeFile);
    this.#maps.delete(codeFile);
    this.#maps.set(codeFile, read);
    for (const oldest of [...this.#maps.keys()].slice(0, -MAX_KEPT_MAPS)) this.#maps.delete(oldest);
    return read;
  }
}

function isMap(value: unknown): value is SourceMapPayload {
  return isObject(value) && (typeof value['mappings'] === 'string' || Array.isArray(value['sections']));
}

function parsed(payload: SourceMapPayload): SourceMap | undefined {
  try {
    return new SourceMap(payload);
  } catch {
    return undefined;
  }
}

/** The place in the sources of one in the bundle; none where the map says nothing of that line. */
function placeAt(
  map: SourceMap,
  line: number,
  offset: number,
): readonly { readonly source: string; readonly line: number }[] {
  const entry = map.findEntry(line - 1, offset);
  if (!('originalSource' in entry) || entry.generatedLine !== line - 1) return [];
  return [{ source: entry.originalSource, line: entry.originalLine + 1 }];
}

function excerptOf(
  file: string,
  content: string | undefined,
  [first, last]: readonly [number, number],
): Omit<SourcePlace, 'frame'> {
  const place = { file: file.split(sep).join('/'), line: first, ...(last > first && { lastLine: last }) };
  const lines = content?.split(/\r?\n/) ?? [];
  if (lines.length < first) return place;
  const firstLine = Math.max(1, first - LINES_AROUND);
  return {
    ...place,
    excerpt: {
      firstLine,
      lines: lines
        .slice(firstLine - 1, last + LINES_AROUND)
        .map((each) => (each.length > MAX_LINE_LENGTH ? `${each.slice(0, MAX_LINE_LENGTH)}…` : each)),
    },
  };
}

/** Undefined for what is no map, and where there is none: then the code is shown as it is. */
async function readMap(directory: string, codeFile: string): Promise<ReadMap | undefined> {
  try {
    const code = await readFile(codeFile, 'utf8');
    const url = [...code.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
    const base = pathToFileURL(codeFile);
    const file =
      url?.startsWith('data:') === true ? undefined : await mapFile(directory, codeFile, url, base);
    const text = url?.startsWith('data:') === true ? await (await fetch(url)).text() : undefined;
    if (file === undefined && text === undefined) return undefined;
    // Some servers have maps begin with a line that no script can run (source map specification, "Resolving sources").
    const json = (text ?? (await readFile(file ?? '', 'utf8'))).replace(/^\)\]\}'[^\n]*\n/, '');
    const payload: unknown = JSON.parse(json);
    if (!isMap(payload)) return undefined;
    return {
      payload,
      sources: sourcesOf(payload, file === undefined ? base : pathToFileURL(file)),
    };
  } catch {
    return undefined;
  }
}

/** The map that a file of code names, or the one beside it. */
async function mapFile(
  directory: string,
  codeFile: string,
  url: string | undefined,
  base: URL,
): Promise<string | undefined> {
  const named = url === undefined ? undefined : URL.parse(url, base.href);
  const path = named?.protocol === 'file:' ? fileURLToPath(named) : `${codeFile}.map`;
  return fileWithin(directory, path, new Set(['.map', '.json']));
}

function sourcesOf(payload: unknown, base: URL): ReadMap['sources'] {
  const found = new Map<string, { path: string; content: string | undefined }>();
  if (!isObject(payload)) return found;
  const { sections, sources, sourcesContent, sourceRoot } = payload;
  const sectionMaps: unknown[] = Array.isArray(sections) ? sections : [];
  for (const section of sectionMaps) {
    for (const [name, source] of isObject(section) ? sourcesOf(section['map'], base) : [])
      found.set(name, source);
  }
  const root = typeof sourceRoot === 'string' ? sourceRoot : '';
  const contents: unknown[] = Array.isArray(sourcesContent) ? sourcesContent : [];
  for (const [index, name] of (Array.isArray(sources) ? (sources as unknown[]) : []).entries()) {
    if (typeof name !== 'string') continue;
    const content = contents[index];
    const resolved = URL.parse(root + name, base.href);
    found.set(name, {
      path: resolved?.protocol === 'file:' ? fileURLToPath(resolved) : root + name,
      content: typeof content === 'string' ? content : undefined,
    });
  }
  return found;
}

/** Files of code of a package, without those of installed packages: what Node finds there has its own maps, or none. */
async function codeFilesIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (entry.isFile() && CODE.has(extname(entry.name))) found.push(path);
    else if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
      found.push(...(await codeFilesIn(path)));
    }
  }
  return found;
}

/** Where a file really is, if it is in a folder and of a kind that may be read; links that lead out of it are not followed. */
async function fileWithin(directory: string, path: string, kinds = CODE): Promise<string | undefined> {
  if (!kinds.has(extname(path))) return undefined;
  try {
    const [root, file] = await Promise.all([realpath(directory), realpath(path)]);
    if (!kinds.has(extname(file)) || !file.startsWith(root + sep)) return undefined;
    const { size } = await stat(file);
    return size <= MAX_FILE_BYTES ? file : undefined;
  } catch {
    return undefined;
  }
}

function plainPath(path: string): string | undefined {
  const url = path.startsWith('file:') ? URL.parse(path) : undefined;
  try {
    const plain = url ? fileURLToPath(url) : path;
    return isAbsolute(plain) && !plain.includes('\0') ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** Without the way from a map to what it names, and without where packages are installed. */
function shortName(source: string): string {
  const path = source.replace(/^[a-z][\w+.-]*:\/\/(?:[^/]*)\//i, '').split(/[\\/]/);
  const modules = path.lastIndexOf('node_modules');
  const parts = modules === -1 ? path : path.slice(modules);
  return parts.filter((part) => part !== '..' && part !== '.').join('/');
}
