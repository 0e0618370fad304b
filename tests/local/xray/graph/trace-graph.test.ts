import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../../local/xray/document.ts';
import { callsOf } from '../../../../local/xray/graph/calls.ts';
import type { Statistics } from '../../../../local/xray/graph/statistics.ts';
import type { Edge, Service } from '../../../../local/xray/graph/trace-graph.ts';
import { graphOf, mergeGraphs } from '../../../../local/xray/graph/trace-graph.ts';
import { isInProgress } from '../../../../local/xray/status.ts';
import type { Trace } from '../../../../local/xray/trace.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID, traceId } from '../fixtures.ts';
import { traces } from './random-traces.ts';

function graph(...documents: SegmentDocument[]): readonly Service[] {
  return mergeGraphs([graphOf(assembleTrace(TRACE_ID, documents))]);
}

function named(services: readonly Service[], name: string, type?: string): Service {
  const found = services.find(
    (service) => service.Name === name && (type === undefined || service.Type === type),
  );
  if (found === undefined)
    throw new Error(`No ${name} among ${services.map(({ Name }) => Name).join(', ')}.`);
  return found;
}

function edge(services: readonly Service[], from: Service, to: Service): Edge {
  const found = from.Edges.find(({ ReferenceId }) => services[ReferenceId] === to);
  if (found === undefined) throw new Error(`${from.Name} does not call ${to.Name}.`);
  return found;
}

function counts(ok: number, throttle = 0, other = 0, fault = 0): Omit<Statistics, 'TotalResponseTime'> {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: other, TotalCount: throttle + other },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + throttle + other + fault,
  };
}

describe('the graph of a service that calls a table and a topic', () => {
  const call = (id: number, name: string, aws: Record<string, string>, seconds: number, failure = {}) =>
    embedded(id, { name, namespace: 'aws', aws, start_time: 1000, end_time: 1000 + seconds, ...failure });
  const services = graph(
    segment(1, {
      name: 'shop.example.com',
      origin: 'AWS::EC2::Instance',
      start_time: 1000,
      end_time: 1000.25,
      error: true,
      subsegments: [
        call(2, 'DynamoDB', { table_name: 'orders' }, 0.076),
        embedded(3, {
          name: '## notify',
          subsegments: [
            call(4, 'DynamoDB', { table_name: 'orders' }, 0.044, { error: true, throttle: true }),
            call(5, 'SNS', { topic_arn: 'arn:aws:sns:eu-west-1:1:placed' }, 0.125, { fault: true }),
          ],
        }),
      ],
    }),
  );
  const client = named(services, 'shop.example.com', 'client');
  const shop = named(services, 'shop.example.com', 'AWS::EC2::Instance');
  const table = named(services, 'orders');
  const topic = named(services, 'placed', 'AWS::SNS::Topic');

  it('has a node for each, numbered, and none for work inside of a service', () => {
    expect(services).toHaveLength(4);
    expect(services.map(({ ReferenceId }) => ReferenceId)).toEqual([0, 1, 2, 3]);
    expect(services.map(({ Names, Name }) => Names.join() === Name)).not.toContain(false);
  });

  it('has a client that only calls', () => {
    expect(client).toEqual({
      ReferenceId: client.ReferenceId,
      Name: 'shop.example.com',
      Names: ['shop.example.com'],
      Type: 'client',
      State: 'unknown',
      StartTime: 1000,
      EndTime: 1000.25,
      Edges: [
        {
          ReferenceId: shop.ReferenceId,
          StartTime: 1000,
          EndTime: 1000.25,
          SummaryStatistics: { ...counts(0, 0, 1), TotalResponseTime: 0.25 },
          ResponseTimeHistogram: [{ Value: 0.25, Count: 1 }],
          Aliases: [],
        },
      ],
    });
  });

  it('has a root that reports for itself, and services that do not', () => {
    expect(shop).toMatchObject({ Root: true, State: 'active' });
    expect(shop.SummaryStatistics).toMatchObject(counts(0, 0, 1));
    expect(table).toMatchObject({
      State: 'unknown',
      Type: 'AWS::DynamoDB::Table',
      Edges: [],
      SummaryStatistics: { ...counts(1, 1), TotalResponseTime: 0.12 },
      ResponseTimeHistogram: [
        { Value: 0.044, Count: 1 },
        { Value: 0.076, Count: 1 },
      ],
    });
    expect(table).not.toHaveProperty('Root');
    expect(topic.SummaryStatistics).toMatchObject(counts(0, 0, 0, 1));
  });

  it('has an edge for each pair', () => {
    expect(shop.Edges).toHaveLength(2);
    expect(edge(services, shop, table).SummaryStatistics).toMatchObject(counts(1, 1));
    expect(edge(services, shop, topic).SummaryStatistics).toMatchObject(counts(0, 0, 0, 1));
  });
});

