import { describe, expect, it } from 'vitest';
import { formatTraceHeader, parseTraceHeader } from '../../../src/propagation/trace-header.ts';
import type { Traceparent } from '../../../src/propagation/w3c.ts';
import {
  formatTraceparent,
  parseTraceparent,
  traceHeaderOf,
  traceparentOf,
} from '../../../src/propagation/w3c.ts';
import { fc } from '../../helpers/fast-check.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';
const VALID = `00-${TRACE_ID}-${PARENT_ID}-01`;

function hex(length: number) {
  return fc
    .string({
      unit: fc.constantFrom(...Array.from('0123456789abcdef')),
      minLength: length,
      maxLength: length,
    })
    .filter((text) => !/^0+$/.test(text));
}

const traceparents: fc.Arbitrary<Traceparent> = fc.record({
  traceId: hex(32),
  parentId: hex(16),
  sampled: fc.boolean(),
});

describe('parseTraceparent', () => {
  it('reads version 00', () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: TRACE_ID, parentId: PARENT_ID, sampled: true });
    expect(parseTraceparent(`00-${TRACE_ID}-${PARENT_ID}-00`)).toMatchObject({ sampled: false });
  });

  it('looks at the sampled flag only', () => {
    expect(parseTraceparent(`00-${TRACE_ID}-${PARENT_ID}-03`)).toMatchObject({ sampled: true });
    expect(parseTraceparent(`00-${TRACE_ID}-${PARENT_ID}-fe`)).toMatchObject({ sampled: false });
  });

  it('reads a later version by the fields of version 00', () => {
    for (const later of [`cc-${VALID.slice(3)}`, `01-${VALID.slice(3)}-what-the-future-will-be`]) {
      expect(parseTraceparent(later)).toEqual(parseTraceparent(VALID));
    }
  });

  it.each([
    ['version ff', `ff-${VALID.slice(3)}`],
    ['more fields than version 00 has', `${VALID}-01`],
    ['a later version that goes on without a dash', `01-${VALID.slice(3)}x`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT_ID}-01`],
    ['a parent id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['upper case', VALID.toUpperCase()],
    ['a trace id that is too short', `00-${TRACE_ID.slice(1)}-${PARENT_ID}-01`],
    ['flags that are not hex', `00-${TRACE_ID}-${PARENT_ID}-0g`],
    ['two headers joined', `${VALID},${VALID}`],
    ['a line break inside', `01-${VALID.slice(3)}-a\r\nb`],
    ['nothing', ''],
    ['what is not text', 7],
  ])('refuses %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(traceparents, (original) => {
        expect(parseTraceparent(formatTraceparent(original))).toEqual(original);
      }),
    );
  });

  it('never throws, and gives nothing but what may be written', () => {
    const near = fc.string({ unit: fc.constantFrom(...Array.from('0f-A ,')), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const parsed = parseTraceparent(text);
        if (parsed !== undefined) expect(parseTraceparent(formatTraceparent(parsed))).toEqual(parsed);
      }),
    );
  });
});

describe('traceparent and X-Amzn-Trace-Id', () => {
  it('say the same in both forms', () => {
    const header = `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=${PARENT_ID};Sampled=1`;
    expect(formatTraceHeader(traceHeaderOf({ traceId: TRACE_ID, parentId: PARENT_ID, sampled: true }))).toBe(
      header,
    );
    expect(traceparentOf(parseTraceHeader(header))).toEqual(parseTraceparent(VALID));
  });

  it('convert there and back without loss', () => {
    fc.assert(
      fc.property(traceparents, (original) => {
        const header = formatTraceHeader(traceHeaderOf(original));
        expect(traceparentOf(parseTraceHeader(header))).toEqual(original);
        expect(formatTraceHeader(traceHeaderOf(original))).toBe(header);
      }),
    );
  });

  it('make no traceparent of a header without root or parent, or with ids of zeros', () => {
    for (const header of [
      'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Lineage=a:1',
      `Parent=${PARENT_ID};Sampled=1`,
      `Root=1-00000000-${'0'.repeat(24)};Parent=${PARENT_ID};Sampled=1`,
      '',
    ]) {
      expect(traceparentOf(parseTraceHeader(header))).toBeUndefined();
    }
  });

  it('count a decision that is still open as not sampled, and write lower case', () => {
    const header = `Root=1-4BF92F35-77B34DA6A3CE929D0E0E4736;Parent=${PARENT_ID};Sampled=?`;
    expect(traceparentOf(parseTraceHeader(header))).toEqual({
      traceId: TRACE_ID,
      parentId: PARENT_ID,
      sampled: false,
    });
  });
});
