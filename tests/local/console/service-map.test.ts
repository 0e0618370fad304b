import { describe, expect, it } from 'vitest';
import { CARD, curveThrough, layOutMap, structureOf } from '../../../local/console/map/lay-out-map.ts';
import { inOrder, keyTarget, placeOf } from '../../../local/console/map/map-keys.ts';
import { nameLines } from '../../../local/console/map/name-lines.ts';
import type { Numbers } from '../../../local/console/map/numbers.ts';
import {
  binsOf,
  numbersOf,
  outcomes,
  percentile,
  rateText,
  shareText,
  worstOf,
} from '../../../local/console/map/numbers.ts';
import type { ServiceMap } from '../../../local/console/map/service-map.ts';
import { alarmStateOf, minutesOf, serviceMapOf } from '../../../local/console/map/service-map.ts';
import { kindOf } from '../../../local/console/map/service-type.ts';
import { carriedOver, fitted, panned, revealed, whole, zoomed } from '../../../local/console/map/viewport.ts';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import { matchesFilter } from '../../../local/xray/filter/matches-filter.ts';
import { parseFilter } from '../../../local/xray/filter/parse-filter.ts';
import type { Edge, Service } from '../../../local/xray/graph/trace-graph.ts';
import { graphOf, mergeGraphs } from '../../../local/xray/graph/trace-graph.ts';
import { summarizeTrace } from '../../../local/xray/summary.ts';
import type { Trace } from '../../../local/xray/trace.ts';
import { alarmSummary } from '../../fixtures/console/alarms.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { largeGraphDocuments } from '../../fixtures/console/large-graph.ts';
import { orderPage } from '../../fixtures/console/orders.ts';

const AT = 1_790_000_000;

const largeTraces: readonly Trace[] = [
  ...Map.groupBy(largeGraphDocuments(AT), ({ trace_id }) => trace_id),
].map(([id, documents]) => assembleTrace(id, documents));
const page = orderPage(AT);
const orderTraces = [page.trace, ...page.linked];
function graphOfAll(traces: readonly Trace[]): readonly Service[] {
  return mergeGraphs(traces.map(graphOf));
}

const large = serviceMapOf(graphOfAll(largeTraces), { minutes: 1 });
const orderGraph = graphOfAll(orderTraces);
const order = serviceMapOf(orderGraph, { minutes: 1, functions: shopService.functions });
const orderApart = serviceMapOf(orderGraph, { minutes: 1, lambdaApart: true });

describe('the service of a function', () => {
  it('is said where several run, and nowhere else', () => {
    const graph = graphOfAll(orderTraces);
    const names = graph.flatMap(({ Name, Type }) => (Type === 'AWS::Lambda::Function' ? [Name] : []));
    expect(names.length).toBeGreaterThan(1);
    const servicesOf = (serviceOf: (index: number) => string) => {
      const functions = names.map((name, index) => ({
        key: `f${index}`,
        name,
        tracing: true,
        service: serviceOf(index),
      }));
      const { nodes } = serviceMapOf(graph, { functions });
      return functions.map(({ key }) => nodes.find(({ functionKey }) => functionKey === key)?.service);
    };
    expect(servicesOf((index) => `service-${index}`)).toEqual(names.map((_, index) => `service-${index}`));
    expect(servicesOf(() => 'orders')).toEqual(names.map(() => undefined));
  });
});

describe('the filters that the map writes', () => {
  const cases = [
    { name: 'an order', map: order, traces: orderTraces },
    { name: 'an order, Lambda apart', map: orderApart, traces: orderTraces },
    { name: 'forty services', map: large, traces: largeTraces },
  ].flatMap(({ name, map, traces }) =>
    [...map.nodes, ...map.edges].map((item) => ({ title: `${name}: ${item.key}`, item, traces })),
  );

  it.each(cases)(
    'find the traces of $title, and of each way in which its requests ended',
    ({ item, traces }) => {
      const found = (condition?: string): number => {
        const expression = parseFilter(item.filter(condition));
        return traces.filter((trace) =>
          matchesFilter(expression, { trace, summary: summarizeTrace(trace, []) }),
        ).length;
      };
      expect(found()).toBeGreaterThan(0);
      const { numbers } = item;
      if (numbers === undefined) return;
      for (const outcome of outcomes) {
        if (numbers.counts[outcome] > 0) expect([outcome, found(outcome) > 0]).toEqual([outcome, true]);
      }
    },
  );
});

