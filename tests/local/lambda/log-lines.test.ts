import { describe, expect, it } from 'vitest';
import { LogLines } from '../../../local/lambda/log-lines.ts';

function read(chunks: readonly Buffer[]): string[] {
  const found: string[] = [];
  const lines = new LogLines('token', {
    onLine: (line) => found.push(line),
    onMark: (mark) => found.push(`mark ${mark}`),
  });
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return found;
}

const text = 'first\n\npartial\0token:12\nGrüße 🏮\r\none\revent\n\0other:1\nlast';
const expected = ['first', '', 'partial', 'mark 12', 'Grüße 🏮', 'one\nevent', '\0other:1', 'last'];

describe('lines of output', () => {
  it('are the same however the output is cut into chunks', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(read(chunks)).toEqual(expected);
    }
  });

  it('are cut at 256 KB, and nothing of them is lost', () => {
    const long = 'x'.repeat(700_000);
    const found = read([Buffer.from(long), Buffer.from('y\0tok'), Buffer.from('en:0\nz\n')]);
    expect(found.slice(0, -2).join('')).toBe(`${long}y`);
    expect(Math.max(...found.map((line) => line.length))).toBe(262_144);
    expect(found.slice(-2)).toEqual(['mark 0', 'z']);
  });
});
