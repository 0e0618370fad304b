import { describe, expect, it } from 'vitest';
import { readTraces, writeResponse, writeStatus } from '../../../../local/xray/otlp/otlp-messages.ts';
import { documentsOf } from '../../../../local/xray/otlp/span-documents.ts';
import { fc } from '../../../helpers/fast-check.ts';
import { asProtobufBody, PARENT_ID, requestOf, SPAN_ID, W3C_TRACE_ID } from './spans.ts';

/** A request of one span, whose attribute `a` and start are written as they stand here. */
function json(value: string, start = '"1700000000000000000"'): Buffer {
  const ids = `"traceId":"${W3C_TRACE_ID}","spanId":"${SPAN_ID}","parentSpanId":"${PARENT_ID}"`;
  const span = `{${ids},"name":"n","kind":1,"startTimeUnixNano":${start},"endTimeUnixNano":"1700000000000000001",
    "attributes":[{"key":"a","value":${value}}],"unknown":{"intValue":null},"flags":257}`;
  return Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
}

function attributeOf(value: string): unknown {
  const { documents } = documentsOf(readTraces(json(value), 'json'));
  return (documents[0]?.metadata?.['default'] as Record<string, unknown>)['a'];
}

describe('OTLP’s JSON', () => {
  it.each<[string, unknown]>([
    ['{"intValue":"12"}', 12],
    ['{"intValue":-12}', -12],
    ['{"intValue":"-9223372036854775808"}', '-9223372036854775808'],
    ['{"intValue":9007199254740993}', '9007199254740993'],
    ['{"intValue":1e18}', '1000000000000000000'],
    // What JavaScript's exporter makes of numbers that are no integers of 64 bits.
    ['{"intValue":1e+21}', 1e21],
    ['{"intValue":9223372036854775808}', 2 ** 63],
    ['{"intValue":1e300}', 1e300],
    ['{"doubleValue":1}', 1],
    ['{"doubleValue":1e18}', 1e18],
    ['{"doubleValue":"NaN"}', 'NaN'],
    ['{"doubleValue":"-Infinity"}', '-Infinity'],
    ['{"boolValue":false}', false],
    ['{"stringValue":"5f84"}', '5f84'],
    ['{"stringValue":"tea \\ud83c"}', 'tea \ufffd'],
    ['{"bytesValue":"-_8="}', '+/8='],
    ['{"arrayValue":{}}', []],
    ['{"arrayValue":{"values":[{"intValue":"1"},{}]}}', [1, null]],
    ['{"kvlistValue":{"values":[{"key":"traceId","value":{"stringValue":"zz"}}]}}', { traceId: 'zz' }],
    ['{}', null],
    ['{"futureValue":1}', null],
  ])('%s is read', (value, expected) => {
    expect(attributeOf(value)).toEqual(expected);
  });

  it.each([
    ['"1700000000123456789"'],
    ['1700000000123456789'],
    ['1700000000123456800.0'],
    ['1.7000000001234568e18'],
  ])('takes a time written as %s', (start) => {
    const [span] = readTraces(json('{}', start), 'json').resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    expect(Number(span?.startTimeUnixNano)).toBe(1_700_000_000_123_456_800);
    if (start.includes('789')) expect(span?.startTimeUnixNano).toBe(1_700_000_000_123_456_789n);
  });

  it('takes names as protobuf has them, and enums by name or number', () => {
    const text = `{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"${W3C_TRACE_ID}","span_id":"${SPAN_ID}",
      "parent_span_id":"${PARENT_ID.toUpperCase()}","kind":"SPAN_KIND_SERVER","start_time_unix_nano":"1",
      "end_time_unix_nano":"2","status":{"code":"STATUS_CODE_ERROR"}}]}]}]}`;
    const { documents } = documentsOf(readTraces(Buffer.from(text), 'json'));
    expect(documents).toMatchObject([{ id: SPAN_ID, parent_id: PARENT_ID, fault: true }]);
    expect(documents[0]).not.toHaveProperty('type');
  });

  it.each([
    ['nothing', ''],
    ['half an object', '{'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['spans that are no list', '{"resourceSpans":1}'],
    ['an id that is a number', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":1}]}]}]}'],
    ['a time before 1970', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":-1}]}]}]}'],
    ['values deeper than anybody nests', json('{"arrayValue":{"values":['.repeat(200)).toString()],
  ])('that holds %s is refused', (_what, text) => {
    expect(() => readTraces(Buffer.from(text), 'json')).toThrow(/./);
  });
});

describe('any bytes', () => {
  it('are a request, or refused with an Error', () => {
    const valid = asProtobufBody(
      requestOf([{ attributes: { a: [1, 'x'] }, events: [{ name: 'exception' }] }]),
    );
    const damaged = fc
      .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
      .map(([at, byte, length]) => {
        const copy = Buffer.from(valid);
        copy[at] = byte;
        return copy.subarray(0, length);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        fc.constantFrom('protobuf', 'json' as const),
        (body, encoding) => {
          let read;
          try {
            read = readTraces(body, encoding);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            return;
          }
          const { documents, errors } = documentsOf(read);
          expect(documents.length + errors.length).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('an answer', () => {
  it('says nothing of what was taken', () => {
    expect(Buffer.from(writeResponse({ refused: 0, message: '' }, 'json')).toString()).toBe('{}');
    expect(writeResponse({ refused: 0, message: '' }, 'protobuf')).toHaveLength(0);
  });

  it('says how many spans were refused, and why', () => {
    const answer = writeResponse({ refused: 2, message: 'why' }, 'json');
    expect(JSON.parse(Buffer.from(answer).toString())).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'why' },
    });
    const status = writeStatus({ code: 3, message: 'why' }, 'json');
    expect(JSON.parse(Buffer.from(status).toString())).toEqual({ code: 3, message: 'why' });
  });
});