describe('the model of the map', () => {
  it('names functions as the reader wrote them, whoever calls a root "Client", and all else as it is', () => {
    const labels = order.nodes.map(({ label, kind }) => `${label}: ${kind.label}`);
    expect(labels).toContain('create-order: Lambda function');
    expect(labels).toContain('Client: Caller');
    expect(order.nodes.every(({ label }) => label !== '')).toBe(true);
  });

  it.each([
    ['AWS::Lambda::Function', 'shop-local-take-payment', { kind: 'function', name: 'take-payment' }, true],
    ['AWS::Lambda', 'shop-local-take-payment', { kind: 'function', name: 'take-payment' }, false],
    ['AWS::SQS::Queue', 'parcels', { kind: 'queue', name: 'parcels' }, true],
    ['AWS::SQS::Queue', 'parcels', { kind: 'queue', name: 'parcels-dead' }, false],
    ['AWS::SQS::Queue', 'parcels', { kind: 'topic', name: 'parcels' }, false],
    ['AWS::ApiGateway::Stage', 'local-shop/local', { kind: 'api', name: 'local-shop' }, true],
    ['AWS::DynamoDB::Table', 'orders', { kind: 'table', name: 'orders' }, true],
    [
      'AWS::StepFunctions::StateMachine',
      'refund',
      { kind: 'stateMachine', name: 'arn:aws:states:eu-west-1:000000000000:stateMachine:refund' },
      true,
    ],
    ['remote', 'parcels', { kind: 'queue', name: 'parcels' }, false],
  ])('finds at a node of type %s named %s the alarm of %j: %s', (Type, Name, resource, watched) => {
    const alarms = [alarmSummary('one', { resource, state: 'ALARM' }), alarmSummary('of nothing')];
    const { nodes } = serviceMapOf([service({ Name, Type })], { alarms, functions: shopService.functions });
    expect(nodes.map(alarmStateOf)).toEqual([watched ? 'ALARM' : undefined]);
  });

  it('joins the two nodes of a function: as the Lambda service answered, called by its callers, calling what its code calls', () => {
    const lambda = {
      Name: 'fn',
      Type: 'AWS::Lambda',
      ReferenceId: 1,
      SummaryStatistics: statistics(8, { throttle: 2 }),
    };
    const code = {
      Name: 'fn',
      Type: 'AWS::Lambda::Function',
      ReferenceId: 2,
      SummaryStatistics: statistics(8),
    };
    const services = [
      service({ Name: 'api', Edges: [edgeTo(1, 10)] }),
      service({ ...lambda, Edges: [edgeTo(2, 8)] }),
      // A function that calls itself calls the Lambda service.
      service({ ...code, Edges: [edgeTo(3, 8), edgeTo(1, 1)] }),
      service({ Name: 'orders', Type: 'AWS::DynamoDB::Table', ReferenceId: 3 }),
      // Of another function only one of the two has arrived.
      service({ Name: 'alone', Type: 'AWS::Lambda', ReferenceId: 4 }),
    ];
    const drawn = ({ nodes, edges }: ServiceMap) => {
      const names = new Map(nodes.map(({ key, name, type = 'api' }) => [key, `${name} (${type})`]));
      return {
        nodes: [...names.values()].sort(),
        edges: edges.map(({ from, to }) => `${names.get(from)} -> ${names.get(to)}`).sort(),
      };
    };
    const joined = serviceMapOf(services);
    expect(drawn(joined)).toEqual({
      nodes: [
        'alone (AWS::Lambda)',
        'api (api)',
        'fn (AWS::Lambda::Function)',
        'orders (AWS::DynamoDB::Table)',
      ],
      edges: [
        'api (api) -> fn (AWS::Lambda::Function)',
        'fn (AWS::Lambda::Function) -> fn (AWS::Lambda::Function)',
        'fn (AWS::Lambda::Function) -> orders (AWS::DynamoDB::Table)',
      ],
    });
    const fn = joined.nodes.find(({ name }) => name === 'fn');
    expect(fn?.numbers).toMatchObject({ total: 10, counts: { throttle: 2 } });
    expect(fn?.ownNumbers).toMatchObject({ total: 8, counts: { throttle: 0 } });
    const apart = serviceMapOf(services, { lambdaApart: true });
    expect(drawn(apart).nodes).toContain('fn (AWS::Lambda)');
    expect(drawn(apart).edges).toContain('fn (AWS::Lambda) -> fn (AWS::Lambda::Function)');
    expect(apart.nodes.every(({ ownNumbers }) => ownNumbers === undefined)).toBe(true);
  });

  it('keeps its keys when the graph is read again in another order', () => {
    const [api, fn] = [service({ Name: 'api' }), service({ Name: 'fn', ReferenceId: 1 })];
    const edge = { ReferenceId: 1, StartTime: 1, EndTime: 2, SummaryStatistics: statistics(1), Aliases: [] };
    const one = serviceMapOf([{ ...api, Edges: [edge] }, fn]);
    const other = serviceMapOf([
      { ...fn, ReferenceId: 0 },
      { ...api, ReferenceId: 1, Edges: [{ ...edge, ReferenceId: 0 }] },
    ]);
    expect(structureOf(other)).toBe(structureOf(one));
  });

  it('spreads requests over the time between the first and the last, a minute at least', () => {
    expect(minutesOf([service({ StartTime: 0, EndTime: 3 })])).toBe(1);
    expect(
      minutesOf([service({ StartTime: 0, EndTime: 60 }), service({ StartTime: 40, EndTime: 300 })]),
    ).toBe(5);
    expect(minutesOf([])).toBe(1);
  });

  it.each([
    ['AWS::Lambda::Function', 'Lambda function'],
    ['AWS::Kendra::Index', 'Kendra Index'],
    ['my own', 'my own'],
    [undefined, 'Service'],
    ['', 'Service'],
  ])('says of the type %j that it is a %s', (type, label) => {
    expect(kindOf(type).label).toBe(label);
  });
});

