import type { LocalPorts } from './ports.ts';

/** What a command line says of where and how Lantern local runs, as texts; absent means the default. */
export interface LocalOptions {
  readonly port?: string;
  readonly 'daemon-port'?: string;
  readonly 'otlp-port'?: string;
  readonly minute?: string;
}

/** The port that senders to X-Ray use unless they are told another. */
export const DAEMON_PORT = 2000;

/** Below this, a program needs special rights to listen. */
const FIRST_PORT = 1024;

/** The highest port, less what the servers after the first one take: a service has a handful of APIs at most. */
const LAST_PORT = 65535;
const ROOM_FOR_SERVERS = 20;

/** Behind the room of the APIs, so that no port of before has moved. */
const SCHEDULER_OFFSET = ROOM_FOR_SERVERS - 1;
const EVENTS_OFFSET = ROOM_FOR_SERVERS - 2;
const BUCKETS_OFFSET = ROOM_FOR_SERVERS - 3;

/** How many APIs, function URLs among them, get ports before those of S3, EventBridge and Scheduler begin. */
export const MOST_APIS = BUCKETS_OFFSET - 4;

/**
 * The ports that the options ask for. APIs beyond the first take the ports after the other servers.
 *
 * @throws Error that names the option and what it takes.
 */
export function portsFrom(options: LocalOptions): LocalPorts {
  const first = readPort('port', options.port, 3000, LAST_PORT - ROOM_FOR_SERVERS);
  return {
    api: (index) => (index === 0 ? first : first + 4 + index),
    console: first + 1,
    lambda: first + 2,
    messaging: first + 3,
    tables: first + 4,
    buckets: first + BUCKETS_OFFSET,
    events: first + EVENTS_OFFSET,
    scheduler: first + SCHEDULER_OFFSET,
    daemon: readPort('daemon-port', options['daemon-port'], DAEMON_PORT),
    otlp: readOtlpPort(options['otlp-port']),
  };
}

/**
 * Undefined where none is asked for: the usual one may be another collector's.
 *
 * @throws Error that names the option and what it takes.
 */
export function readOtlpPort(text: string | undefined): number | undefined {
  return readPort('otlp-port', text, undefined);
}

/** Below this, a minute is over before the alarms of a service are evaluated; above, it would be slower than AWS. */
const MIN_MINUTE = 0.2;
const MAX_MINUTE = 60;

/**
 * Real milliseconds that a minute of CloudWatch lasts.
 *
 * @throws Error that names the option and what it takes.
 */
export function minuteFrom({ minute }: LocalOptions): number {
  if (minute === undefined) return MAX_MINUTE * 1000;
  const seconds = /^\d*\.?\d+$/.test(minute) ? Number(minute) : Number.NaN;
  if (seconds >= MIN_MINUTE && seconds <= MAX_MINUTE) return Math.round(seconds * 1000);
  throw new Error(`--minute takes seconds from ${MIN_MINUTE} to ${MAX_MINUTE}, but got "${minute}".`);
}

/**
 * @param name of the option, for the error. @param last the highest port that may be asked for.
 * @throws Error that names the option and what it takes.
 */
export function readPort<Fallback extends number | undefined>(
  name: string,
  text: string | undefined,
  fallback: Fallback,
  last: number = LAST_PORT,
): number | Fallback {
  if (text === undefined) return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= FIRST_PORT && port <= last) return port;
  throw new Error(`--${name} takes a port number from ${FIRST_PORT} to ${last}, but got "${text}".`);
}
