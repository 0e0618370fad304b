import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../benchmarks/support/peers.ts';

function node(code: string, milliseconds = 60_000): ReturnType<typeof runProgram> {
  return runProgram(process.execPath, ['-e', code], { cwd: tmpdir(), input: 'in', milliseconds });
}

describe('runProgram', () => {
  it('gives the input and takes the output', async () => {
    expect(await node('process.stdin.pipe(process.stdout)')).toEqual({ output: 'in' });
  });

  it('says how a program ended, with the last line of its errors', async () => {
    const ended = await node('console.log("a"); console.error("first\\nlast"); process.exitCode = 3');

    expect(ended).toEqual({ output: 'a\n', failed: 'ended with 3: last' });
  });

  it('stops a program after its time, and keeps what it wrote until then', async () => {
    const ended = await node('require("fs").writeSync(1, "round 1\\n"); for (;;);', 3_000);

    expect(ended).toEqual({ output: 'round 1\n', failed: 'was stopped after 3 s' });
  });

  it('says that there is no such program', async () => {
    const ended = await runProgram('no-such-program', [], { cwd: tmpdir(), input: '', milliseconds: 1_000 });

    expect(ended.failed).toContain('ENOENT');
  });
});