it('takes the numbers of a node from itself, and those of an edge from the caller', () => {
  const services = graph(
    segment(1, {
      name: 'a',
      subsegments: [
        embedded(2, {
          name: 'b.example.com',
          namespace: 'remote',
          start_time: 1000,
          end_time: 1003,
          fault: true,
        }),
      ],
    }),
    segment(3, { name: 'b', parent_id: entityId(2), start_time: 1001, end_time: 1002 }),
  );
  const [a, b] = [named(services, 'a', undefined), named(services, 'b')];
  expect(services.map(({ Name }) => Name).toSorted()).toEqual(['a', 'a', 'b']);
  expect(b.SummaryStatistics).toEqual({ ...counts(1), TotalResponseTime: 1 });
  expect(b).not.toHaveProperty('Type');
  const caller = services.find(({ Name, Type }) => Name === 'a' && Type !== 'client') ?? a;
  expect(edge(services, caller, b).SummaryStatistics).toEqual({
    ...counts(0, 0, 0, 1),
    TotalResponseTime: 3,
  });
});

it('shows the service Lambda and its function as two nodes with one name', () => {
  const services = graph(
    segment(1, { name: 'f', origin: 'AWS::Lambda' }),
    segment(2, { name: 'f', origin: 'AWS::Lambda::Function', parent_id: entityId(1) }),
  );
  const [service, function_] = [
    named(services, 'f', 'AWS::Lambda'),
    named(services, 'f', 'AWS::Lambda::Function'),
  ];
  expect(services).toHaveLength(3);
  expect(edge(services, service, function_).SummaryStatistics.TotalCount).toBe(1);
  expect(function_).not.toHaveProperty('Root');
});

it('counts a call that was tried again once on its edge, and each try at its node', () => {
  const services = graph(
    segment(1, { name: 'a', origin: 'x', subsegments: [embedded(2, { name: 'Lambda', namespace: 'aws' })] }),
    segment(3, { name: 'f', origin: 'AWS::Lambda', parent_id: entityId(2), fault: true }),
    segment(4, { name: 'f', origin: 'AWS::Lambda', parent_id: entityId(2) }),
  );
  const [caller, callee] = [named(services, 'a', 'x'), named(services, 'f')];
  expect(callee.SummaryStatistics).toMatchObject(counts(1, 0, 0, 1));
  expect(edge(services, caller, callee).SummaryStatistics).toMatchObject(counts(1));
});

it('shows what is in progress, and counts it when it has ended', () => {
  const services = graph(begun(segment(1, { name: 'a', origin: 'x' })));
  expect(named(services, 'a', 'x')).toMatchObject({
    StartTime: 1001,
    EndTime: 1001,
    SummaryStatistics: { ...counts(0), TotalResponseTime: 0 },
    ResponseTimeHistogram: [],
  });
});

it('shows calls whose caller has not arrived', () => {
  const services = graph(subsegment(1, 99, { name: 'S3', namespace: 'aws', aws: { bucket_name: 'b' } }));
  expect(services).toMatchObject([{ Name: 'b', Type: 'AWS::S3::Bucket', SummaryStatistics: counts(1) }]);
});

it('measures the duration of a service to the end of what it did after its answer', () => {
  const services = graph(
    segment(1, {
      name: 'a',
      origin: 'x',
      start_time: 1000,
      end_time: 1001,
      subsegments: [embedded(2, { start_time: 1000, end_time: 1004 })],
    }),
  );
  expect(named(services, 'a', 'x')).toMatchObject({
    DurationHistogram: [{ Value: 4, Count: 1 }],
    ResponseTimeHistogram: [{ Value: 1, Count: 1 }],
  });
});

