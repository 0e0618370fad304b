import { describe, expect, it } from 'vitest';
import { formatTraceHeader, parseTraceHeader } from '../../../src/propagation/trace-header.ts';
import { fc } from '../../helpers/fast-check.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

describe('parseTraceHeader', () => {
  it('reads fields by key, in any order', () => {
    expect(parseTraceHeader(`Self=1-x;Sampled=1;Root=${ROOT};Lineage=a:1|b:2;Parent=${PARENT}`)).toEqual({
      root: ROOT,
      parent: PARENT,
      sampled: true,
      rest: [
        ['Self', '1-x'],
        ['Lineage', 'a:1|b:2'],
      ],
    });
  });

  it('treats a field of the wrong form as absent', () => {
    expect(parseTraceHeader('Root=2-1-1;Parent=xyz;Sampled=?')).toEqual({ rest: [] });
  });

  it('reads the header of a function that only passes traces through', () => {
    expect(parseTraceHeader(`Root=${ROOT};Lineage=a:1`)).toEqual({ root: ROOT, rest: [['Lineage', 'a:1']] });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseTraceHeader(text);
      }),
    );
    expect(parseTraceHeader(undefined)).toEqual({ rest: [] });
  });

  it('reads back what was written', () => {
    const hex = (length: number) =>
      fc.string({
        unit: fc.constantFrom(...Array.from('0123456789abcdef')),
        minLength: length,
        maxLength: length,
      });
    const word = fc.stringMatching(/^[A-Za-z0-9:|.-]{1,20}$/);
    const header = fc.record(
      {
        root: fc.tuple(hex(8), hex(24)).map(([time, id]) => `1-${time}-${id}`),
        parent: hex(16),
        sampled: fc.boolean(),
        rest: fc.array(
          fc.tuple(
            word.filter((key) => !['Root', 'Parent', 'Sampled'].includes(key)),
            word,
          ),
        ),
      },
      { requiredKeys: ['rest'] },
    );
    fc.assert(
      fc.property(header, (original) => {
        expect(parseTraceHeader(formatTraceHeader(original))).toEqual(original);
      }),
    );
  });
});