describe('numbers', () => {
  it('counts each request once, by how it ended', () => {
    const numbers = numbersOf(
      statistics(5, { error: 2, throttle: 1, fault: 1 }),
      [{ Value: 0.2, Count: 9 }],
      3,
    );
    expect(numbers).toMatchObject({
      total: 9,
      counts: { ok: 5, error: 2, throttle: 1, fault: 1 },
      perMinute: 3,
      p50: 0.2,
    });
    expect(worstOf(numbers)).toEqual({ outcome: 'fault', count: 1 });
    expect(worstOf(numbersOf(statistics(5), [], undefined))).toBeUndefined();
  });

  it.each([
    [[], 0.5, undefined],
    [[{ Value: 3, Count: 1 }], 0.95, 3],
    [[1, 2, 3, 4].map((Value) => ({ Value, Count: 1 })), 0.5, 2],
    [
      [
        { Value: 1, Count: 95 },
        { Value: 9, Count: 5 },
      ],
      0.95,
      1,
    ],
    [
      [
        { Value: 1, Count: 94 },
        { Value: 9, Count: 6 },
      ],
      0.95,
      9,
    ],
  ])('takes of %j the percentile %s: %s', (histogram, share, expected) => {
    expect(percentile(histogram, share)).toBe(expected);
  });

  it.each([
    [0, 0, '0 %'],
    [0, 7, '0 %'],
    [7, 7, '100 %'],
    [1, 3, '33 %'],
    [1, 40, '2.5 %'],
    [1, 5000, '< 0.1 %'],
    [4999, 5000, '> 99.9 %'],
    [995, 1000, '99.5 %'],
  ])('writes %s of %s as %s', (count, total, text) => {
    expect(shareText(count, total)).toBe(text);
  });

  it.each([
    [0, '0/min'],
    [0.004, '< 0.01/min'],
    [3.21, '3.2/min'],
    [240, '240/min'],
    [1200, '20/s'],
    [123_456, '2058/s'],
  ])('writes %s a minute as %s', (perMinute, text) => {
    expect(rateText(perMinute)).toBe(text);
  });

  it('puts every time of a histogram into one column, at most so many, in order', () => {
    for (const values of [
      [0.2],
      [0, 0],
      [0.001, 4],
      [0.123, 0.1239, 0.124],
      [1e-6, 3e-6],
      [5, 5.0001, 900],
    ]) {
      const histogram = values.map((Value) => ({ Value, Count: 2 }));
      const bins = binsOf(histogram);
      expect(bins.length).toBeLessThanOrEqual(25);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length * 2);
      for (const { Value } of histogram) {
        expect(bins.some(({ least, most, count }) => count > 0 && least <= Value && Value <= most)).toBe(
          true,
        );
      }
      for (const [index, { most }] of bins.slice(0, -1).entries()) expect(bins[index + 1]?.least).toBe(most);
    }
    expect(binsOf([])).toEqual([]);
  });
});

