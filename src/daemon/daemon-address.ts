/** Where the X-Ray daemon listens for documents. */
export interface DaemonAddress {
  readonly host: string;
  readonly port: number;
}

/** Where it is outside of Lambda, if nothing else is said (X-Ray developer guide, "AWS X-Ray daemon"). */
const DEFAULT_ADDRESS: DaemonAddress = { host: '127.0.0.1', port: 2000 };

const SINGLE = /^(?<host>[^\s:]+):(?<port>\d{1,5})$/;
const OF_BOTH = /(?:^|\s)udp:(?<host>[^\s:]+):(?<port>\d{1,5})(?=\s|$)/;

/**
 * Reads `AWS_XRAY_DAEMON_ADDRESS`: `host:port`, or `tcp:host:port udp:host:port` in any order.
 *
 * @throws Error where it is neither.
 */
export function readDaemonAddress(text = process.env.AWS_XRAY_DAEMON_ADDRESS): DaemonAddress {
  const given = text?.trim() ?? '';
  if (given === '') return DEFAULT_ADDRESS;
  const { host, port } = (SINGLE.exec(given) ?? OF_BOTH.exec(given))?.groups ?? {};
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(
      'AWS_XRAY_DAEMON_ADDRESS is expected to be host:port, or tcp:host:port udp:host:port; ' +
        `it is ${JSON.stringify(given)}`,
    );
  }
  return { host, port: Number(port) };
}
