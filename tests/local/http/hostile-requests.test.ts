import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ServerName } from './servers.ts';
import { SERVERS } from './servers.ts';

const SEGMENTS = [
  '%',
  '%zz',
  '%00',
  '%ff',
  '..%2f..%2fetc%2fpasswd',
  '__proto__',
  'constructor',
  'a'.repeat(8_000),
  '\u0001',
  '-1',
  '9'.repeat(400),
  'NaN',
];
const PREFIXES = [
  '/',
  '//',
  '/assets/',
  '/api/',
  '/api/traces/',
  '/api/alarms/',
  '/api/traces?limit=',
  '/api/traces?from=0&to=',
  '/api/traces?cursor=',
  '/api/traces?filter=',
  '/api/graph?trace=',
  '/2015-03-31/functions?MaxItems=',
  '/2015-03-31/functions/',
  '/2017-03-31/tags/',
  '/schedules?MaxResults=',
  '/schedules/',
  '/schedule-groups/',
  '/2018-06-01/runtime/invocation/',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** The status of each answer to requests that no client library would send. */
async function statusesOf(url: string, requests: readonly string[]): Promise<number[]> {
  const { hostname, port } = new URL(url);
  const statuses: number[] = [];
  for (const line of requests) {
    const socket = connect(Number(port), hostname);
    const host = `Host: 127.0.0.1:${port}\r\nContent-Length: 2\r\nConnection: close\r\n`;
    socket.write(`${line} HTTP/1.1\r\n${host}\r\n{}`, 'latin1');
    let answer = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString('latin1');
    statuses.push(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]));
  }
  return statuses;
}

describe.each(Object.keys(SERVERS) as ServerName[])('the server %s', (name) => {
  it('answers no path and no number with a fault of its own', async () => {
    const url = await SERVERS[name]();
    const requests = PREFIXES.flatMap((prefix) =>
      SEGMENTS.map((segment, index) => `${METHODS[index % METHODS.length] ?? ''} ${prefix}${segment}`),
    );

    const statuses = await statusesOf(url, requests);

    const faults = requests.filter((_, index) => !((statuses[index] ?? 0) < 500));
    expect(faults.map((request) => request.slice(0, 80))).toEqual([]);
  });
});
