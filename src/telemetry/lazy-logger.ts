import { Logger, LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type {
  ConstructorOptions,
  LogAttributes,
  LogItemExtraInput,
  LogItemMessage,
  UnformattedAttributes,
} from '@aws-lambda-powertools/logger/types';
import { copyPlain, setOwn } from './copy-plain.ts';
import { holdKeys } from './log-keys.ts';
import type { LogLine, LogLines } from './log-line.ts';
import { addWaiting, MASKS_LINES } from './shared-logger.ts';
import { currentCorrelation, runWithCorrelation } from '../propagation/correlation.ts';

/*
 * What masks log lines is nine tenths of the package, and a function that writes none does without it. So it is loaded with
 * the first line. Lines until then wait, in one order for all loggers, and are as they were when they were written: their
 * time, level, keys, correlation id, and a copy of plain data, which may change before they are read.
 */

type Format = LogLines['line'];

/** What makes lines of what Powertools knows; undefined until it is loaded. */
let format: Format | undefined;
let loading: Promise<void> | undefined;
/** Steps of loggers that wait for it. */
const waiting: Array<() => void> = [];

/** Loads what masks lines, once. Never rejects. */
function load(): Promise<void> {
  if (loading !== undefined) return loading;
  // What has not been written when the process ends, because it threw or was told to, is said without its texts.
  process.once('exit', () => {
    if (format === undefined) writeWaiting(withhold);
  });
  loading = import('../lazy/log-lines.ts').then(
    ({ LogLines }) => {
      const lines = new LogLines();
      writeWaiting((line, keys, timestamp) => lines.line(line, keys, timestamp));
    },
    () => writeWaiting(withhold),
  );
  addWaiting(loading);
  return loading;
}

function writeWaiting(by: Format): void {
  format = by;
  for (const step of waiting.splice(0)) step();
}

/** What a process that ends could not mask is not shown. */
const withhold: Format = ({ logLevel: level, serviceName: service, lambdaContext }, _keys, timestamp) => ({
  own: {
    level,
    message: '(withheld: what masks log lines was not loaded in time)',
    timestamp,
    service,
    function_request_id: lambdaContext?.awsRequestId,
  },
  keys: {},
});

function toItem({ own, keys }: LogLine): LogItem {
  return new LogItem({ attributes: own }).addAttributes(keys);
}

class WaitingLine extends LogItem {
  readonly format: () => LogItem;

  constructor(format: () => LogItem) {
    super({ attributes: {} });
    this.format = format;
  }
}

class LazyFormatter extends LogFormatter {
  readonly [MASKS_LINES] = true;

  override formatAttributes(attributes: UnformattedAttributes, keys: LogAttributes): LogItem {
    const timestamp = this.formatTimestamp(attributes.timestamp);
    if (format !== undefined) return toItem(format(attributes, keys, timestamp));
    void load();
    const scope = currentCorrelation();
    const [line, lineKeys] = copyPlain([attributes, keys]) as [UnformattedAttributes, LogAttributes];
    const now = (): LogItem => toItem((format as Format)(line, lineKeys, timestamp));
    return new WaitingLine(() => (scope === undefined ? now() : runWithCorrelation(scope, now)));
  }
}

/** A Logger of Powertools with a formatter that is loaded with its first line. Its children are of the same kind. */
export class LazyLogger extends Logger {
  constructor(options: ConstructorOptions = {}) {
    super({ logFormatter: new LazyFormatter(), ...options } as ConstructorOptions);
    holdKeys(this);
  }

  /** Settles when lines are written as they come. */
  ready(): Promise<void> {
    return load();
  }

  protected override createLogger(options?: ConstructorOptions): Logger {
    return new LazyLogger(options);
  }

  /** Powertools reads what it is given before a formatter can: what throws then is thrown at whoever writes a line. */
  protected override createAndPopulateLogItem(
    level: number,
    message: LogItemMessage,
    extra: LogItemExtraInput,
  ): LogItem {
    try {
      return super.createAndPopulateLogItem(level, message, extra);
    } catch {
      const readable = readableOf(message);
      return super.createAndPopulateLogItem(
        level,
        (typeof readable === 'object' && readable !== null ? readable : String(readable)) as LogItemMessage,
        extra.map(readableOf) as LogItemExtraInput,
      );
    }
  }

  protected override printLog(level: number, item: LogItem): void {
    const line = item instanceof WaitingLine ? item.format : () => item;
    inOrder(() => super.printLog(level, line()));
  }

  protected override bufferLogItem(traceId: string, item: LogItem, level: number): void {
    const line = item instanceof WaitingLine ? item.format : () => item;
    inOrder(() => super.bufferLogItem(traceId, line(), level));
  }

  override flushBuffer(): void {
    inOrder(() => super.flushBuffer());
  }

  override clearBuffer(): void {
    inOrder(() => super.clearBuffer());
  }
}

/** What can be read of an object, once for each member; a member that throws is said to. */
function readableOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  try {
    if (given instanceof Error) return given;
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(given)) setOwn(copy, name, memberOf(given, name));
    return copy;
  } catch {
    // A proxy that throws.
    return '<unreadable>';
  }
}

function memberOf(owner: object, name: string): unknown {
  try {
    return (owner as Readonly<Record<string, unknown>>)[name];
  } catch {
    return '<threw>';
  }
}

/** Does a step now, or after those that wait. */
function inOrder(step: () => void): void {
  if (format === undefined && loading !== undefined) waiting.push(step);
  else step();
}
