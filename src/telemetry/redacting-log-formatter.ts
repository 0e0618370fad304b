import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { LogLines } from './log-line.ts';
import { MASKS_LINES } from './process-logger.ts';

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
export class RedactingLogFormatter extends LogFormatter {
  readonly [MASKS_LINES] = true;
  readonly #lines: LogLines;

  /** @throws TypeError when the policy has an unknown or wrong option. */
  constructor(policy: RedactionPolicy = {}) {
    super();
    this.#lines = new LogLines(policy);
  }

  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const timestamp = this.formatTimestamp(attributes.timestamp);
    return new LogItem({ attributes: this.#lines.attributesOf(attributes, additional, timestamp) });
  }
}
