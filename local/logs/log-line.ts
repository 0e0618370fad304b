/** A log line as it is kept and shown, and how it is read. Pure: the page uses the types and the levels. */
import { asText, isObject, parseObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { LogEvent } from '../lambda/invocation.ts';

/** The least important first, as Lambda orders them ("Log-level filtering"). */
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  /** Grows with every line; which line of two came later. */
  readonly id: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly functionKey: string;
  /** `platform`: the Lambda service wrote it, START, END and REPORT for example. */
  readonly kind: 'function' | 'platform';
  /** Undefined where the line names none. */
  readonly level?: LogLevel;
  readonly requestId?: string;
  /** Its own, or those of its invocation: a batch has several. */
  readonly correlationIds: readonly string[];
  readonly traceId?: string;
  /** For people, in a list. */
  readonly message: string;
  /** All of it, as it was written. */
  readonly text: string;
}

/** What lines are wanted. Everything that is given has to hold. */
export interface LogQuery {
  /** That level and those above; a line that names none counts as INFO. */
  readonly level?: LogLevel;
  readonly functionKey?: string;
  /** Words that all occur, in whatever case. */
  readonly text?: string;
  readonly correlationId?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  /** Whether lines of the Lambda service are among them. @default true */
  readonly platform?: boolean;
  /** Epoch milliseconds; `to` is not part of it. */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
  /** Lines older than the one with this id. */
  readonly before?: number;
  /** Lines that came after the one with this id. */
  readonly after?: number;
  readonly limit: number;
}

export interface LogListing {
  /** The newest first. */
  readonly lines: readonly LogLine[];
  /** `before` of the question for what is older; absent when there is nothing more. */
  readonly cursor?: number;
  /** Id of the newest line there is, whether or not it was wanted; 0 before the first. */
  readonly newest: number;
  /** Lines that were let go to make room, the oldest first. */
  readonly evicted: number;
}

/** What the line itself says. */
export type ReadLine = Omit<LogLine, 'id'>;

/** As Lambda's runtimes write a line of text: time, request id, level and message, between tabs. */
const RUNTIME_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)\t([\w-]+)\t([A-Z]+)\t([\s\S]*)$/;

export function readLogLine(event: LogEvent): ReadLine {
  const { message: text, functionKey, timestamp: time, source } = event;
  const kind = source === 'platform' ? 'platform' : 'function';
  const fields = fieldsIn(text);
  const said = fields === undefined ? readText(text, kind) : readFields(fields, kind);
  const requestId = event.requestId ?? said.requestId;
  return {
    time,
    functionKey,
    kind,
    ...(said.level !== undefined && { level: said.level }),
    ...(requestId !== undefined && { requestId }),
    correlationIds: said.correlationId === undefined ? [] : [said.correlationId],
    ...(said.traceId !== undefined && { traceId: said.traceId }),
    message: said.message ?? text,
    text,
  };
}

/** What a line says as JSON; undefined for a line of words. */
export function fieldsIn(text: string): JsonObject | undefined {
  return text.startsWith('{') ? parseObject(text) : undefined;
}

interface Said {
  readonly level?: LogLevel | undefined;
  readonly requestId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly message?: string | undefined;
}

function readText(text: string, kind: LogLine['kind']): Said {
  if (kind === 'platform') {
    // Whatever else the service says is why it ended an invocation.
    return { level: /^(?:START|END|REPORT|INIT_START|INIT_REPORT) /.test(text) ? undefined : 'ERROR' };
  }
  const [, , requestId, level, message] = RUNTIME_LINE.exec(text) ?? [];
  return { level: levelOf(level), requestId: isWritten(requestId) ? requestId : undefined, message };
}

/** Before the first request runtimes write that there is none. */
function isWritten(requestId: string | undefined): boolean {
  return requestId !== '-' && requestId !== 'undefined';
}

function readFields(fields: JsonObject, kind: LogLine['kind']): Said {
  if (kind === 'platform') return readPlatformEvent(fields);
  return {
    level: levelOf(fields['level'] ?? fields['severity']),
    requestId: textIn(fields, 'function_request_id', 'requestId', 'AWSRequestId', 'awsRequestId'),
    correlationId: textIn(fields, 'correlation_id', 'correlationId'),
    traceId: textIn(fields, 'xray_trace_id', 'trace_id', 'traceId'),
    message: messageIn(fields),
  };
}

/** "Lambda Telemetry API Event schema reference": what happened, and how it ended. */
function readPlatformEvent({ type, record }: JsonObject): Said {
  const { requestId, status, metrics } = isObject(record) ? record : {};
  const duration = isObject(metrics) ? metrics['durationMs'] : undefined;
  const parts = [type, status, typeof duration === 'number' ? `${duration} ms` : undefined];
  return {
    level: status === undefined || status === 'success' ? undefined : 'ERROR',
    requestId: asText(requestId),
    message: parts.filter((part) => typeof part === 'string').join(' '),
  };
}

function messageIn(fields: JsonObject): string | undefined {
  const message = fields['message'] ?? fields['msg'];
  if (typeof message === 'string') return message;
  if (message === undefined) return errorIn(fields);
  return (isObject(message) ? errorIn(message) : undefined) ?? JSON.stringify(message);
}

/** As Lambda's runtimes write an error that nobody caught. */
function errorIn({ errorType, errorMessage }: JsonObject): string | undefined {
  return typeof errorMessage === 'string' ? `${asText(errorType) ?? 'Error'}: ${errorMessage}` : undefined;
}

function textIn(fields: JsonObject, ...names: readonly string[]): string | undefined {
  return names.map((name) => asText(fields[name])).find((text) => text !== undefined && text !== '');
}

/** Levels of loggers that number them, such as pino, by tens from TRACE on. */
const NUMBERED = new Map(LOG_LEVELS.map((level, index) => [(index + 1) * 10, level]));

/** What other loggers call a level. */
const OTHER_NAMES: ReadonlyMap<string, LogLevel> = new Map([
  ['VERBOSE', 'DEBUG'],
  ['SILLY', 'TRACE'],
  ['LOG', 'INFO'],
  ['NOTICE', 'INFO'],
  ['WARNING', 'WARN'],
  ['ERR', 'ERROR'],
  ['CRITICAL', 'FATAL'],
  ['EMERGENCY', 'FATAL'],
]);

function levelOf(level: unknown): LogLevel | undefined {
  if (typeof level === 'number') return NUMBERED.get(level);
  if (typeof level !== 'string') return undefined;
  const name = level.toUpperCase();
  return LOG_LEVELS.find((each) => each === name) ?? OTHER_NAMES.get(name);
}

/** The place of a level in `LOG_LEVELS`; a line that names none counts as INFO. */
export function rankOf(level: LogLevel | undefined): number {
  return LOG_LEVELS.indexOf(level ?? 'INFO');
}
