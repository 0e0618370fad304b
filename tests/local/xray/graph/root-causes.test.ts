import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../../local/xray/document.ts';
import type { RootCause } from '../../../../local/xray/graph/root-causes.ts';
import { MAX_ROOT_CAUSES, rootCauses } from '../../../../local/xray/graph/root-causes.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID } from '../fixtures.ts';

function causesOf(...documents: SegmentDocument[]): ReturnType<typeof rootCauses> {
  return rootCauses(assembleTrace(TRACE_ID, documents));
}

/** `service(entity, entity) > service(entity)`, and `!` where the client felt it. */
function written(causes: readonly RootCause[]): string[] {
  return causes.map(
    ({ Services, ClientImpacting }) =>
      Services.map(
        ({ Name, EntityPath }) => `${Name}(${EntityPath.map((entity) => entity.Name).join(', ')})`,
      ).join(' > ') + (ClientImpacting ? '!' : ''),
  );
}

describe('of a fault', () => {
  const failing = (rootFails: boolean): SegmentDocument[] => [
    segment(1, {
      name: 'api',
      fault: rootFails,
      subsegments: [embedded(2, { name: 'Lambda', namespace: 'aws', fault: true })],
    }),
    segment(3, {
      name: 'function',
      parent_id: entityId(2),
      fault: true,
      aws: { account_id: '1' },
      origin: 'AWS::Lambda::Function',
      cause: { id: entityId(5), exceptions: [] },
      subsegments: [
        embedded(4, {
          name: '## handler',
          subsegments: [
            embedded(5, {
              name: 'DynamoDB',
              namespace: 'aws',
              fault: true,
              aws: { table_name: 'orders' },
              cause: { exceptions: [{ id: 'e1', type: 'Timeout', message: 'too slow' }] },
            }),
          ],
        }),
      ],
    }),
  ];

  it('is where nothing below it failed, with the way from the topmost that failed too', () => {
    expect(written(causesOf(...failing(true)).FaultRootCauses)).toEqual([
      'api(api, Lambda) > function(function, ## handler, DynamoDB) > orders(orders)!',
    ]);
    expect(written(causesOf(...failing(false)).FaultRootCauses)).toEqual([
      'api(Lambda) > function(function, ## handler, DynamoDB) > orders(orders)',
    ]);
  });

  it('is written as the API writes it', () => {
    expect(causesOf(...failing(true)).FaultRootCauses[0]?.Services.slice(1)).toEqual([
      {
        Name: 'function',
        Names: ['function'],
        Type: 'AWS::Lambda::Function',
        AccountId: '1',
        Inferred: false,
        EntityPath: [
          { Name: 'function', Remote: false, Exceptions: [] },
          { Name: '## handler', Remote: false, Exceptions: [] },
          { Name: 'DynamoDB', Remote: true, Exceptions: [{ Name: 'Timeout', Message: 'too slow' }] },
        ],
      },
      {
        Name: 'orders',
        Names: ['orders', 'DynamoDB'],
        Type: 'AWS::DynamoDB::Table',
        Inferred: true,
        EntityPath: [{ Name: 'orders', Remote: false, Exceptions: [] }],
      },
    ]);
  });

  it('has the exceptions that it refers to elsewhere', () => {
    const documents = (cause: SegmentDocument['cause']): SegmentDocument[] => [
      segment(1, {
        subsegments: [
          embedded(2, { start_time: 1, end_time: 2, fault: true, ...(cause !== undefined && { cause }) }),
          embedded(3, { start_time: 3, end_time: 4, cause: { exceptions: [{ id: 'abc', type: 'Broken' }] } }),
        ],
      }),
    ];
    for (const cause of ['abc', { id: 'abc' }, { id: entityId(3), exceptions: [] }]) {
      const [found] = causesOf(...documents(cause)).FaultRootCauses;
      expect(found?.Services[0]?.EntityPath[0]?.Exceptions).toEqual([{ Name: 'Broken' }]);
    }
    const [without] = causesOf(...documents(undefined)).FaultRootCauses;
    expect(without?.Services[0]?.EntityPath[0]?.Exceptions).toEqual([]);
  });

  it('is one of several, the earliest first, and of very many the first hundred', () => {
    const failures = Array.from({ length: 3000 }, (_, index) =>
      embedded(index + 10, { name: `step-${index}`, start_time: 2000 - index, end_time: 2001, fault: true }),
    );
    const { FaultRootCauses: few } = causesOf(segment(1, { name: 's', subsegments: failures.slice(0, 2) }));
    expect(written(few)).toEqual(['s(step-1)', 's(step-0)']);
    const { FaultRootCauses: many } = causesOf(segment(1, { subsegments: failures }));
    expect(many).toHaveLength(MAX_ROOT_CAUSES);
    expect(many[0]?.Services[0]?.EntityPath[0]?.Name).toBe('step-2999');
  });

  it('is found in what has lost its segment, and among segments that are their own ancestors', () => {
    const orphan = subsegment(1, 99, { name: 'work', fault: true });
    expect(written(causesOf(orphan).FaultRootCauses)).toEqual(['work(work)']);
    const circle = [
      segment(1, { name: 'a', parent_id: entityId(2), fault: true }),
      segment(2, { name: 'b', parent_id: entityId(1) }),
    ];
    expect(written(causesOf(...circle).FaultRootCauses)).toEqual(['a(a)']);
  });
});

