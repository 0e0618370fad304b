import type { Category, Detector } from '../detectors/detector.ts';

/** Which categories of denied names apply, and which names belong to them. */
export interface DenyPolicy {
  /** Names to deny besides the known ones, by category, in words: `{ identity: ['loyalty number'] }`. */
  readonly extend?: Partial<Record<Category, readonly string[]>>;
  /** Categories whose known names are not denied; what `extend` adds to them is. */
  readonly without?: readonly Category[];
}

/** How much may be shown. Work is bounded by it too, however large the value is. */
export interface RedactionBudget {
  /**
   * Bytes of the result as JSON in UTF-8.
   *
   * @default 32768: half of an X-Ray document (64 kB, AWS X-Ray "Segment documents"), which holds more than this
   */
  readonly bytes?: number;
  /**
   * Levels of nesting. JSON in a string is a level.
   *
   * @default 12, and never more than 200
   */
  readonly depth?: number;
  /**
   * Items shown of one array or set.
   *
   * @default 100
   */
  readonly items?: number;
  /**
   * Keys shown of one object.
   *
   * @default 60
   */
  readonly keys?: number;
  /**
   * Characters shown of one string.
   *
   * @default 256
   */
  readonly stringLength?: number;
}

/** What `redact` may show. */
export interface RedactionPolicy {
  /**
   * `shape`: keys and types, and values only where `allow` says so. `values`: every value that is neither denied by the
   * name of its key nor detected. `off`: nothing. The environment variable `LANTERN_REDACTION` takes the same words, and
   * the stricter of the two holds.
   *
   * @default 'shape'
   */
  readonly mode?: RedactionMode;
  /**
   * Names of keys (`status`), at any depth, or paths from the root (`body.order.id`, `items[].sku`, `orders.*.total`)
   * whose strings, numbers and booleans appear in `shape` mode. They still pass the deny list and the detectors.
   *
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * Names of fields that `shape` mode shows besides the words it knows, whole or by their words: names of your trade, or
   * of another language than English. Their values stay hidden. A key of an object that is not known as the name of a
   * field may be data (`{ "anna": … }`), and is counted but not shown.
   *
   * @default []
   */
  readonly fieldNames?: readonly string[];
  /**
   * What the messages of errors show in traces. `shape`: words that programs' messages are made of, names of fields, of
   * types and of errors, and everything else as its class (`<text>`, `<number>`, `<id>`). `values`: every word that is
   * neither denied by the name beside it nor detected. Log lines show messages as `values` does unless this says `shape`.
   *
   * @default as `mode`, and `shape` where that is `off`
   */
  readonly messages?: MessageMode;
  readonly deny?: DenyPolicy;
  /** Detectors of your own, which come before the known ones. */
  readonly detectors?: readonly Detector[];
  /**
   * What takes the place of a value, by category: its label (`[email]`), the label with the value's end, or the label
   * with a pseudonym: a keyed hash that is equal for equal values. The key of the pseudonyms is the environment
   * variable `LANTERN_PSEUDONYM_KEY`; without it the label stands alone.
   *
   * @default 'label' for every category
   */
  readonly replace?: Partial<Record<Category, ReplacementForm>>;
  readonly budget?: RedactionBudget;
}

export type RedactionMode = 'shape' | 'values' | 'off';

/** How the messages of errors are shown. */
export type MessageMode = 'shape' | 'values';

/** What takes the place of a value: its label, the label and the value's end, the label and a keyed pseudonym. */
export type ReplacementForm = 'label' | 'partial' | 'pseudonym';

/** From the one that shows most to the one that shows nothing. */
export const MODES: readonly RedactionMode[] = ['values', 'shape', 'off'];
