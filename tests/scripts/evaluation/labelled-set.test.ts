import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLabelledSet, readLabelledSet } from '../../../scripts/evaluation/labelled-set.ts';

function span(start: number, end: number) {
  return {
    entity_type: 'EMAIL',
    start_position: start,
    end_position: end,
  };
}

describe('parseLabelledSet', () => {
  it('counts positions in code points', () => {
    const [entry] = parseLabelledSet([{ full_text: '😀 a@b.example', spans: [span(2, 13)] }], 'set');
    const found = entry?.spans[0];
    expect(found).toEqual({ kind: 'EMAIL', start: 3, end: 14 });
    expect(entry?.text.slice(found?.start, found?.end)).toBe('a@b.example');
  });

  it.each([
    [{}, /set must be an array/],
    [[null], /Entry 0 .*full_text/],
    [
      [
        { full_text: 'x', spans: [] },
        { full_text: 1, spans: [] },
      ],
      /Entry 1 .*full_text/,
    ],
    [[{ full_text: 'x' }], /spans/],
    [[{ full_text: 'x', spans: [span(0, 2)] }], /span of entry 0 .*inside of the text/],
    [[{ full_text: 'xy', spans: [span(2, 1)] }], /span of entry 0/],
  ])('refuses %j', (value, message) => {
    expect(() => parseLabelledSet(value, 'set')).toThrow(message);
  });
});

describe('readLabelledSet', () => {
  it('names a file that is missing or not JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lantern-labelled-'));
    try {
      const file = join(folder, 'set.json');
      await expect(readLabelledSet(file)).rejects.toThrow(`${file} cannot be read`);
      await writeFile(file, '[{');
      await expect(readLabelledSet(file)).rejects.toThrow(`${file} is not JSON`);
      await writeFile(file, '[{ "full_text": "x", "spans": [] }]');
      expect(await readLabelledSet(file)).toEqual([{ text: 'x', spans: [] }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
