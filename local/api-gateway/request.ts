import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A header as it stands on the wire: the name in the sender's case, the value as sent. */
export type Header = readonly [name: string, value: string];

/** What API Gateway knows of a request before it reads the body. */
export interface GatewayRequest {
  readonly method: string;
  /** Percent-encoded as sent, without the query string. */
  readonly rawPath: string;
  /** As sent, without the question mark. */
  readonly rawQueryString: string;
  readonly headers: readonly Header[];
  /** For example `HTTP/1.1`. */
  readonly protocol: string;
  readonly sourceIp: string;
  /** The port of ours that the request came in on. */
  readonly port: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** What time it is: what is recorded of this request is counted from `receivedAt` on. */
  readonly now: () => number;
  readonly requestId: string;
  /** The short id in base64 that REST APIs call extended, and HTTP APIs have alone. */
  readonly extendedRequestId: string;
}

/** Epoch milliseconds, counted from this moment on by a clock that nobody sets: no end comes before its begin. */
function sinceNow(): () => number {
  const [epoch, begun] = [Date.now(), performance.now()];
  return () => epoch + Math.round(performance.now() - begun);
}

/** @param lowerCaseHeaders whether names of headers are what HTTP/2 would send, and not what the client wrote. */
export function toGatewayRequest(incoming: IncomingMessage, lowerCaseHeaders = false): GatewayRequest {
  return {
    method: incoming.method ?? 'GET',
    ...splitTarget(incoming.url ?? '/'),
    headers: pairs(incoming.rawHeaders).map(([name, value]) => [
      lowerCaseHeaders ? name.toLowerCase() : name,
      value,
    ]),
    protocol: `HTTP/${incoming.httpVersion}`,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    port: incoming.socket.localPort ?? 0,
    receivedAt: Date.now(),
    now: sinceNow(),
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64'),
  };
}

/** Bytes of the request's line and of the values of its headers, in which APIs count them. */
export function headSize({ method, rawPath, rawQueryString, headers, protocol }: GatewayRequest): number {
  const target = rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`;
  const line = `${method} ${target} ${protocol}`;
  // Node reads each byte of a header as a character.
  return Buffer.byteLength(line) + headers.reduce((sum, [, value]) => sum + value.length, 0);
}

/** The last value of a header, whatever the case of its name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** Parameters of a query string in order, decoded; text that is not encoded properly is left as it is. */
export function queryParameters(rawQueryString: string): [name: string, value: string][] {
  // URLSearchParams drops one leading question mark; a second one belongs to the first name.
  return [...new URLSearchParams(`?${rawQueryString}`)];
}

/** Those of a REST API, which parts them at semicolons, too ("Amazon API Gateway important notes"). */
export function restQueryParameters(rawQueryString: string): [name: string, value: string][] {
  return queryParameters(rawQueryString.replaceAll(';', '&'));
}

/** All values of each name, in the order of first appearance. */
export function groupValues(entries: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const values = groups.get(name);
    if (values === undefined) groups.set(name, [value]);
    else values.push(value);
  }
  return groups;
}

/** The target is a path, or a whole URL (as a proxy sends it), or `*`. */
function splitTarget(target: string): Pick<GatewayRequest, 'rawPath' | 'rawQueryString'> {
  const origin = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? '';
  const rest = target.slice(origin.length);
  const question = rest.indexOf('?');
  const path = question === -1 ? rest : rest.slice(0, question);
  return {
    rawPath: path.startsWith('/') ? path : `/${path}`,
    rawQueryString: question === -1 ? '' : rest.slice(question + 1),
  };
}

function pairs(rawHeaders: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return headers;
}
