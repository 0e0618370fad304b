import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import type { Run } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';
import { local } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

let project: ScratchProject;
beforeAll(async () => {
  project = await createScratchProject(['lambda-lantern-local']);
});
afterAll(() => project.remove());

/** As npx does, which runs the link that npm made. */
function lambdaLantern(...args: readonly string[]): Run {
  return project.start(['node_modules/.bin/lambda-lantern', ...args]);
}

describe('npx lambda-lantern, with nothing else of ours installed', () => {
  it('says its version, and how it is used', async () => {
    const version = lambdaLantern('--version');
    expect([await version.exited, version.output()]).toEqual([0, `${local.manifest.version}\n`]);
    const help = lambdaLantern('--help');
    expect([await help.exited, help.output()]).toEqual([
      0,
      expect.stringContaining('--daemon-port <number>'),
    ]);
  });

  it.each([
    ['no command', [], 'no command was given'],
    ['an unknown command', ['track'], 'there is no "track"'],
    ['an unknown option', ['xray', '--prot', '1'], "Unknown option '--prot'"],
    ['a port that is none', ['xray', '--port', 'http'], '--port takes a port number'],
  ])('refuses %s in one line that says what it takes', async (_what, args, message) => {
    const refused = lambdaLantern(...args);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain(message);
    expect(refused.output().trim().split('\n')).toHaveLength(1);
  });

  it('receives segments and shows them on its page', async () => {
    const port = await freePorts(2);
    const xray = lambdaLantern('xray', '--port', String(port), '--daemon-port', String(port + 1), '--memory');
    await xray.until('Ctrl-C stops it');
    const now = Date.now() / 1000;
    const segment = {
      name: 'checkout',
      id: '70de5b6f19ff9a0a',
      trace_id: `1-${Math.floor(now).toString(16)}-a006649127e371903a2de979`,
      start_time: now - 1,
      end_time: now,
    };
    const socket = createSocket('udp4');
    socket.send(`{"format":"json","version":1}\n${JSON.stringify(segment)}`, port + 1, '127.0.0.1');
    const listing = await until(async () => {
      const text = await (await fetch(`http://localhost:${port}/api/traces`)).text();
      return text.includes(segment.trace_id) ? text : undefined;
    }, 'the trace');
    socket.close();
    expect(listing).toContain('checkout');
    expect((await fetch(`http://localhost:${port}/`)).headers.get('content-type')).toContain('text/html');
    xray.child.kill('SIGINT');
    expect(await xray.exited).toBe(0);
  });
});
