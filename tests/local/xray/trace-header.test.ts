import { describe, expect, it } from 'vitest';
import {
  formatTraceHeader,
  newEntityId,
  newTraceId,
  parseTraceHeader,
} from '../../../local/xray/trace-header.ts';
import { fc } from '../../helpers/fast-check.ts';

const root = '1-5759e988-bd862e3fe1be46a994272793';

describe('a tracing header', () => {
  it('is read by key, in any order, and keeps unknown fields', () => {
    const text = `Self=1-a; Sampled=1;Lineage=a87bd80c:1|68fd508a:5;Parent=53995c3f42cd8ad8;Root=${root};custom=a=b`;
    expect(parseTraceHeader(text)).toEqual({
      root,
      parent: '53995c3f42cd8ad8',
      sampled: '1',
      others: [
        ['Self', '1-a'],
        ['Lineage', 'a87bd80c:1|68fd508a:5'],
        ['custom', 'a=b'],
      ],
    });
  });

  it.each([
    [undefined, {}],
    ['', {}],
    ['nonsense', {}],
    ['Root=not-an-id;Parent=1;Sampled=yes', {}],
    [`=x;Root=${root};Sampled=?;bad key=1;k=\n`, { root, sampled: '?' }],
    [`Root=${root};k=${'x'.repeat(5000)}`, {}],
  ])('is read as far as it makes sense: %j', (text, expected) => {
    expect(parseTraceHeader(text)).toEqual({ ...expected, others: [] });
  });

  it('is written as it is read', () => {
    const text = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:1`;
    expect(formatTraceHeader(parseTraceHeader(text))).toBe(text);
    expect(formatTraceHeader({ root, others: [] })).toBe(`Root=${root}`);
  });

  it('never throws, and what it wrote is read again the same', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseTraceHeader(text);
        expect(parseTraceHeader(formatTraceHeader(parsed))).toEqual(parsed);
      }),
    );
  });
});

describe('new ids', () => {
  it('have X-Ray’s form; a trace id begins with its time', () => {
    expect(newTraceId(1_465_510_280_000)).toMatch(/^1-5759e988-[0-9a-f]{24}$/);
    expect(newTraceId()).not.toBe(newTraceId());
    expect(newEntityId()).toMatch(/^[0-9a-f]{16}$/);
  });
});