describe('the layout', () => {
  it.each(['right', 'down'] as const)(
    'of forty services towards %s has no card upon another',
    (direction) => {
      expect(large.nodes.length).toBeGreaterThanOrEqual(40);
      const layout = layOutMap(large, direction);
      const places = [...layout.nodes.values()];
      for (const [index, one] of places.entries()) {
        for (const other of places.slice(index + 1)) {
          const apart =
            Math.abs(one.x - other.x) >= CARD.width + 8 || Math.abs(one.y - other.y) >= CARD.height + 8;
          expect(apart).toBe(true);
        }
        expect(one.x - CARD.width / 2).toBeGreaterThanOrEqual(0);
        expect(one.x + CARD.width / 2).toBeLessThanOrEqual(layout.width);
        expect(one.y + CARD.height / 2).toBeLessThanOrEqual(layout.height);
      }
    },
  );

  it('puts callers before what they call', () => {
    const { nodes } = layOutMap(large, 'right');
    for (const { from, to } of large.edges) {
      expect(nodes.get(from)?.x ?? NaN).toBeLessThan(nodes.get(to)?.x ?? NaN);
    }
  });

  it('stands still while only numbers change', () => {
    const later = serviceMapOf(graphOfAll([...largeTraces, ...largeTraces.slice(0, 7)]), {
      minutes: 9,
    });
    expect(later.nodes.map(({ numbers }) => numbers)).not.toEqual(large.nodes.map(({ numbers }) => numbers));
    expect(structureOf(later)).toBe(structureOf(large));
    expect(layOutMap(later, 'right')).toEqual(layOutMap(large, 'right'));
  });

  it('draws services that call themselves, each other, and nobody', () => {
    const map = mapOf(
      ['a', 'b', 'c'],
      [
        ['a', 'a'],
        ['a', 'b'],
        ['b', 'a'],
      ],
    );
    const layout = layOutMap(map, 'right');
    for (const { key } of map.edges) expect(layout.edges.get(key)?.points.length).toBeGreaterThan(1);
    expect(layout.nodes.get('c')).toBeDefined();
    expect(layOutMap({ nodes: [], edges: [] }, 'right').nodes.size).toBe(0);
  });

  it.each([
    [[], ''],
    [[{ x: 1, y: 2 }], 'M1,2L1,2'],
    [
      [
        { x: 0, y: 0 },
        { x: 5, y: 0 },
        { x: 10, y: 4 },
      ],
      'M0,0Q5,0 10,4',
    ],
    [
      [
        { x: 0, y: 0 },
        { x: 5, y: 0 },
        { x: 9, y: 0 },
        { x: 10, y: 4 },
      ],
      'M0,0Q5,0 7,0Q9,0 10,4',
    ],
  ])('draws a line through %j', (points, path) => {
    expect(curveThrough(points)).toBe(path);
  });
});

