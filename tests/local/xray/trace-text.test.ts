import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import type { SegmentDocument, Subsegment } from '../../../local/xray/document.ts';
import { readTraceId } from '../../../local/xray/read-trace-id.ts';
import { slownessText } from '../../../local/xray/slowness-text.ts';
import { traceText } from '../../../local/xray/trace-text.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID, traceId } from './fixtures.ts';

function textOf(...documents: readonly SegmentDocument[]): string {
  return traceText([assembleTrace(TRACE_ID, documents)], { now: 1100 });
}

describe('the text of a trace', () => {
  it('says what is running, what is missing, and what was not received', () => {
    const text = textOf(begun(segment(1)), subsegment(9, 99));

    expect(text).toMatch(/^Trace .* in_progress, .* partial/);
    expect(text).toMatch(/^segment-1 .* running .* in_progress$/m);
    expect(text).toMatch(/^subsegment-9 \(its parent has not arrived\) /m);
  });

  it('names requests with their answers, and the first causes of an exception', () => {
    const exceptions = Array.from({ length: 5 }, (_, index) => ({ type: `Error${index}`, message: 'no' }));
    const http = { request: { method: 'PUT', url: 'http://pay/1' }, response: { status: 502 } };
    const text = textOf(segment(1, { http, cause: { exceptions } }));

    expect(text).toMatch(
      /fault {2}PUT http:\/\/pay\/1 -> 502\n {2}! Error0: no\n {2}! Error1: no\n {2}! Error2: no\n {2}! and 2 more$/,
    );
  });

  it('is a line for each row whatever their names are, and none of them moves the cursor', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\u001b[2J', '\u2028', '\u009b', '\u202e'),
    );
    const names = fc.array(
      fc.array(unit, { maxLength: 40 }).map((parts) => parts.join('')),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(names, (texts) => {
        const text = textOf(
          segment(1, { subsegments: texts.map((name, index) => embedded(index + 2, { name })) }),
        );
        expect(text.split('\n')).toHaveLength(texts.length + 3);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
      }),
      runs(100),
    );
  });

  it('draws 500 levels, and stops where it is told to', () => {
    let deepest: Subsegment = embedded(500);
    for (let level = 499; level > 1; level -= 1) deepest = embedded(level, { subsegments: [deepest] });
    const trace = assembleTrace(TRACE_ID, [segment(1, { subsegments: [deepest] })]);

    const all = traceText([trace], { now: 1100 });
    expect(all).toMatch(/\[400\] subsegment-401 /);
    expect(Math.max(...all.split('\n').map(({ length }) => length))).toBeLessThan(200);
    const short = traceText([trace], { now: 1100, maxRows: 3 });
    expect(short.split('\n').slice(-2)).toEqual([
      expect.stringMatching(/^ {4}subsegment-3 /),
      '… and 497 more rows',
    ]);
  });
});

describe('why a trace was slow', () => {
  it('follows the longest child, and names what took time of its own', () => {
    const root = segment(1, {
      name: 'shop',
      start_time: 0,
      end_time: 10,
      subsegments: [
        embedded(2, { name: 'charge', start_time: 1, end_time: 9 }),
        embedded(3, { name: 'log', start_time: 9, end_time: 9.1 }),
      ],
    });

    const text = slownessText(assembleTrace(TRACE_ID, [root]), 11, [1, 2, 30]);

    expect(text).toContain('shop took 10 s, and answered after 10 s.');
    expect(text).toContain('it is slower than 2; their median is 2 s, the longest 30 s.');
    expect(text).toMatch(/100 % {2}shop\n +80 % {4}charge\n/);
    expect(text).toMatch(/ 8 s {3}80 % {2}charge {2}ok\n +1\.9 s {3}19 % {2}shop {2}ok$/);
    expect(text).not.toContain('log');
  });

  it('says of a trace that is not whole that it is not', () => {
    const text = slownessText(assembleTrace(TRACE_ID, [begun(segment(1))]), 1100);
    expect(text).toContain('It is partial');
  });
});

describe('a trace id', () => {
  const ids = fc.nat({ max: 1e6 }).map(traceId);

  it('is read from a header and from what OpenTelemetry calls it', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(readTraceId(` ${id}\n`)).toBe(id);
        expect(readTraceId(`Root=${id};Parent=${entityId(1)};Sampled=1`)).toBe(id);
        expect(readTraceId(`Self=${traceId(7)};Root=${id}`)).toBe(id);
        expect(readTraceId(id.slice(2).replace('-', ''))).toBe(id);
      }),
      runs(50),
    );
  });

  it.each(['', '1-', 'o-4711', entityId(1), `${traceId(1)}0`, `x${traceId(1)}`, `Self=${traceId(1)}`])(
    'is not read from %j',
    (text) => {
      expect(readTraceId(text)).toBeUndefined();
    },
  );
});
