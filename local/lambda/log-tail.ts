import { LOG_TAIL_BYTES } from './limits.ts';

/** The end of what one invocation logged, as `X-Amz-Log-Type: Tail` returns it. */
export class LogTail {
  #text = '';

  add(message: string): void {
    // Characters are at least as few as bytes, so this never cuts too much.
    this.#text = `${this.#text}${message}\n`.slice(-LOG_TAIL_BYTES);
  }

  /** At most 4 KB, cut between characters. */
  toString(): string {
    const bytes = Buffer.from(this.#text);
    return bytes.length <= LOG_TAIL_BYTES
      ? this.#text
      : bytes
          .subarray(-LOG_TAIL_BYTES)
          .toString()
          .replace(/^\uFFFD+/, '');
  }
}
