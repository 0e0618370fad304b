import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { LogLines } from './log-line.ts';
import { MASKS_LINES } from './shared-logger.ts';

/** What {@link RedactingLogFormatter} takes: a policy, and the order of keys. */
export interface RedactingLogFormatterOptions extends RedactionPolicy {
  /**
   * Keys that a line begins with, as Powertools' `logRecordOrder`, which a Logger does not take beside a formatter.
   *
   * @default Powertools' own order
   */
  readonly logRecordOrder?: ReadonlySet<string> | readonly string[];
}

class Formatter extends LogFormatter {
  readonly [MASKS_LINES] = true;
  readonly #lines: LogLines;
  readonly #order: Iterable<string> | undefined;

  /** @throws TypeError when the policy has an unknown or wrong option. */
  constructor(options: RedactingLogFormatterOptions = {}) {
    super();
    const { logRecordOrder, ...policy } = options;
    if (logRecordOrder !== undefined && !isNames(logRecordOrder)) {
      throw new TypeError(
        'The option "logRecordOrder" of RedactingLogFormatter takes an array or a Set of strings',
      );
    }
    this.#order = logRecordOrder;
    this.#lines = new LogLines(policy);
  }

  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { own, keys } = this.#lines.line(
      attributes,
      additional,
      this.formatTimestamp(attributes.timestamp),
    );
    if (this.#order === undefined) return new LogItem({ attributes: own }).addAttributes(keys);
    // In an order of its own Powertools lets its own fields win.
    const all: LogAttributes = { ...keys, ...own };
    const ordered = [...this.#order, ...Object.keys(own), ...Object.keys(keys)];
    const names = [...new Set(ordered)].filter((name) => Object.hasOwn(all, name));
    return new LogItem({ attributes: Object.fromEntries(names.map((name) => [name, all[name]])) });
  }
}

/** Makes a formatter for a Logger of any copy of Powertools' package. */
export interface RedactingLogFormatterConstructor {
  /**
   * @typeParam Of the LogFormatter of the Logger that it is for. Two copies of Powertools' package have two of them, which
   * TypeScript keeps apart for the private members that they have; the compiler takes it from where the formatter is given.
   * @throws TypeError when the policy has an unknown or wrong option.
   */
  new <Of extends object = Formatter>(options?: RedactingLogFormatterOptions): Of;
}

/**
 * Powertools' standard log line with `correlation_id` added, in which nothing personal is shown: messages, keys and
 * errors are treated by a policy. Its mode is `values` unless it says otherwise, because a line of shapes helps nobody;
 * `LANTERN_REDACTION` can make it stricter. Powertools' own fields are never changed.
 *
 * The id is read from the scope in which the line is written, not from the logger's own keys: two records of a batch, or
 * two overlapping invocations, never share it by accident.
 *
 * @example
 * const logger = new Logger({ logFormatter: new RedactingLogFormatter({ deny: { without: ['location'] } }) });
 */
export const RedactingLogFormatter = Formatter as unknown as RedactingLogFormatterConstructor;

/** What {@link RedactingLogFormatter} makes, for the copy of Powertools' package that this package uses itself. */
export type RedactingLogFormatter = Formatter;

function isNames(value: unknown): value is Iterable<string> {
  const names: unknown = value instanceof Set ? [...(value as Set<unknown>)] : value;
  return Array.isArray(names) && names.every((name) => typeof name === 'string');
}
