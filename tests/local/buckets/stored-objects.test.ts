import { describe, expect, it } from 'vitest';
import { compareBytes, listObjects } from '../../../local/buckets/stored-objects.ts';
import type { StoredObject } from '../../../local/buckets/stored-objects.ts';
import { fc } from '../../helpers/fast-check.ts';

function stored(key: string): StoredObject {
  return { key, size: 0, etag: '', lastModified: new Date(0), tags: [], headers: {} };
}

const keys = fc.uniqueArray(
  fc
    .array(fc.constantFrom('a', 'B', '/', '-', 'é', '😀', '\u{ffee}'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
  { maxLength: 40 },
);

describe('a list of objects', () => {
  it('has every key once, in the order of bytes, however many come in a page', () => {
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('', '/', 'a/', 'é'),
        fc.constantFrom('', '/', '--', 'a'),
        (names, maxKeys, prefix, delimiter) => {
          const objects = names.map(stored);
          const pages: string[] = [];
          let after = '';
          for (;;) {
            const page = listObjects(objects, { prefix, delimiter, after, maxKeys });
            const entries = [...page.objects.map(({ key }) => key), ...page.prefixes];
            expect(entries.length).toBeLessThanOrEqual(maxKeys);
            pages.push(...entries.sort(compareBytes));
            if (page.next === undefined) break;
            after = page.next;
          }
          const expected = names
            .filter((name) => name.startsWith(prefix))
            .map((name) => {
              const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
              return end < 0 ? name : name.slice(0, end + delimiter.length);
            });
          expect(pages).toEqual([...new Set(expected)].sort(compareBytes));
        },
      ),
    );
  });
});
