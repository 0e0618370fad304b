/** What is read once, at the start: serverless.yml, what it includes, and files of environment variables. A change of it is said, with what it would change. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { isObject, messageOf } from 'lambda-lantern-local/template';
import type { Serverless } from '../../serverless.ts';

/** Of what has changed, this much is named. */
const MOST_NAMED = 6;
/** Parts of a path in serverless.yml that are named, as `functions.hello.timeout`. */
const NAMED_DEPTH = 3;

/** What can be read again; a program that makes the configuration is loaded once. */
const COMPARED = /\.(ya?ml|json)$/;

/** The framework's own reader: osls, and Serverless Framework 3. */
const READER = '../lib/configuration/read.js';

export class RestartNotices {
  readonly #directory: string;
  readonly #file: string | undefined;
  /** As the framework read it at the start, with its variables unresolved. */
  readonly #configuration: unknown;
  /** What it takes in by `${file(…)}`. */
  readonly #included: ReadonlySet<string>;
  #named = '';

  /** @param configuration of the service, before its variables are resolved */
  private constructor(directory: string, file: string | undefined, configuration: unknown) {
    this.#directory = directory;
    this.#file = file;
    this.#configuration = configuration;
    const included = JSON.stringify(configuration ?? {}).matchAll(/\$\{file\(\s*([^)]+?)\s*\)/g);
    this.#included = new Set(Array.from(included, ([, path = '']) => resolve(directory, path)));
  }

  static async of({ serviceDir, configurationFilename }: Serverless): Promise<RestartNotices> {
    const directory = realpathSync(serviceDir);
    const file = configurationFilename === undefined ? undefined : join(directory, configurationFilename);
    const configuration = file === undefined ? undefined : await read(file).catch(() => undefined);
    return new RestartNotices(directory, file, configuration);
  }

  /** Whether a file is read at the start only. */
  concerns(path: string): boolean {
    return path === this.#file || this.#included.has(path) || this.#isEnvironment(path);
  }

  /** What to say of such a file that has changed: undefined where it is again, or still, as it was. */
  async noticeOf(path: string): Promise<string | undefined> {
    const name = basename(path);
    if (path !== this.#file || !COMPARED.test(name))
      return `${name} has changed. It is read at the start only: stop, and start again for it.`;
    let changes: string[];
    try {
      changes = differences(this.#configuration, await read(path));
    } catch (error) {
      return `${name} cannot be read, and what it said at the start goes on: ${messageOf(error)}`;
    }
    const named = changes.slice(0, MOST_NAMED).join(', ');
    if (named === this.#named) return undefined;
    this.#named = named;
    if (changes.length === 0) return `${name} is again as it was at the start.`;
    const more = changes.length > MOST_NAMED ? ` and ${changes.length - MOST_NAMED} more` : '';
    return `${name} has changed: ${named}${more}. Only code is renewed while this runs: stop, and start again for it.`;
  }

  /** As the framework looks for them: in the folder it was started in. */
  #isEnvironment(path: string): boolean {
    return dirname(path) === this.#directory && /^\.env(\.|$)/.test(basename(path));
  }
}

/** @throws what the framework says of a file that it cannot read. */
async function read(file: string): Promise<unknown> {
  const reader = createRequire(realpathSync(process.argv[1] ?? ''))(READER) as typeof read;
  return reader(file);
}

/** Paths at which two values differ, as deep as they are worth naming. */
function differences(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (path.length === NAMED_DEPTH || !isObject(before) || !isObject(after)) return [path.join('.')];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differences(before[name], after[name], [...path, name]));
}
