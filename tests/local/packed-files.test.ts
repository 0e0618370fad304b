import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { PackedFiles } from '../../local/packed-files.ts';
import { laidOver } from '../../local/packed-files.ts';
import { fc } from '../helpers/fast-check.ts';

const paths = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

/** As an archive can hold it: no path is a file and a folder. */
const layers = fc.array(
  fc
    .uniqueArray(paths, { maxLength: 6 })
    .map((found) => found.filter((path) => !found.some((other) => other.startsWith(`${path}/`)))),
  { maxLength: 5 },
);

function asLayers(all: readonly (readonly string[])[]): PackedFiles[] {
  return all.map(
    (files, index) => new Map(files.map((path) => [path, { contents: strToU8(String(index)), mode: 0o644 }])),
  );
}

/** One layer after the other, each path of it in the place of whatever is in its way. */
function unpackedInOrder(all: readonly PackedFiles[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const layer of all) {
    for (const [path, { contents }] of layer) {
      for (const known of [...result.keys()])
        if (known.startsWith(`${path}/`) || path.startsWith(`${known}/`)) result.delete(known);
      result.set(path, Buffer.from(contents).toString());
    }
  }
  return result;
}

function textsOf(files: PackedFiles): Map<string, string> {
  return new Map(Array.from(files, ([path, { contents }]) => [path, Buffer.from(contents).toString()]));
}

describe('layers that are laid over each other', () => {
  it('hold of each path what the later one has, in the place of whatever is in its way', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const [one = new Map(), other = new Map()] = asLayers(all);
        expect(textsOf(laidOver([one, other]))).toEqual(unpackedInOrder([one, other]));
      }),
    );
  });

  it('hold no path as a file and as a folder, and every path of the last one, however many they are', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const files = textsOf(laidOver(asLayers(all)));
        const names = [...files.keys()];
        for (const path of names) expect(names.filter((other) => other.startsWith(`${path}/`))).toEqual([]);
        for (const path of all.at(-1) ?? []) expect(files.get(path)).toBe(String(all.length - 1));
      }),
    );
  });
});
