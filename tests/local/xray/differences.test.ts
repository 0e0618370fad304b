import { describe, expect, it } from 'vitest';
import type { ComparedTrace, TraceDetails } from '../../../local/xray/differences.ts';
import { MAX_DIFFERENCES, whatDiffers } from '../../../local/xray/differences.ts';
import { parseFilter } from '../../../local/xray/filter/parse-filter.ts';
import type { EntityStatus } from '../../../local/xray/trace.ts';

type Value = string | number | boolean;

function annotated(annotations: Readonly<Record<string, Value>>): TraceDetails {
  const typed = (value: Value) =>
    typeof value === 'string'
      ? { StringValue: value }
      : typeof value === 'number'
        ? { NumberValue: value }
        : { BooleanValue: value };
  return {
    Annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [key, [{ AnnotationValue: typed(value) }]]),
    ),
  };
}

function traces(
  count: number,
  details: (index: number) => TraceDetails,
  summary: { status?: EntityStatus; coldStart?: boolean } = {},
): ComparedTrace[] {
  return Array.from({ length: count }, (_, index) => ({
    summary: { status: 'ok', coldStart: false, ...summary },
    details: details(index),
  }));
}

function filtersOf(selected: readonly ComparedTrace[], rest: readonly ComparedTrace[]): string[] {
  return whatDiffers(selected, rest).differences.map(({ filter }) => filter);
}

function failedIn(name: string): TraceDetails {
  return {
    FaultRootCauses: [
      {
        ClientImpacting: true,
        Services: [
          {
            Name: 'payments',
            Names: ['payments'],
            Inferred: false,
            EntityPath: [
              { Name: 'payments', Remote: false },
              { Name: name, Remote: false, Exceptions: [{ Name: 'Timeout', Message: 'a secret' }] },
            ],
          },
        ],
      },
    ],
  };
}

describe('what differs', () => {
  it.each<[what: string, selected: ComparedTrace[], filters: string[]]>([
    [
      'a value of an annotation',
      traces(9, () => annotated({ plan: 'free', a: 1 })),
      ['annotation.plan = "free"'],
    ],
    ['whether an annotation is set', traces(9, () => annotated({ extra: 'x' })), ['annotation.extra']],
    ['a flag', traces(9, () => annotated({ vip: true })), ['annotation.vip = true']],
    ['a status', traces(9, () => ({}), { status: 'throttle' }), ['service() { throttle }']],
    ['cold starts', traces(9, () => ({}), { coldStart: true }), ['coldstart']],
    [
      'a function',
      traces(9, () => ({ ServiceIds: [{ Name: 'refund', Type: 'AWS::Lambda::Function' }] })),
      ['service("refund")'],
    ],
    [
      'where they failed, and with what',
      traces(9, () => failedIn('charge "now"')),
      [
        'rootcause.fault.entity { name = "charge \\"now\\"" AND last }',
        'rootcause.fault.exception { name = "Timeout" }',
      ],
    ],
    ['the status of the answer', traces(9, () => ({ Http: { HttpStatus: 502 } })), ['http.status = 502']],
    ['a user', traces(9, () => ({ Users: [{ UserName: 'alice' }] })), ['user = "alice"']],
  ])('is %s', (_what, selected, filters) => {
    const rest = traces(20, () => ({}));
    const found = whatDiffers(selected, rest);
    expect(found).toMatchObject({ selected: 9, rest: 20 });
    expect(found.differences).toEqual(
      expect.arrayContaining(
        filters.map((filter) => expect.objectContaining({ filter, selected: 9, rest: 0 }) as unknown),
      ),
    );
    for (const { filter } of found.differences) expect(() => parseFilter(filter)).not.toThrow();
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('begins with the greatest difference of shares, in either direction', () => {
    const selected = traces(10, (index) => annotated({ plan: index < 8 ? 'free' : 'pro' }));
    const rest = traces(100, (index) =>
      annotated({ plan: index < 50 ? 'free' : index < 95 ? 'pro' : 'none' }),
    );
    expect(filtersOf(selected, rest)).toEqual([]);
    const many = [...selected, ...selected, ...selected];
    expect(filtersOf(many, rest)).toEqual(['annotation.plan = "free"', 'annotation.plan = "pro"']);
  });

  it('is not what names single requests', () => {
    const orders = (from: number) => (index: number) => annotated({ order: `o-${from + index}` });
    expect(filtersOf(traces(1, orders(0)), traces(40, orders(1)))).toEqual([]);
    expect(
      filtersOf(
        traces(30, orders(0)),
        traces(40, () => ({})),
      ),
    ).toEqual(['annotation.order']);
  });

  it('is not what may be chance', () => {
    expect(
      filtersOf(
        traces(1, () => annotated({ a: 'x' })),
        traces(1, () => ({})),
      ),
    ).toEqual([]);
    expect(
      filtersOf(
        traces(2, () => annotated({ a: 'x' })),
        traces(9, () => ({})),
      ),
    ).toContain('annotation.a = "x"');
  });

  it('of many numbers is how large they are', () => {
    const selected = traces(50, (index) => annotated({ total: 1000 + index * 3.5 }));
    const rest = traces(50, (index) => annotated({ total: index * 3.5 }));
    expect(filtersOf(selected, rest)[0]).toBe('annotation.total >= 1000');
  });

  it('is nothing where one side is empty, and never more than can be read', () => {
    const everything = (index: number) =>
      annotated(Object.fromEntries(Array.from({ length: 30 }, (_, key) => [`k${key}`, index % 2])));
    expect(whatDiffers([], traces(9, everything))).toEqual({ selected: 0, rest: 9, differences: [] });
    expect(whatDiffers(traces(9, everything), []).differences).toEqual([]);
    expect(
      whatDiffers(
        traces(9, everything),
        traces(9, () => ({})),
      ).differences,
    ).toHaveLength(MAX_DIFFERENCES);
  });
});
