import { describe, expect, it } from 'vitest';
import { minuteFrom, MOST_APIS, portsFrom } from '../../local/command-options.ts';

describe('the ports of serverless local', () => {
  it('begin at 3000, one for each server, with the daemon on its own', () => {
    const { api, ...others } = portsFrom({});

    expect([api(0), api(1), api(2)]).toEqual([3000, 3005, 3006]);
    expect(others).toEqual({
      console: 3001,
      lambda: 3002,
      messaging: 3003,
      tables: 3004,
      buckets: 3017,
      events: 3018,
      scheduler: 3019,
      daemon: 2000,
    });
  });

  it('are one each, with as many APIs as there may be', () => {
    const { api, ...others } = portsFrom({});
    const all = [...Array.from({ length: MOST_APIS }, (_, index) => api(index)), ...Object.values(others)];
    expect(new Set(all).size).toBe(all.length);
    // The next one would be another server's.
    expect(all).toContain(api(MOST_APIS));
  });

  it('move together with the first', () => {
    const options = { port: '4000', 'daemon-port': '2100', 'otlp-port': '4319' };
    const { api, console, daemon, otlp } = portsFrom(options);

    expect([api(0), console, daemon, otlp]).toEqual([4000, 4001, 2100, 4319]);
  });

  it.each([
    [{ port: 'eighty' }, '--port takes a port number from 1024 to 65515, but got "eighty".'],
    [{ port: '80' }, '--port takes a port number from 1024 to 65515, but got "80".'],
    [{ port: '65530' }, '--port takes a port number from 1024 to 65515, but got "65530".'],
    [{ 'daemon-port': '1.5' }, '--daemon-port takes a port number from 1024 to 65535, but got "1.5".'],
    [{ 'otlp-port': 'http' }, '--otlp-port takes a port number from 1024 to 65535, but got "http".'],
  ])('are refused when they are none: %o', (options, message) => {
    expect(() => portsFrom(options)).toThrow(message);
  });
});

describe('the length of a minute', () => {
  it('is that of a minute, unless the option says else', () => {
    expect(minuteFrom({})).toBe(60_000);
    expect(minuteFrom({ minute: '1' })).toBe(1000);
    expect(minuteFrom({ minute: '0.2' })).toBe(200);
    expect(minuteFrom({ minute: '.5' })).toBe(500);
    expect(minuteFrom({ minute: '60' })).toBe(60_000);
  });

  it.each(['0', '0.1', '61', '-1', '1s', 'fast', '', '1e1', '0x1'])(
    'refuses %s with what it takes',
    (minute) => {
      expect(() => minuteFrom({ minute })).toThrow(
        `--minute takes seconds from 0.2 to 60, but got "${minute}".`,
      );
    },
  );
});
