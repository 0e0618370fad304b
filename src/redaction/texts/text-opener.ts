import { decodeBase64 } from '../detectors/base64.ts';
import { startsWithWord } from './known-forms.ts';
import type { Meter } from '../walk/meter.ts';
import { looksLikeForm, openForm, openJson } from './open-text.ts';
import type { OpenedText } from './open-text.ts';

/** Failures to read what looks like JSON. Each costs an exception, and data that has so many holds no JSON. */
const MOST_FAILURES = 200;

/** Opens the strings of one value that carry structure, as long as the work and the failures are bearable. */
export class TextOpener {
  readonly #length: number;
  readonly #opensBase64: boolean;
  readonly #meter: Meter;
  #failures = 0;

  /** @param length characters that are read of a long text. */
  constructor(length: number, opensBase64: boolean, meter: Meter) {
    this.#length = length;
    this.#opensBase64 = opensBase64;
    this.#meter = meter;
  }

  /** What the text holds when it carries structure. */
  open(text: string): OpenedText | undefined {
    if (text.length < 2) return undefined;
    const length = this.#length;
    const json = this.#openJson(text);
    if (json !== undefined) return json;
    if (text.length > 2 * length) return undefined;
    if (looksLikeForm(text)) return { value: openForm(text) };
    const decoded = this.#opensBase64 ? decodeBase64(text) : undefined;
    return decoded === undefined ? undefined : this.#openJson(decoded);
  }

  #openJson(text: string): OpenedText | undefined {
    if (startsWithWord(text)) return undefined;
    const length = this.#length;
    // Counted as a failure before it is read, and taken back when it was none.
    const opened = openJson(text, length, () => {
      this.#meter.read(Math.min(text.length, 2 * length));
      this.#failures += 1;
      return this.#failures <= MOST_FAILURES;
    });
    if (opened !== undefined) this.#failures -= 1;
    return opened;
  }
}