describe('messages', () => {
  const sender = (number: number): Trace =>
    assembleTrace(traceId(number), [
      {
        ...segment(1, {
          name: 'order',
          origin: 'AWS::Lambda::Function',
          start_time: 1000,
          end_time: 1001,
          subsegments: [
            embedded(2, {
              name: 'SQS',
              namespace: 'aws',
              aws: { queue_url: 'https://sqs/1/paid' },
              start_time: 1000.5,
              end_time: 1000.75,
            }),
          ],
        }),
        trace_id: traceId(number),
      },
    ]);
  const receiver = (links: { trace_id: string; id?: string }[]): Trace =>
    assembleTrace(traceId(9), [
      {
        ...segment(1, { name: 'fulfil', origin: 'AWS::Lambda', start_time: 1003, end_time: 1004, links }),
        trace_id: traceId(9),
      },
    ]);

  it('lead from what took them to who received them, with their age', () => {
    const all = [
      sender(1),
      sender(2),
      receiver([
        { trace_id: traceId(1), id: entityId(2) },
        { trace_id: traceId(2), id: entityId(2) },
      ]),
    ];
    const services = mergeGraphs(all.map(graphOf));
    const [queue, fulfil] = [named(services, 'paid'), named(services, 'fulfil', 'AWS::Lambda')];
    expect(queue.Edges).toEqual([
      {
        ReferenceId: fulfil.ReferenceId,
        StartTime: 1003,
        EndTime: 1004,
        SummaryStatistics: { ...counts(2), TotalResponseTime: 2 },
        Aliases: [],
        EdgeType: 'link',
        ReceivedEventAgeHistogram: [{ Value: 2.25, Count: 2 }],
      },
    ]);
    // One invocation took both, and no client called it.
    expect(fulfil.SummaryStatistics?.TotalCount).toBe(1);
    expect(services.filter(({ Type }) => Type === 'client').map(({ Name }) => Name)).toEqual(['order']);
  });

  it('come from the root of the other trace where the link names no call, and from nowhere without that trace', () => {
    const services = mergeGraphs([sender(1), receiver([{ trace_id: traceId(1) }])].map(graphOf));
    const order = named(services, 'order', 'AWS::Lambda::Function');
    expect(order.Edges.filter(({ EdgeType }) => EdgeType === 'link')).toHaveLength(1);
    const alone = mergeGraphs([receiver([{ trace_id: traceId(1) }])].map(graphOf));
    expect(alone.flatMap(({ Edges }) => Edges).filter(({ EdgeType }) => EdgeType === 'link')).toEqual([]);
  });
});

describe('any traces', () => {
  const several = fc
    .integer({ min: 1, max: 5 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, number) => traces(number))));

  it('give the same graph in whatever order, also out of JSON', () => {
    fc.assert(
      fc.property(several, fc.nat(), (some, seed) => {
        const graphs = some.map(graphOf);
        const stored = graphs.map((each) => JSON.parse(JSON.stringify(each)) as typeof each);
        const shuffled = stored.map((each, index) => ({ each, rank: (seed * (index + 7)) % 11 }));
        shuffled.sort((one, other) => one.rank - other.rank);
        expect(mergeGraphs(shuffled.map(({ each }) => each))).toEqual(mergeGraphs(graphs));
      }),
      runs(300),
    );
  });

  it('count every request once at its node, and every call once on its edge', () => {
    fc.assert(
      fc.property(several, (some) => {
        const services = mergeGraphs(some.map(graphOf));
        const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);
        const all = some.map(callsOf);
        const requests = all
          .flatMap((each) => each.services)
          .filter(({ segment: { end_time } }) => end_time !== undefined);
        expect(sum(services.map(({ SummaryStatistics }) => SummaryStatistics?.TotalCount ?? 0))).toBe(
          requests.length,
        );
        const ended = all.map(({ calls }) => {
          const edges = calls.filter(({ from, byClient }) => byClient || from !== undefined);
          const complete = edges.filter(({ by, to }) => !isInProgress(by ?? to.segment));
          return new Set(
            complete.map(({ by, to }) => `${by?.id ?? to.segment.id} ${JSON.stringify(to.service)}`),
          ).size;
        });
        const edges = services.flatMap(({ Edges }) => Edges);
        const called = edges.filter(({ EdgeType }) => EdgeType === undefined);
        expect(sum(called.map(({ SummaryStatistics }) => SummaryStatistics.TotalCount))).toBe(sum(ended));
        for (const { SummaryStatistics: statistics, Edges } of services) {
          for (const each of [statistics, ...Edges.map(({ SummaryStatistics }) => SummaryStatistics)]) {
            if (each === undefined) continue;
            const { OkCount, ErrorStatistics, FaultStatistics, TotalCount } = each;
            expect(OkCount + ErrorStatistics.TotalCount + FaultStatistics.TotalCount).toBe(TotalCount);
            expect(ErrorStatistics.ThrottleCount + ErrorStatistics.OtherCount).toBe(
              ErrorStatistics.TotalCount,
            );
          }
          for (const { ReferenceId } of Edges) expect(services[ReferenceId]).toBeDefined();
        }
      }),
      runs(300),
    );
  });
});
