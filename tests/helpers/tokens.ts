import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CLI = join(import.meta.dirname, '../../local/cli.ts');

/** Makes tokens with `lambda-lantern token` as a developer does, by a key that is made for them. */
export class Tokens {
  readonly #directory: string;

  static async make(): Promise<Tokens> {
    return new Tokens(await mkdtemp(join(tmpdir(), 'lantern-tokens-')));
  }

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** The file of the public key, once there is a token. */
  get keys(): string {
    return join(this.#directory, 'keys.json');
  }

  async of(options: readonly string[]): Promise<string> {
    const args = ['--conditions=lambda-lantern-source', CLI, 'token', '--keys', this.keys, ...options];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, XDG_STATE_HOME: this.#directory },
    });
    return stdout.trim();
  }

  remove(): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true });
  }
}
