import { describe, expect, it } from 'vitest';
import { charactersOf, eachRun, LongRuns } from '../../../../src/redaction/detectors/places.ts';
import { fc } from '../../../helpers/fast-check.ts';

const pieces = fc.array(
  fc.oneof(fc.stringMatching(/^[a-c]{0,9}$/), fc.constantFrom(' ', '-', 'é', '\u{1f600}')),
  {
    maxLength: 20,
  },
);

describe('eachRun', () => {
  it('visits what a regular expression would find, in order', () => {
    const characters = charactersOf(/[a-c]/);
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 8 }), (parts, least) => {
        const text = parts.join('');
        const visited: string[] = [];
        eachRun(text, characters, least, (start, end) => visited.push(text.slice(start, end)));
        expect(visited).toEqual(text.match(new RegExp(`[a-c]{${least},}`, 'g')) ?? []);
      }),
    );
  });
});

describe('LongRuns', () => {
  const text = fc
    .array(
      fc.oneof(fc.stringMatching(/^[A-Za-z0-9]{1,20}$/), fc.constantFrom(' ', '-', '_', '/', '.', '"', 'é')),
      {
        maxLength: 20,
      },
    )
    .map((parts) => parts.join(''));

  it('tries every beginning of a word that a key has room behind, and nothing else', () => {
    fc.assert(
      fc.property(text, (each) => {
        const tried: number[] = [];
        new LongRuns(each).tryWords((at) => {
          tried.push(at);
          return at;
        });
        const words = each.matchAll(/(?<![A-Za-z\d])[A-Za-z\d](?=[\w~.:|$%+/=!-]{15})/g);
        expect(tried).toEqual(Array.from(words, ({ index }) => index));
      }),
    );
  });

  it('goes on behind what was found', () => {
    const tried: number[] = [];
    new LongRuns('a-b-c-d-e-f-g-h-i-j-k-l').tryWords((at) => {
      tried.push(at);
      return at === 0 ? 4 : at;
    });
    expect(tried).toEqual([0, 4, 6]);
  });
});
