/**
 * The function's console: every call becomes one line on stdout, with the time, the request id and the level, as
 * Lambda's runtime for Node.js writes it: separated by tabs, or one JSON object when the log format is JSON.
 */
import { format } from 'node:util';

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
} as const;

export class FunctionConsole {
  readonly #json: boolean;
  readonly #least: number;
  readonly #write = process.stdout.write.bind(process.stdout);
  #requestId: () => string | undefined = () => undefined;

  /** Reads `AWS_LAMBDA_LOG_FORMAT`, and for JSON `AWS_LAMBDA_LOG_LEVEL`. */
  constructor(env: NodeJS.ProcessEnv) {
    this.#json = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
    const level = LEVELS.findIndex((name) => name === env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
    this.#least = this.#json ? Math.max(0, level) : 0;
  }

  /** Replaces the methods of the global console. */
  install(requestId: () => string | undefined): void {
    this.#requestId = requestId;
    for (const [method, level] of Object.entries(METHODS)) {
      Object.assign(console, { [method]: (...parameters: unknown[]) => this.#log(level, parameters) });
    }
  }

  /** How the runtime itself tells of an error of the function. */
  logError(message: string, error: unknown): void {
    if (this.#json) this.#log('ERROR', [error]);
    else this.#log('ERROR', [message, `\t${stringify(error, 'stack') ?? format(error)}`]);
  }

  #log(level: Level, parameters: unknown[]): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    const timestamp = new Date().toISOString();
    const requestId = this.#requestId() ?? '-';
    const line = this.#json
      ? jsonLine({ timestamp, level, requestId }, parameters)
      : [timestamp, requestId, level, format(...parameters)].join('\t');
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
      const errorType = stackName === 'stack' ? part.name : part.constructor.name;
      return Object.assign({ errorType, errorMessage: part.message }, part, { [stackName]: stackOf(part) });
    });
  } catch {
    return undefined;
  }
}

function stackOf(error: Error): string[] {
  return typeof error.stack === 'string' ? error.stack.split('\n') : [];
}
