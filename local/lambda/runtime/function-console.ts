/**
 * The function's console: every call becomes one line on stdout, with the time, the request id and the level, as
 * Lambda's runtime for Node.js writes it: separated by tabs, or one JSON object when the log format is JSON.
 */
import { format } from 'node:util';
import type { InvokeStore } from './invoke-store.ts';

/** Each with the least important first. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
type Level = (typeof LEVELS)[number];

const METHODS = {
  log: 'INFO',
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
} as const;

export class FunctionConsole {
  readonly #json: boolean;
  readonly #least: number;
  readonly #write = process.stdout.write.bind(process.stdout);
  readonly #invocation: InvokeStore;
  readonly #before: string | undefined;

  /**
   * Reads `AWS_LAMBDA_LOG_FORMAT` and `AWS_LAMBDA_LOG_LEVEL`.
   *
   * @param before the request id of lines before the first invocation.
   */
  constructor(env: NodeJS.ProcessEnv, invocation: InvokeStore, before: string | undefined) {
    this.#invocation = invocation;
    this.#before = before;
    this.#json = env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
    const level = LEVELS.findIndex((name) => name === env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
    this.#least = Math.max(0, level);
  }

  /** Replaces the methods of the global console, and adds `fatal`. */
  install(): void {
    for (const [method, level] of Object.entries(METHODS)) {
      Object.assign(console, {
        // Without a message it is "undefined", as in Lambda.
        [method]: (message: unknown, ...others: unknown[]) => this.#log(level, [message, ...others]),
      });
    }
  }

  /** How the runtime itself tells of an error of the function. */
  logError(message: string, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
    if (this.#json) this.#log('ERROR', [error]);
    else this.#log('ERROR', [message, `\t${stringify(error, 'stack') ?? format(error)}`]);
  }

  /** A warning of the runtime itself. */
  warn(message: string): void {
    this.#log('WARN', [message]);
  }

  #log(level: Level, parameters: unknown[]): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    const timestamp = new Date().toISOString();
    const requestId = this.#invocation.hasContext() ? this.#invocation.getRequestId() : this.#before;
    const tenantId = this.#invocation.getTenantId();
    const line = this.#json
      ? jsonLine({ timestamp, level, requestId, ...(tenantId && { tenantId }) }, parameters)
      : [timestamp, String(requestId), level, format(...parameters)].join('\t');
    // One call is one log event: a line break inside it travels as a carriage return.
    this.#write(`${line.replaceAll('\n', '\r')}\n`);
  }
}

function jsonLine(head: object, parameters: unknown[]): string {
  const [message, ...others] = parameters;
  if (others.length === 0)
    return (
      stringify({ ...head, message }, 'stackTrace') ?? JSON.stringify({ ...head, message: format(message) })
    );
  const error = others.find((value) => value instanceof Error);
  return JSON.stringify({
    ...head,
    message: format(message, ...others),
    ...(error !== undefined && {
      errorType: error.constructor.name,
      errorMessage: error.message,
      stackTrace: stackOf(error),
    }),
  });
}

/** JSON in which errors show, their stack under the given name; undefined for what has no JSON. */
function stringify(value: unknown, stackName: 'stack' | 'stackTrace'): string | undefined {
  try {
    return JSON.stringify(value, (_key, part: unknown) => {
      if (!(part instanceof Error)) return part;
      // What an error has of its own goes before the stack of a text, and over all of an object.
      return stackName === 'stack'
        ? Object.assign(
            {
              errorType: part.name,
              errorMessage: part.message,
              code: (part as NodeJS.ErrnoException).code,
            },
            part,
            { stack: stackOf(part) },
          )
        : Object.assign(
            { errorType: part.constructor.name, errorMessage: part.message, stackTrace: stackOf(part) },
            part,
          );
    });
  } catch {
    return undefined;
  }
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return format(thrown);
  }
}

function stackOf(error: Error): string[] {
  return typeof error.stack === 'string' ? error.stack.split('\n') : [];
}
