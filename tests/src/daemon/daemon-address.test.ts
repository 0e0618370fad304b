import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDaemonAddress } from '../../../src/daemon/daemon-address.ts';

describe('AWS_XRAY_DAEMON_ADDRESS', () => {
  const before = process.env.AWS_XRAY_DAEMON_ADDRESS;
  beforeEach(() => delete process.env.AWS_XRAY_DAEMON_ADDRESS);
  afterEach(() => {
    if (before !== undefined) process.env.AWS_XRAY_DAEMON_ADDRESS = before;
  });

  it.each<[string | undefined, string, number]>([
    [undefined, '127.0.0.1', 2000],
    ['', '127.0.0.1', 2000],
    ['169.254.100.1:2000', '169.254.100.1', 2000],
    ['xray-daemon:3000', 'xray-daemon', 3000],
    ['tcp:10.0.0.1:2001 udp:10.0.0.2:2002', '10.0.0.2', 2002],
    ['udp:10.0.0.2:2002 tcp:10.0.0.1:2001', '10.0.0.2', 2002],
    [' daemon.internal:2000 ', 'daemon.internal', 2000],
  ])('%j is %s, port %i', (given, host, port) => {
    if (given !== undefined) process.env.AWS_XRAY_DAEMON_ADDRESS = given;
    expect(readDaemonAddress()).toEqual({ host, port });
  });

  it.each([
    'daemon',
    ':2000',
    'daemon:',
    'daemon:0',
    'daemon:65536',
    'daemon:x',
    'tcp:10.0.0.1:2000',
    'a:1 b:2',
  ])('is refused where it is %j, and says what was expected', (given) => {
    process.env.AWS_XRAY_DAEMON_ADDRESS = given;
    expect(() => readDaemonAddress()).toThrow(/expected to be host:port.*it is "/);
  });
});