describe('the keys of the map', () => {
  it.each(['right', 'down'] as const)('lead to every node and every edge, towards %s', (direction) => {
    const layout = layOutMap(large, direction);
    const [first = ''] = inOrder(layout, large, direction);
    const reached = new Set([first]);
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];
    for (const item of reached) {
      for (const key of keys) {
        const target = keyTarget(large, layout, direction, item, key);
        if (target !== undefined) reached.add(target);
      }
    }
    expect(reached.size).toBe(large.nodes.length + large.edges.length);
  });

  it('goes from a service over a call to what is called, and back', () => {
    const map = mapOf(['a', 'b'], [['a', 'b']]);
    const layout = layOutMap(map, 'right');
    const press = (from: string, key: string) => keyTarget(map, layout, 'right', from, key);
    expect([press('a', 'ArrowRight'), press('a→b', 'ArrowRight')]).toEqual(['a→b', 'b']);
    expect([press('b', 'ArrowLeft'), press('a→b', 'ArrowLeft')]).toEqual(['a→b', 'a']);
    expect([press('b', 'ArrowRight'), press('a', 'x'), press('gone', 'ArrowLeft')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(placeOf(layout, 'a→b')).toBeDefined();
  });
});

describe('what is seen of the map', () => {
  const map = { width: 2000, height: 900 };
  const window = { width: 1000, height: 600 };

  it('begins with all of it where that can be read, and otherwise with its beginning', () => {
    const edges = new Map<string, never>();
    const alone = { width: 500, height: 300, nodes: new Map([['a', { x: 250, y: 150 }]]), edges };
    expect(fitted(alone, window, 'right')).toEqual({ scale: 1, x: 250, y: 150 });
    const nodes = new Map([
      ['a', { x: 126, y: 66 }],
      ['b', { x: 5874, y: 2934 }],
    ]);
    const view = fitted({ width: 6000, height: 3000, nodes, edges }, window, 'right');
    expect(view).toMatchObject({ scale: 0.7, x: 0, y: 0 });
    expect(whole(map, window)).toEqual({ scale: 0.5, x: 0, y: 75 });
  });

  const begun = [order, large].flatMap((each) =>
    (['right', 'down'] as const).flatMap((direction) =>
      [360, 700, 1600].map((width) => ({ each, direction, width, services: each.nodes.length })),
    ),
  );

  it.each(begun)(
    'begins with callers that are not cut: $services services, $direction, $width pixels wide',
    ({ each, direction, width }) => {
      const layout = layOutMap(each, direction);
      const seen = { width, height: 480 };
      const { x, y, scale } = fitted(layout, seen, direction);
      const places = [...layout.nodes.values()];
      const [along, across] = direction === 'down' ? (['y', 'x'] as const) : (['x', 'y'] as const);
      const front = Math.min(...places.map((place) => place[along]));
      const first = places.filter((place) => place[along] === front);
      const [half, size, offset] =
        across === 'x' ? [CARD.width / 2, seen.width, x] : [CARD.height / 2, seen.height, y];
      const starts = first.map((place) => (place[across] - half) * scale + offset);
      const ends = first.map((place) => (place[across] + half) * scale + offset);
      // More than there is room for begin with the first.
      expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
      if (Math.max(...ends) - Math.min(...starts) <= size)
        expect(Math.max(...ends)).toBeLessThanOrEqual(size);
    },
  );

  it('zooms around the pointer, within limits', () => {
    const view = { x: 10, y: -30, scale: 1 };
    const at = { x: 210, y: 70 };
    for (const factor of [0.5, 1.25, 1000, 0.00001]) {
      const next = zoomed(view, at, factor);
      expect((at.x - next.x) / next.scale).toBeCloseTo(200);
      expect((at.y - next.y) / next.scale).toBeCloseTo(100);
      expect(next.scale).toBeGreaterThanOrEqual(0.2);
      expect(next.scale).toBeLessThanOrEqual(2.5);
    }
  });

  it('never lets go of the map', () => {
    for (const far of [-1e6, 1e6]) {
      const { x, y, scale } = panned({ x: 0, y: 0, scale: 0.5 }, { x: far, y: far }, map, window);
      expect(x + map.width * scale).toBeGreaterThan(0);
      expect(x).toBeLessThan(window.width);
      expect(y + map.height * scale).toBeGreaterThan(0);
      expect(y).toBeLessThan(window.height);
    }
  });

  it('moves as little as shows what has the focus', () => {
    const view = { x: 0, y: 0, scale: 1 };
    expect(revealed(view, { x: 500, y: 300 }, window)).toEqual(view);
    const { x } = revealed(view, { x: 1500, y: 300 }, window);
    expect(1500 + CARD.width / 2 + x).toBe(window.width - 16);
  });

  it('keeps in its place what the reader looks at when something is added', () => {
    const before = layOutMap(mapOf(['a', 'b'], [['a', 'b']]), 'right');
    const after = layOutMap(
      mapOf(
        ['0', 'a', 'b'],
        [
          ['0', 'a'],
          ['a', 'b'],
        ],
      ),
      'right',
    );
    const view = { x: 40, y: 7, scale: 0.8 };
    const next = carriedOver(view, before, after, 'b');
    const seen = (of: typeof before, by: typeof view) => (of.nodes.get('b')?.x ?? NaN) * by.scale + by.x;
    expect(seen(after, next)).toBeCloseTo(seen(before, view));
    expect(carriedOver(view, before, layOutMap(mapOf(['z'], []), 'right'), 'b')).toEqual(view);
  });
});

describe('names on cards', () => {
  it.each([
    ['take-payment', ['take-payment']],
    ['nineteen-characters', ['nineteen-characters']],
    ['warehouse-local-order-11', ['warehouse-local-', 'order-11']],
    ['AVeryLongNameWithoutAnyBreak', ['AVeryLongNameWith', 'outAnyBreak']],
    ['', ['']],
  ])('%s is written as %j', (name, lines) => {
    expect(nameLines(name)).toEqual(lines);
  });

  it('loses the middle of what is too long, and keeps both ends', () => {
    const lines = nameLines(`begin-${'x'.repeat(300)}-the-end`);
    expect(lines).toHaveLength(2);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(19);
    expect(lines.join('')).toMatch(/^begin-x+…x+-the-end$/);
  });

  it('gives capitals and letters of East Asia the room that they need', () => {
    for (const name of ['order-shop-local-OrdersTable-1G1IUYNRTSKQW', 'W'.repeat(40), '注文'.repeat(15)]) {
      const lines = nameLines(name);
      const width = (line: string) =>
        Array.from(line).reduce(
          (sum, letter) => sum + (/[A-Z]/.test(letter) ? 1.35 : letter > '\u2e7f' ? 2 : 1),
          0,
        );
      expect(lines).toHaveLength(2);
      expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(19);
    }
  });
});

function edgeTo(ReferenceId: number, requests: number): Edge {
  return { ReferenceId, StartTime: 1, EndTime: 2, SummaryStatistics: statistics(requests), Aliases: [] };
}

function statistics(ok: number, { error = 0, throttle = 0, fault = 0 } = {}) {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: error + throttle },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + error + throttle + fault,
    TotalResponseTime: ok,
  };
}

function service(fields: Partial<Service>): Service {
  return {
    ReferenceId: 0,
    Name: 'a',
    Names: [fields.Name ?? 'a'],
    State: 'active',
    StartTime: 1,
    EndTime: 2,
    Edges: [],
    SummaryStatistics: statistics(1),
    ...fields,
  };
}

const noNumbers: Numbers = numbersOf(statistics(0), [], undefined);

/** A map of nodes that are named, and calls between them. */
function mapOf(names: readonly string[], calls: ReadonlyArray<readonly [string, string]>): ServiceMap {
  return {
    nodes: names.map((name) => ({
      key: name,
      name,
      label: name,
      kind: kindOf(undefined),
      reports: true,
      alarms: [],
      filter: () => '',
    })),
    edges: calls.map(([from, to]) => ({
      key: `${from}→${to}`,
      from,
      to,
      isLink: false,
      numbers: noNumbers,
      filter: () => '',
    })),
  };
}
