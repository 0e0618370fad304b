import type { Readable } from 'node:stream';
import { LogLines } from './log-lines.ts';

type Source = 'stdout' | 'stderr';

/** How long to wait for marks: they come at once, unless the function closed its own stdout or stderr. */
const MARK_WAIT_MS = 1000;

/** What a runtime's process writes, line by line, and whether all of it up to a turn has been read. */
export class ChildOutput {
  /** The last turn whose mark was read; infinite once the stream has ended. */
  readonly #turns: Record<Source, number> = { stdout: -1, stderr: -1 };
  #waiting: { readonly turn: number; readonly done: () => void } | undefined;

  /** @param token what only the bootstrap of this process knows to write */
  constructor(
    streams: Readonly<Record<Source, Readable>>,
    token: string,
    onLine: (source: Source, line: string) => void,
  ) {
    for (const source of ['stdout', 'stderr'] as const) {
      const lines = new LogLines(token, {
        onLine: (line) => onLine(source, line),
        onMark: (mark) => this.#reached(source, Number(mark)),
      });
      streams[source].on('data', (chunk: Buffer) => lines.push(chunk));
      streams[source].once('close', () => {
        lines.end();
        this.#reached(source, Number.POSITIVE_INFINITY);
      });
    }
  }

  /** Resolves when all that was written before the runtime asked for its event number `turn` has been read. */
  async readUpTo(turn: number): Promise<void> {
    if (this.#hasReached(turn)) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, MARK_WAIT_MS, undefined);
    this.#waiting = { turn, done: () => resolve(undefined) };
    await promise;
    clearTimeout(timer);
    this.#waiting = undefined;
  }

  #reached(source: Source, turn: number): void {
    this.#turns[source] = turn;
    if (this.#waiting !== undefined && this.#hasReached(this.#waiting.turn)) this.#waiting.done();
  }

  #hasReached(turn: number): boolean {
    return this.#turns.stdout >= turn && this.#turns.stderr >= turn;
  }
}
