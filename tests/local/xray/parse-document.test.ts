import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import {
  MAX_DOCUMENT_BYTES,
  MAX_SUBSEGMENT_DEPTH,
  parseDocument,
} from '../../../local/xray/parse-document.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { entityId, segment, subsegment, traceId } from './fixtures.ts';

function accepted(raw: unknown): SegmentDocument {
  const parsed = parseDocument(typeof raw === 'string' ? raw : JSON.stringify(raw));
  if ('error' in parsed) throw new Error(`${parsed.error.code}: ${parsed.error.message}`);
  return parsed.document;
}

function refused(raw: unknown): { code: string; message: string; id?: string } {
  const parsed = parseDocument(typeof raw === 'string' ? raw : JSON.stringify(raw));
  if ('document' in parsed) throw new Error('The document was accepted.');
  return parsed.error;
}

describe('parseDocument', () => {
  it('gives back a complete segment as it was sent', () => {
    const sent = segment(1, {
      parent_id: entityId(9),
      origin: 'AWS::Lambda::Function',
      resource_arn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop',
      user: 'alice',
      service: { version: '1.2' },
      fault: true,
      http: {
        request: {
          method: 'GET',
          url: 'http://localhost/orders',
          user_agent: 'curl',
          client_ip: '127.0.0.1',
        },
        response: { status: 500, content_length: 12 },
      },
      cause: {
        working_directory: '/var/task',
        paths: ['node_modules'],
        exceptions: [
          {
            id: entityId(7),
            message: 'no such order',
            type: 'NotFound',
            remote: false,
            stack: [{ path: 'handler.js', line: 3, label: 'find' }],
          },
        ],
      },
      aws: { account_id: '000000000000', xray: { sdk: 'X-Ray for Node.js' } },
      annotations: { customer: 'c-1', retry: 2, 'aws.responseLatency': 0.5, gold: true },
      metadata: { shop: { order: { id: 1, lines: [1, null, 'two'] } } },
      links: [{ trace_id: traceId(2), id: entityId(3), attributes: { 'aws.lambda.batch': 1 } }],
      subsegments: [
        { ...subsegmentFields(2), namespace: 'aws', sql: { url: 'jdbc:x' }, precursor_ids: [entityId(1)] },
      ],
    });
    expect(accepted(sent)).toEqual(sent);
  });

  it('gives back a subsegment that travels alone as it was sent', () => {
    const sent = subsegment(2, 1, { namespace: 'remote', traced: true, error: true, throttle: true });
    expect(accepted(sent)).toEqual(sent);
  });

  it.each([
    ['text', 'hello', 'ParseError'],
    ['an array', '[]', 'ParseError'],
    ['null', 'null', 'ParseError'],
    ['another type', { ...segment(1), type: 'span' }, 'UnknownType'],
    ['no id', { ...segment(1), id: undefined }, 'MissingId'],
    ['a short id', { ...segment(1), id: 'abc' }, 'InvalidId'],
    ['a numeric id', { ...segment(1), id: 1234567890123456 }, 'InvalidId'],
    ['no name', { ...segment(1), name: undefined }, 'MissingName'],
    ['an empty name', { ...segment(1), name: '' }, 'MissingName'],
    ['a name that is an object', { ...segment(1), name: {} }, 'MissingName'],
    ['no trace id', { ...segment(1), trace_id: undefined }, 'MissingTraceId'],
    ['a W3C trace id', { ...segment(1), trace_id: '5f84c7a14e1f2d3c4b5a69788796a5b4' }, 'InvalidTraceId'],
    ['no start', { ...segment(1), start_time: undefined }, 'MissingStartTime'],
    ['a start in milliseconds', { ...segment(1), start_time: 1_700_000_000_000 }, 'InvalidTime'],
    ['a start that is text', { ...segment(1), start_time: '1000' }, 'InvalidTime'],
    ['a negative end', { ...segment(1), end_time: -1 }, 'InvalidTime'],
    ['neither end nor in_progress', { ...segment(1), end_time: undefined }, 'MissingEndTime'],
    [
      'a segment in progress with an end',
      { ...segment(1), in_progress: true },
      'InProgressSegmentHasEndTime',
    ],
    [
      'a subsegment in progress with an end',
      { ...subsegment(2, 1), in_progress: true },
      'InProgressSubsegmentHasEndTime',
    ],
    ['a subsegment alone without parent', { ...subsegment(2, 1), parent_id: undefined }, 'MissingParentId'],
    ['a parent that is no id', { ...segment(1), parent_id: 'parent' }, 'InvalidParentId'],
    ['subsegments that are no array', { ...segment(1), subsegments: {} }, 'InvalidSubsegments'],
    ['a subsegment that is no object', { ...segment(1), subsegments: [1] }, 'InvalidSubsegments'],
    [
      'an embedded subsegment without id',
      { ...segment(1), subsegments: [{ name: 'x', start_time: 1 }] },
      'MissingId',
    ],
  ])('refuses %s', (_what, raw, code) => {
    expect(refused(raw).code).toBe(code);
  });

  it('says in the error which document it was, what was expected and what came', () => {
    expect(refused({ ...segment(1), trace_id: 'mine' })).toEqual({
      code: 'InvalidTraceId',
      id: entityId(1),
      message: expect.stringContaining('got "mine"') as string,
    });
  });

  it('refuses a time that JSON can write and a number cannot hold', () => {
    const text = JSON.stringify(segment(1)).replace('"start_time":1001', '"start_time":1e999');
    expect(refused(text).code).toBe('InvalidTime');
  });

  it('refuses more than 64 kB, counted in bytes', () => {
    const withNote = (note: string): object => ({ ...segment(1), metadata: { shop: { note } } });
    const overhead = JSON.stringify(withNote('')).length;
    expect(accepted(withNote('x'.repeat(MAX_DOCUMENT_BYTES - overhead))).id).toBe(entityId(1));
    expect(refused(withNote('é'.repeat((MAX_DOCUMENT_BYTES - overhead) / 2 + 1))).code).toBe(
      'DocumentTooLarge',
    );
  });

  it('accepts the cause as the SDK writes it, as text, and as an object', () => {
    expect(accepted({ ...segment(1), cause: { id: entityId(5), exceptions: [] } }).cause).toEqual({
      id: entityId(5),
      exceptions: [],
    });
    expect(accepted({ ...segment(1), cause: entityId(5) }).cause).toBe(entityId(5));
    expect(
      accepted({ ...segment(1), cause: { exceptions: [{ message: {}, stack: [{ line: '12' }, 3] }, 4] } })
        .cause,
    ).toEqual({
      exceptions: [{ stack: [{ line: 12 }] }],
    });
  });

  it('finds traced beside the call and in its request', () => {
    const raw = { ...subsegment(2, 1), http: { request: { traced: true } } };
    expect(accepted(raw)).toMatchObject({ traced: true });
    expect(accepted({ ...raw, traced: false })).toMatchObject({ traced: false });
  });

  it('takes null and empty text for absent', () => {
    const raw = { ...segment(1), parent_id: '', subsegments: null, type: null, end_time: 1002 };
    expect(accepted(raw)).toEqual(segment(1));
  });

  it('accepts names that X-Ray would clean, and cuts those that are too long', () => {
    expect(accepted({ ...segment(1), name: '<b>"né"</b>\u0000' }).name).toBe('<b>"né"</b>\u0000');
    expect(accepted({ ...segment(1), name: 'n'.repeat(300) }).name).toHaveLength(200);
  });

  it('takes an embedded subsegment without end as in progress', () => {
    const raw = { ...segment(1), subsegments: [{ id: entityId(2), name: 'open', start_time: 1001 }] };
    expect(accepted(raw).subsegments).toEqual([
      { id: entityId(2), name: 'open', start_time: 1001, in_progress: true },
    ]);
  });

  it('leaves out optional fields of the wrong type', () => {
    const raw = {
      ...segment(1),
      ...{ fault: 'yes', error: 1, throttle: null, http: 'GET', aws: [], annotations: ['a'], metadata: 7 },
      ...{ cause: 5, user: {}, origin: 3, links: 'none', service: null, unheardOf: { a: 1 } },
    };
    expect(accepted(raw)).toEqual(segment(1));
  });

  it('leaves out annotations that X-Ray does not index', () => {
    const annotations = {
      good: 1,
      'bad key': 1,
      nothing: null,
      list: [1],
      object: {},
      [`long${'x'.repeat(500)}`]: 1,
    };
    expect(accepted({ ...segment(1), annotations }).annotations).toEqual({ good: 1 });
  });

  it('keeps links that lead somewhere, at most 20', () => {
    const links = [
      { trace_id: 'nowhere' },
      5,
      ...Array.from({ length: 30 }, (_, index) => ({ trace_id: traceId(index) })),
    ];
    expect(accepted({ ...segment(1), links })).toMatchObject({ links: links.slice(2, 22) });
  });

  it('keeps prototypes as they are when a key is __proto__', () => {
    const text = JSON.stringify(segment(1)).replace(
      /}$/,
      ',"__proto__":{"fault":true},"annotations":{"__proto__":"a","constructor":"b"},"metadata":{"__proto__":{"evil":1},"a":{"__proto__":{}}}}',
    );
    const document = accepted(text);
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect({ ...document.metadata }).toEqual({ a: {} });
    expect(Object.keys(document.annotations ?? {})).toEqual(['constructor']);
    expect(document.fault).toBeUndefined();
  });

  it('bounds the depth of free values', () => {
    const deep = `{"ns":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const document = accepted(JSON.stringify(segment(1)).replace(/}$/, `,"metadata":${deep}}`));
    expect(JSON.stringify(document.metadata)).toContain('nested too deeply');
  });

  it('bounds the depth of subsegments', () => {
    const nested = (depth: number): object =>
      depth === 0
        ? {}
        : { subsegments: [{ id: entityId(depth + 1), name: 'n', start_time: 1, ...nested(depth - 1) }] };
    expect(accepted({ ...segment(1), ...nested(MAX_SUBSEGMENT_DEPTH) }).id).toBe(entityId(1));
    expect(refused({ ...segment(1), ...nested(MAX_SUBSEGMENT_DEPTH + 1) }).code).toBe('InvalidSubsegments');
  });

  it('replaces numbers that are not finite in free values', () => {
    const text = JSON.stringify(segment(1)).replace(
      /}$/,
      ',"metadata":{"ns":{"n":-1e999}},"annotations":{"n":1e999}}',
    );
    expect(accepted(text)).toMatchObject({ metadata: { ns: { n: '-Infinity' } }, annotations: {} });
  });

  it('never throws, and what it accepts can be assembled, laid out and sent, whatever the fields hold', () => {
    const field = fc.constantFrom(
      ...[
        'id',
        'name',
        'type',
        'trace_id',
        'parent_id',
        'start_time',
        'end_time',
        'in_progress',
        'subsegments',
      ],
      ...['cause', 'http', 'aws', 'annotations', 'metadata', 'links', 'fault', 'namespace', 'sql', 'traced'],
    );
    const mutation = fc.dictionary(field, fc.jsonValue(), { maxKeys: 3 });
    fc.assert(
      fc.property(fc.constantFrom<object>(segment(1), subsegment(2, 1)), mutation, (base, changes) => {
        const parsed = parseDocument(JSON.stringify({ ...base, ...changes }));
        if ('error' in parsed) {
          expect(parsed.error.message).not.toBe('');
          return;
        }
        const trace = assembleTrace(parsed.document.trace_id, [parsed.document]);
        const { rows } = buildTimeline([trace], 2000);
        expect(rows.length).toBeGreaterThan(0);
        expect(JSON.parse(JSON.stringify(parsed.document))).toEqual(parsed.document);
      }),
      runs(1000),
    );
  });

  it('never throws on arbitrary text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => 'error' in parseDocument(text)));
  });
});

function subsegmentFields(number: number): {
  id: string;
  name: string;
  start_time: number;
  end_time: number;
} {
  return { id: entityId(number), name: 'inner', start_time: 1001.25, end_time: 1001.5 };
}
