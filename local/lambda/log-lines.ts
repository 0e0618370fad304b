import { StringDecoder } from 'node:string_decoder';
import { MAX_LOG_EVENT } from './limits.ts';

/** Characters; a mark is a token and a counter, far shorter than this. */
const MAX_MARK = 256;

/** What a stream of output was found to hold. */
export interface LogLinesListener {
  /** One log event, without its line break. */
  onLine(line: string): void;
  /** Everything that was written before the runtime asked for its next event has been read. */
  onMark(mark: string): void;
}

/**
 * Cuts a stream of output into lines, whatever the chunks, and finds the marks that the bootstrap writes between
 * invocations: a mark is NUL, the token, `:` and a name, at the end of a line. An unfinished line before a mark
 * counts as a line.
 */
export class LogLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #marker: string;
  readonly #listener: LogLinesListener;
  #pending = '';

  constructor(token: string, listener: LogLinesListener) {
    this.#marker = `\0${token}:`;
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    const lines = (this.#pending + this.#decoder.write(chunk)).split('\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.#read(line);
    if (this.#pending.length > MAX_LOG_EVENT) this.#cut();
  }

  /** The stream has ended: what is left is a line too. */
  end(): void {
    const rest = this.#pending + this.#decoder.end();
    this.#pending = '';
    if (rest !== '') this.#read(rest);
  }

  #read(line: string): void {
    const at = line.indexOf(this.#marker);
    const text = at === -1 ? line : line.slice(0, at);
    if (at === -1 || text !== '') this.#emit(text);
    if (at !== -1) this.#listener.onMark(line.slice(at + this.#marker.length));
  }

  /** Lambda's runtime writes a line break inside one event as a carriage return. */
  #emit(text: string): void {
    const line = text.replace(/\r$/, '').replaceAll('\r', '\n');
    for (let start = 0; start === 0 || start < line.length; start += MAX_LOG_EVENT) {
      this.#listener.onLine(line.slice(start, start + MAX_LOG_EVENT));
    }
  }

  /** Lets go of a line that does not end, but for what may be the beginning of a mark. */
  #cut(): void {
    const at = this.#pending.lastIndexOf('\0');
    const end = at === -1 || this.#pending.length - at > MAX_MARK ? this.#pending.length : at;
    if (end > 0) this.#emit(this.#pending.slice(0, end));
    this.#pending = this.#pending.slice(end);
  }
}