describe('of an error', () => {
  it('is apart from faults, and includes what was throttled', () => {
    const { ErrorRootCauses, FaultRootCauses } = causesOf(
      segment(1, {
        name: 's',
        error: true,
        subsegments: [embedded(2, { name: 'S3', namespace: 'aws', throttle: true })],
      }),
    );
    expect(written(ErrorRootCauses)).toEqual(['s(s, S3) > S3(S3)!']);
    expect(FaultRootCauses).toEqual([]);
  });
});

describe('of the response time', () => {
  const at = (start: number, end: number): { start_time: number; end_time: number } => ({
    start_time: start,
    end_time: end,
  });

  it('follows what covers most, with the share that it has of the whole', () => {
    const [cause, ...others] = causesOf(
      segment(1, {
        name: 'GetWeatherData',
        ...at(0, 10),
        subsegments: [
          embedded(2, { name: 'log', ...at(0, 1) }),
          embedded(3, { name: 'get_temperature', namespace: 'remote', ...at(1, 9) }),
        ],
      }),
      segment(4, { name: 'GetTemperature', parent_id: entityId(3), ...at(1.5, 8.5) }),
    ).ResponseTimeRootCauses;
    expect(others).toEqual([]);
    expect(cause).toEqual({
      ClientImpacting: true,
      Services: [
        {
          Name: 'GetWeatherData',
          Names: ['GetWeatherData'],
          Inferred: false,
          EntityPath: [
            { Name: 'GetWeatherData', Remote: false, Coverage: 1 },
            { Name: 'get_temperature', Remote: true, Coverage: 0.8 },
          ],
        },
        {
          Name: 'GetTemperature',
          Names: ['GetTemperature'],
          Inferred: false,
          EntityPath: [{ Name: 'GetTemperature', Remote: false, Coverage: 0.7 }],
        },
      ],
    });
  });

  it('finds the start of a function before the function itself began', () => {
    const { ResponseTimeRootCauses } = causesOf(
      segment(1, { name: 'f', origin: 'AWS::Lambda', ...at(0, 3) }),
      segment(2, {
        name: 'f',
        origin: 'AWS::Lambda::Function',
        parent_id: entityId(1),
        ...at(2.8, 3),
        subsegments: [
          embedded(3, { name: 'Init', ...at(0.3, 2.8) }),
          embedded(4, { name: 'Invocation', ...at(2.8, 3) }),
        ],
      }),
    );
    expect(written(ResponseTimeRootCauses)).toEqual(['f(f) > f(f, Init)!']);
    expect(ResponseTimeRootCauses[0]?.Services[1]?.EntityPath[0]?.Coverage).toBe(0.9);
  });

  it('ends where no child covers half, and leaves out what went on after the answer', () => {
    const { ResponseTimeRootCauses } = causesOf(
      segment(1, {
        name: 's',
        ...at(0, 10),
        subsegments: [
          embedded(2, { name: 'a', ...at(0, 4) }),
          embedded(3, { name: 'b', ...at(4, 8) }),
          embedded(4, { name: 'late', ...at(9, 100) }),
        ],
      }),
    );
    expect(written(ResponseTimeRootCauses)).toEqual(['s(s)!']);
  });

  it('is not known while the root is missing or in progress', () => {
    expect(causesOf(begun(segment(1))).ResponseTimeRootCauses).toEqual([]);
    expect(causesOf(subsegment(1, 2)).ResponseTimeRootCauses).toEqual([]);
  });
});
