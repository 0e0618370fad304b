import {
  BatchGetTracesCommand,
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteGroupCommand,
  DeleteSamplingRuleCommand,
  GetEncryptionConfigCommand,
  GetGroupCommand,
  GetGroupsCommand,
  GetIndexingRulesCommand,
  GetInsightCommand,
  GetInsightSummariesCommand,
  GetSamplingRulesCommand,
  GetSamplingStatisticSummariesCommand,
  GetSamplingTargetsCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  GetTraceGraphCommand,
  GetTraceSegmentDestinationCommand,
  ListResourcePoliciesCommand,
  ListTagsForResourceCommand,
  paginateGetTraceSummaries,
  PutEncryptionConfigCommand,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  StartTraceRetrievalCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateGroupCommand,
  UpdateSamplingRuleCommand,
  UpdateTraceSegmentDestinationCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import type { GetTraceSummariesCommandInput, SamplingRule, TraceSummary } from '@aws-sdk/client-xray';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { XRayService } from '../../../../local/start-xray.ts';
import { startXRay } from '../../../../local/start-xray.ts';
import type { SegmentDocument } from '../../../../local/xray/document.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment } from '../fixtures.ts';

let folder: string;
let service: XRayService;
let notices: string[];
let xray: XRayClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lantern-test-'));
  await start();
});

afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<void> {
  notices = [];
  service = await startXRay({
    port: 0,
    daemonPort: 0,
    otlpPort: 0,
    file: join(folder, 'traces.sqlite'),
    onNotice: (text) => notices.push(text),
  });
  xray = clientOf(service.url);
}

function clientOf(endpoint: string): XRayClient {
  return new XRayClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** A moment of today, as senders would write it. */
const BEGIN = 1_790_000_000;

function idAt(seconds: number, number = 0): string {
  return `1-${Math.floor(seconds).toString(16)}-${number.toString(16).padStart(24, '0')}`;
}

async function put(...documents: object[]): Promise<void> {
  const { UnprocessedTraceSegments } = await xray.send(
    new PutTraceSegmentsCommand({
      TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)),
    }),
  );
  expect(UnprocessedTraceSegments).toEqual([]);
}

/** A shop that calls a table and a bank, which fails. */
function order(number: number, at = BEGIN): SegmentDocument[] {
  const trace_id = idAt(at, number);
  const shop: SegmentDocument = {
    id: entityId(1),
    name: 'shop',
    trace_id,
    origin: 'AWS::Lambda::Function',
    user: 'ana',
    start_time: at,
    end_time: at + 2,
    fault: true,
    http: {
      request: { method: 'POST', url: 'https://shop/orders', user_agent: 'curl', client_ip: '10.0.0.1' },
      response: { status: 502 },
    },
    annotations: { order: `o-${number}`, total: 12.5, gift: false },
    subsegments: [
      embedded(2, {
        name: 'DynamoDB',
        namespace: 'aws',
        aws: { operation: 'PutItem', table_name: 'orders' },
        start_time: at + 0.1,
        end_time: at + 0.3,
      }),
      embedded(3, {
        name: 'bank',
        namespace: 'remote',
        traced: true,
        fault: true,
        start_time: at + 0.4,
        end_time: at + 1.9,
      }),
    ],
  };
  const bank: SegmentDocument = {
    id: entityId(4),
    name: 'bank',
    trace_id,
    parent_id: entityId(3),
    start_time: at + 0.5,
    end_time: at + 1.8,
    fault: true,
    cause: { exceptions: [{ id: entityId(9), type: 'Declined', message: 'no money' }] },
  };
  return [shop, bank];
}

function around(at = BEGIN): Pick<GetTraceSummariesCommandInput, 'StartTime' | 'EndTime'> {
  return { StartTime: new Date((at - 60) * 1000), EndTime: new Date((at + 60) * 1000) };
}

async function summaries(input: Partial<GetTraceSummariesCommandInput> = {}): Promise<TraceSummary[]> {
  const found: TraceSummary[] = [];
  for await (const page of paginateGetTraceSummaries({ client: xray }, { ...around(), ...input })) {
    found.push(...(page.TraceSummaries ?? []));
  }
  return found;
}

describe('GetTraceSummaries', () => {
  it('says of a trace what X-Ray says', async () => {
    await put(...order(1));
    const [summary] = await summaries();
    const shop = { Name: 'shop', Names: ['shop'], Type: 'AWS::Lambda::Function' };
    expect(summary).toMatchObject({
      Id: idAt(BEGIN, 1),
      StartTime: new Date(BEGIN * 1000),
      Duration: 2,
      ResponseTime: 2,
      HasFault: true,
      HasError: false,
      HasThrottle: false,
      IsPartial: false,
      Http: {
        HttpURL: 'https://shop/orders',
        HttpStatus: 502,
        HttpMethod: 'POST',
        UserAgent: 'curl',
        ClientIp: '10.0.0.1',
      },
      Annotations: {
        order: [{ AnnotationValue: { StringValue: 'o-1' }, ServiceIds: [shop] }],
        total: [{ AnnotationValue: { NumberValue: 12.5 }, ServiceIds: [shop] }],
        gift: [{ AnnotationValue: { BooleanValue: false }, ServiceIds: [shop] }],
      },
      Users: [{ UserName: 'ana', ServiceIds: [shop] }],
      EntryPoint: shop,
      Revision: expect.any(Number) as number,
      FaultRootCauses: [
        {
          ClientImpacting: true,
          Services: [
            { Name: 'shop', EntityPath: [{ Name: 'shop' }, { Name: 'bank', Remote: true }] },
            { Name: 'bank', EntityPath: [{ Exceptions: [{ Name: 'Declined', Message: 'no money' }] }] },
          ],
        },
      ],
      ErrorRootCauses: [],
    });
    expect(summary?.ServiceIds?.map(({ Name }) => Name).toSorted()).toEqual(['bank', 'orders', 'shop']);
  });

  it('names a service of a root cause by all of its names', async () => {
    const [shop] = order(1);
    const table = {
      name: 'DynamoDB',
      namespace: 'aws',
      aws: { operation: 'PutItem', table_name: 'orders' },
    } as const;
    await put({
      ...shop,
      annotations: undefined,
      subsegments: [
        embedded(2, { ...table, start_time: BEGIN, end_time: BEGIN + 1.9, fault: true, error: true }),
      ],
      error: true,
    });
    const [summary] = await summaries();
    const causes = [summary?.FaultRootCauses, summary?.ErrorRootCauses, summary?.ResponseTimeRootCauses];
    for (const [cause] of causes.map((each = []) => each)) {
      expect(cause?.Services?.map(({ Name, Names, Inferred }) => [Name, Names, Inferred])).toEqual([
        ['shop', ['shop'], false],
        ['orders', ['orders', 'DynamoDB'], true],
      ]);
    }
    const names =
      '{ "Services": [{ "Name": "shop" }, { "Names": ["orders", "DynamoDB"], "Inferred": true }] }';
    expect(await summaries({ FilterExpression: `rootcause.json = #[${names}]` })).toHaveLength(1);
  });

  it.each([
    ['service("bank") { fault }', 2],
    ['annotation.order = "o-1"', 1],
    ['annotation.total > 12 AND !annotation.gift = true', 2],
    ['http.url BEGINSWITH "https://shop" AND http.status = 502', 2],
    ['edge("shop", "bank") { fault }', 2],
    ['edge("bank", "shop")', 0],
    ['rootcause.fault.exception { message = "no money" }', 2],
    ['ok', 0],
    ['', 2],
  ])('filters by %s', async (FilterExpression, count) => {
    await put(...order(1), ...order(2));
    expect(await summaries({ FilterExpression })).toHaveLength(count);
  });

  it('has pages that hold every trace once, the newest first, while others arrive', async () => {
    const documents = Array.from({ length: 250 }, (_, number) => ({
      ...order(number)[1],
      trace_id: idAt(BEGIN, number),
      parent_id: undefined,
      start_time: BEGIN + number / 100,
      end_time: BEGIN + 10,
    }));
    for (let from = 0; from < documents.length; from += 50) await put(...documents.slice(from, from + 50));
    const ids: (string | undefined)[] = [];
    const sizes: number[] = [];
    for await (const page of paginateGetTraceSummaries({ client: xray }, around())) {
      ids.push(...(page.TraceSummaries ?? []).map(({ Id }) => Id));
      sizes.push(page.TraceSummaries?.length ?? 0);
      expect(page.TracesProcessedCount).toBeGreaterThanOrEqual(250);
      await put(...order(1000 + sizes.length));
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(ids).toEqual(Array.from({ length: 250 }, (_, index) => idAt(BEGIN, 249 - index)));
  });

  it.each([
    ['TraceId', BEGIN, BEGIN + 1, 1],
    ['TraceId', BEGIN + 1, BEGIN + 2, 0],
    ['Event', BEGIN + 1, BEGIN + 1.5, 1],
    ['Event', BEGIN + 3, BEGIN + 4, 0],
    ['Service', BEGIN + 1.7, BEGIN + 1.9, 1],
    ['Service', BEGIN + 0.2, BEGIN + 0.4, 0],
  ] as const)('takes the range for %s from %d to %d', async (TimeRangeType, from, to, count) => {
    await put(...order(1));
    const range = { StartTime: new Date(from * 1000), EndTime: new Date(to * 1000) };
    expect(await summaries({ TimeRangeType, ...range })).toHaveLength(count);
  });

  it.each([
    ['TraceId', 0, 10, 0],
    ['Event', 0, 10, 2],
    ['Event', 1.75, 1.95, 1.8],
    ['Event', 1.2, 1.5, 1.2],
    ['Service', 0, 10, 2],
    ['Service', 1.7, 1.9, 1.8],
  ] as const)(
    'says for %s from %d to %d by which moment the trace was found',
    async (TimeRangeType, from, to, matched) => {
      await put(...order(1));
      const range = { StartTime: new Date((BEGIN + from) * 1000), EndTime: new Date((BEGIN + to) * 1000) };
      const [summary] = await summaries({ TimeRangeType, ...range });
      expect(summary?.MatchedEventTime).toEqual(new Date((BEGIN + matched) * 1000));
    },
  );

  it('finds by Event what was updated in the range, although it happened long before', async () => {
    const updatedSince = async (StartTime: Date): Promise<TraceSummary[]> =>
      summaries({ TimeRangeType: 'Event', StartTime, EndTime: new Date(Date.now() + 60_000) });
    const before = new Date();
    await put(...order(1), ...order(2));
    const [first, second] = await updatedSince(before);
    expect([first?.Id, second?.Id].toSorted()).toEqual([idAt(BEGIN, 1), idAt(BEGIN, 2)]);
    const matched = first?.MatchedEventTime ?? new Date(0);
    expect(matched.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(matched.getTime()).toBeLessThanOrEqual(Date.now());

    const between = new Date(Date.now() + 1);
    await sleep(5);
    await put({ ...order(1)[1], id: entityId(7) });

    expect((await updatedSince(between)).map(({ Id }) => Id)).toEqual([idAt(BEGIN, 1)]);
    expect(await summaries({ TimeRangeType: 'Service', StartTime: before, EndTime: new Date() })).toEqual([]);
  });

  it('finds by Service where a segment ends, not where one goes on or none has ended', async () => {
    const trace_id = idAt(BEGIN, 1);
    const segments = [1, 5].map((seconds) => ({
      id: entityId(seconds),
      trace_id,
      name: 'shop',
      start_time: BEGIN,
      end_time: BEGIN + seconds,
    }));
    await put(...segments, { ...begun(segment(9)), trace_id: idAt(BEGIN, 2), start_time: BEGIN });
    const endsIn = async (from: number, to: number): Promise<number> => {
      const range = { StartTime: new Date((BEGIN + from) * 1000), EndTime: new Date((BEGIN + to) * 1000) };
      return (await summaries({ TimeRangeType: 'Service', ...range })).length;
    };
    expect([await endsIn(0, 1), await endsIn(1, 2), await endsIn(2, 5), await endsIn(5, 6)]).toEqual([
      0, 1, 0, 1,
    ]);
  });

  it.each([
    'aws:api_id',
    'aws.responseLatency',
    'a',
    '_',
    '0',
    'A:b.c_9',
    ':',
    '.',
    'constructor',
    'x'.repeat(500),
  ])('finds an annotation by its key %s, however it is written', async (key) => {
    await put({ ...order(1)[1], parent_id: undefined, annotations: { [key]: 'v', other: 1 } });
    for (const expression of [
      `annotation[${key}]`,
      `annotation[${key}] = "v"`,
      `annotation.${key} BEGINSWITH "v"`,
      `annotation["${key}"] CONTAINS "v" AND annotation.other = 1`,
    ]) {
      expect([expression, (await summaries({ FilterExpression: expression })).length]).toEqual([
        expression,
        1,
      ]);
    }
    const [summary] = await summaries({ FilterExpression: `!annotation[no:${key}]` });
    expect(summary?.Annotations?.[key]).toMatchObject([{ AnnotationValue: { StringValue: 'v' } }]);
  });

  it('counts annotations that X-Ray would not index, with the reason, and keeps the rest', async () => {
    const annotations = {
      'order-id': 1,
      'a b': 2,
      ä: 3,
      list: [1],
      none: null,
      ['x'.repeat(501)]: 1,
      good: 4,
    };
    const [shop] = order(1);
    await put({
      ...shop,
      annotations: { good: 1, bad: {} },
      subsegments: [embedded(6, { annotations: annotations as never, start_time: BEGIN })],
    });
    const listing = (await (await fetch(`${service.url}/api/traces`)).json()) as { losses: object };
    expect(listing.losses).toMatchObject({ invalid: 7, invalidReasons: { InvalidAnnotation: 7 } });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/"bad".*string, a finite number or a boolean/);
    expect((await summaries())[0]?.Annotations?.['good']).toHaveLength(2);
  });

  it('takes sampling and still answers with every trace', async () => {
    await put(...order(1), ...order(2));
    const sampled = await summaries({ Sampling: true, SamplingStrategy: { Name: 'FixedRate', Value: 0.01 } });
    expect(sampled).toHaveLength(2);
  });

  it('says where a filter is wrong, as the exception that clients know', async () => {
    const error = await summaries({ FilterExpression: 'ok AND duration >' }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } });
    expect((error as Error).message).toMatch(/^FilterExpression is not valid at position 17: .*expected/i);
  });

  it.each([
    ['an EndTime before the StartTime', { EndTime: new Date(0) }, /StartTime is before EndTime/],
    ['a NextToken that is none', { NextToken: 'more' }, /NextToken is not valid/],
    [
      'an unknown TimeRangeType',
      { TimeRangeType: 'Yesterday' as 'Event' },
      /TraceId, Event, Service; got "Yesterday"/,
    ],
  ])('refuses %s', async (_what, input, message) => {
    await expect(summaries(input)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(summaries(input)).rejects.toThrow(message);
  });

  it.each([
    ['numbers', BEGIN, BEGIN + 1],
    ['numbers as text', String(BEGIN), `${BEGIN + 1}.5`],
    ['ISO 8601', new Date(BEGIN * 1000).toISOString(), '2026-12-31T00:00:00+02:00'],
    ['dates of HTTP', new Date(BEGIN * 1000).toUTCString(), new Date(BEGIN * 1000 + 9000).toUTCString()],
  ])('reads times that are %s', async (_what, StartTime, EndTime) => {
    await put(...order(1));
    const body = JSON.stringify({ StartTime, EndTime });
    const response = await fetch(`${service.url}/TraceSummaries`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ TraceSummaries: [{ Id: idAt(BEGIN, 1) }] });
  });

  it.each([
    ['milliseconds', `{"StartTime":${BEGIN}000,"EndTime":${BEGIN}001}`],
    ['words', '{"StartTime":"yesterday","EndTime":"today"}'],
    ['no times', '{}'],
    ['null', '{"StartTime":null,"EndTime":null}'],
    ['an array', '[]'],
    ['no JSON', 'hello'],
  ])('refuses %s with the error that AWS would send', async (_what, body) => {
    const response = await fetch(`${service.url}/TraceSummaries`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidRequestException');
    expect(await response.json()).toMatchObject({
      __type: 'InvalidRequestException',
      Message: expect.any(String) as string,
    });
  });
});

describe('BatchGetTraces', () => {
  it('has a document for each segment, with subsegments inside and services that do not report', async () => {
    const [shop, bank] = order(1);
    await put({ ...shop, subsegments: [] }, bank ?? {});
    for (const subsegment of shop?.subsegments ?? []) {
      await put({ ...subsegment, type: 'subsegment', trace_id: shop?.trace_id, parent_id: shop?.id });
    }
    const { Traces, UnprocessedTraceIds } = await xray.send(
      new BatchGetTracesCommand({ TraceIds: [idAt(BEGIN, 1), idAt(BEGIN, 2), 'nonsense'] }),
    );
    expect(UnprocessedTraceIds).toEqual([idAt(BEGIN, 2), 'nonsense']);
    expect(Traces).toMatchObject([{ Id: idAt(BEGIN, 1), Duration: 2, LimitExceeded: false }]);
    const documents = Traces?.[0]?.Segments?.map(({ Id, Document = '' }) => {
      const document = JSON.parse(Document) as SegmentDocument;
      expect(document).toMatchObject({ id: Id, trace_id: idAt(BEGIN, 1) });
      return document;
    });
    expect(documents).toHaveLength(3);
    expect(documents).toMatchObject([
      { name: 'shop', subsegments: [{ name: 'DynamoDB' }, { name: 'bank' }] },
      { name: 'bank', parent_id: entityId(3) },
      { parent_id: entityId(2), inferred: true, origin: 'AWS::DynamoDB::Table' },
    ]);
  });

  it('knows the id of a trace as OpenTelemetry writes it', async () => {
    await put(...order(1));
    const TraceIds = [idAt(BEGIN, 1).slice(2).replace('-', '')];
    const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds }));
    expect(Traces?.map(({ Id }) => Id)).toEqual([idAt(BEGIN, 1)]);
  });

  it('has pages where the traces are large, with every trace once', async () => {
    const numbers = Array.from({ length: 24 }, (_, number) => number);
    for (const number of numbers) {
      for (let part = 0; part < 6; part += 1) {
        await put({
          ...order(number)[0],
          id: entityId(part + 10),
          metadata: { shop: { note: 'x'.repeat(60_000) } },
        });
      }
    }
    const ids: (string | undefined)[] = [];
    let pages = 0;
    for (let NextToken: string | undefined; ;) {
      const page = await xray.send(
        new BatchGetTracesCommand({ TraceIds: numbers.map((number) => idAt(BEGIN, number)), NextToken }),
      );
      ids.push(...(page.Traces ?? []).map(({ Id }) => Id));
      pages += 1;
      if (page.NextToken === undefined) break;
      ({ NextToken } = page);
    }
    expect(pages).toBeGreaterThan(1);
    expect(ids).toEqual(numbers.map((number) => idAt(BEGIN, number)));
  });
});

describe('the graphs', () => {
  it('of a range have every service and call with their numbers', async () => {
    await put(...order(1), ...order(2));
    const { Services = [], StartTime } = await xray.send(new GetServiceGraphCommand({ ...around() }));
    expect(StartTime).toEqual(new Date((BEGIN - 60) * 1000));
    const shop = Services.find(({ Name, Type }) => Name === 'shop' && Type !== 'client');
    expect(shop).toMatchObject({ Root: true, State: 'active', SummaryStatistics: { TotalCount: 2 } });
    const called = shop?.Edges?.map(
      ({ ReferenceId }) => Services.find((each) => each.ReferenceId === ReferenceId)?.Name,
    );
    expect(called?.toSorted()).toEqual(['bank', 'orders']);
    const { Services: none } = await xray.send(new GetServiceGraphCommand({ ...around(BEGIN + 1000) }));
    expect(none).toEqual([]);
  });

  it('of a group have what its filter matches', async () => {
    await put(...order(1), ...order(2));
    await xray.send(
      new CreateGroupCommand({ GroupName: 'first', FilterExpression: 'annotation.order = "o-1"' }),
    );
    const graph = await xray.send(new GetServiceGraphCommand({ ...around(), GroupName: 'first' }));
    expect(graph.Services?.find(({ Name }) => Name === 'bank')?.SummaryStatistics?.TotalCount).toBe(1);
  });

  it('of the group Default have everything', async () => {
    await put(...order(1), ...order(2));
    const { Services } = await xray.send(new GetServiceGraphCommand({ ...around(), GroupName: 'Default' }));
    expect(Services?.find(({ Name }) => Name === 'bank')?.SummaryStatistics?.TotalCount).toBe(2);
    const other = xray.send(new GetServiceGraphCommand({ ...around(), GroupName: 'other' }));
    await expect(other).rejects.toThrow('There is no group other');
  });

  it('of traces have what these did', async () => {
    await put(...order(1), ...order(2));
    const { Services } = await xray.send(new GetTraceGraphCommand({ TraceIds: [idAt(BEGIN, 2)] }));
    expect(Services?.find(({ Name }) => Name === 'bank')?.SummaryStatistics).toMatchObject({
      TotalCount: 1,
      FaultStatistics: { TotalCount: 1 },
    });
  });

  it.each([
    ['service("bank")', 'ServiceSummaryStatistics'],
    ['id(name: "bank")', 'ServiceSummaryStatistics'],
    ['edge("shop", "bank")', 'EdgeSummaryStatistics'],
  ] as const)('over time count the requests of %s', async (EntitySelectorExpression, statistics) => {
    await put(...order(1), ...order(2, BEGIN + 120));
    const input = { StartTime: new Date((BEGIN - 300) * 1000), EndTime: new Date((BEGIN + 300) * 1000) };
    const { TimeSeriesServiceStatistics = [] } = await xray.send(
      new GetTimeSeriesServiceStatisticsCommand({ ...input, EntitySelectorExpression, Period: 60 }),
    );
    expect(TimeSeriesServiceStatistics.map((each) => each[statistics]?.TotalCount)).toEqual([1, 1]);
    expect(TimeSeriesServiceStatistics[0]?.Timestamp).toBeInstanceOf(Date);
  });

  it.each(['ok', 'service("bank") { fault }', 'service("bank"'])('refuse to count by %s', async (text) => {
    const command = new GetTimeSeriesServiceStatisticsCommand({
      ...around(),
      EntitySelectorExpression: text,
    });
    await expect(xray.send(command)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

describe('groups', () => {
  it('are made, read, changed and deleted, by name and by ARN, and kept across a restart', async () => {
    const { Group: made } = await xray.send(
      new CreateGroupCommand({
        GroupName: 'slow',
        FilterExpression: 'duration > 1',
        InsightsConfiguration: { InsightsEnabled: true },
      }),
    );
    expect(made).toMatchObject({
      GroupName: 'slow',
      GroupARN: expect.stringMatching(
        /^arn:aws:xray:local:000000000000:group\/slow\/[0-9A-F]{32}$/,
      ) as string,
      InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: false },
    });
    await xray.send(new UpdateGroupCommand({ GroupARN: made?.GroupARN, FilterExpression: 'duration > 2' }));
    await service.stop();
    await start();
    const { Group: read } = await xray.send(new GetGroupCommand({ GroupName: 'slow' }));
    expect(read).toEqual({ ...made, FilterExpression: 'duration > 2' });
    expect((await xray.send(new GetGroupsCommand({}))).Groups).toEqual([read]);
    await xray.send(new DeleteGroupCommand({ GroupARN: made?.GroupARN }));
    expect((await xray.send(new GetGroupsCommand({}))).Groups).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('can be named in filters, by name and by ARN', async () => {
    await put(...order(1), ...order(2));
    const { Group } = await xray.send(
      new CreateGroupCommand({ GroupName: 'first', FilterExpression: 'annotation.order = "o-1"' }),
    );
    expect(await summaries({ FilterExpression: 'group.name = "first"' })).toHaveLength(1);
    expect(await summaries({ FilterExpression: `group.arn = "${Group?.GroupARN}" AND fault` })).toHaveLength(
      1,
    );
    expect(await summaries({ FilterExpression: 'group.name = "second"' })).toEqual([]);
  });

  it.each([
    ['a name that is taken', 'CreateGroup', { GroupName: 'slow' }, /is a group slow already/],
    ['no name', 'GetGroup', {}, /GroupName or GroupARN; got neither/],
    ['a name of nothing', 'GetGroup', { GroupName: 'fast' }, /no group fast/],
    ['a name that is too long', 'CreateGroup', { GroupName: 'x'.repeat(33) }, /at most 32 characters/],
    ['a name that is no text', 'CreateGroup', { GroupName: 3 }, /GroupName is a string .*; got 3/],
    [
      'a filter that is none',
      'CreateGroup',
      { GroupName: 'x', FilterExpression: 'duration >' },
      /FilterExpression is not valid at position/,
    ],
    [
      'a filter that is none, for one that exists',
      'UpdateGroup',
      { GroupName: 'slow', FilterExpression: '(' },
      /FilterExpression is not valid at position/,
    ],
  ])('are refused with %s', async (_what, operation, input, message) => {
    await xray.send(new CreateGroupCommand({ GroupName: 'slow' }));
    const body = JSON.stringify(input);
    const response = await fetch(`${service.url}/${operation}`, { method: 'POST', body });
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidRequestException');
    expect(((await response.json()) as { Message: string }).Message).toMatch(message);
  });

  it('are 25 at most', async () => {
    for (let number = 1; number <= 25; number += 1) {
      await xray.send(new CreateGroupCommand({ GroupName: `g-${number}` }));
    }
    await expect(xray.send(new CreateGroupCommand({ GroupName: 'one-more' }))).rejects.toThrow(/25 groups/);
  });
});

describe('sampling', () => {
  const rule: SamplingRule = {
    RuleName: 'checkout',
    ResourceARN: '*',
    Priority: 100,
    FixedRate: 0.25,
    ReservoirSize: 5,
    ServiceName: 'shop',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: 'POST',
    URLPath: '/orders/*',
    Version: 1,
    Attributes: { tier: 'gold' },
  };

  it('has rules that are made, changed, deleted, and kept across a restart, in the order of priority', async () => {
    const { SamplingRuleRecord: made } = await xray.send(
      new CreateSamplingRuleCommand({ SamplingRule: rule }),
    );
    expect(made?.SamplingRule).toMatchObject(rule);
    expect(made?.CreatedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const { RuleARN } = made?.SamplingRule ?? {};
    await xray.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleARN, FixedRate: 0.5 } }));
    await xray.send(
      new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'Default', ReservoirSize: 3 } }),
    );
    await service.stop();
    await start();
    const { SamplingRuleRecords } = await xray.send(new GetSamplingRulesCommand({}));
    expect(SamplingRuleRecords?.map(({ SamplingRule }) => SamplingRule)).toMatchObject([
      { ...rule, FixedRate: 0.5 },
      { RuleName: 'Default', FixedRate: 1, ReservoirSize: 3 },
    ]);
    await xray.send(new DeleteSamplingRuleCommand({ RuleName: 'checkout' }));
    expect((await xray.send(new GetSamplingRulesCommand({}))).SamplingRuleRecords).toHaveLength(1);
  });

  it('tells SDKs what they may take, and remembers what they took', async () => {
    await xray.send(new CreateSamplingRuleCommand({ SamplingRule: rule }));
    const statistics = (RuleName: string) => ({
      RuleName,
      ClientID: '0123456789abcdef01234567',
      Timestamp: new Date(BEGIN * 1000),
      RequestCount: 10,
      SampledCount: 4,
      BorrowCount: 1,
    });
    const targets = await xray.send(
      new GetSamplingTargetsCommand({
        SamplingStatisticsDocuments: ['checkout', 'Default', 'gone'].map(statistics),
      }),
    );
    expect(targets.SamplingTargetDocuments).toMatchObject([
      { RuleName: 'checkout', FixedRate: 0.25, ReservoirQuota: 5, Interval: 10 },
      { RuleName: 'Default', FixedRate: 1 },
    ]);
    expect(targets.LastRuleModification?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(targets.UnprocessedStatistics).toMatchObject([{ RuleName: 'gone' }]);
    const { SamplingStatisticSummaries } = await xray.send(new GetSamplingStatisticSummariesCommand({}));
    expect(SamplingStatisticSummaries).toMatchObject([
      { RuleName: 'checkout', RequestCount: 10, SampledCount: 4, BorrowCount: 1 },
      { RuleName: 'Default' },
    ]);
  });

  it.each([
    ['a rate above 1', { FixedRate: 1.5 }, /FixedRate is a number from 0 to 1; got 1.5/],
    ['a priority of 0', { Priority: 0 }, /Priority is a whole number from 1 to 9999; got 0/],
    ['half a reservoir', { ReservoirSize: 0.5 }, /ReservoirSize is a whole number/],
    ['a name that is taken', { RuleName: 'Default' }, /is a sampling rule Default already/],
    ['no host', { Host: undefined }, /Host is a string of 1 to 64 characters; got nothing/],
  ])('refuses a rule with %s', async (_what, change, message) => {
    const command = new CreateSamplingRuleCommand({ SamplingRule: { ...rule, ...change } });
    const sent = xray.send(command);
    await expect(sent).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(sent).rejects.toThrow(message);
  });

  it('has 25 rules at most beside the default one, which stays', async () => {
    for (let number = 1; number <= 25; number += 1) {
      const SamplingRule = { ...rule, RuleName: `r-${number}`, Priority: number };
      await xray.send(new CreateSamplingRuleCommand({ SamplingRule }));
    }
    await expect(xray.send(new CreateSamplingRuleCommand({ SamplingRule: rule }))).rejects.toMatchObject({
      name: 'RuleLimitExceededException',
    });
    await expect(xray.send(new DeleteSamplingRuleCommand({ RuleName: 'Default' }))).rejects.toThrow(
      /Default/,
    );
    const update = { RuleName: 'Default', Host: 'shop' };
    await expect(xray.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: update }))).rejects.toThrow(
      /Host/,
    );
  });
});

describe('the rest of the API', () => {
  it('keeps tags of groups and rules', async () => {
    const { Group } = await xray.send(
      new CreateGroupCommand({ GroupName: 'slow', Tags: [{ Key: 'team', Value: 'shop' }] }),
    );
    const ResourceARN = Group?.GroupARN ?? '';
    await xray.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'stage', Value: '' }] }));
    const read = async () => (await xray.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
    expect(await read()).toEqual([
      { Key: 'team', Value: 'shop' },
      { Key: 'stage', Value: '' },
    ]);
    await service.stop();
    await start();
    await xray.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
    expect(await read()).toEqual([{ Key: 'stage', Value: '' }]);
    await expect(
      xray.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}x` })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('remembers the encryption that is asked for', async () => {
    const { EncryptionConfig } = await xray.send(new GetEncryptionConfigCommand({}));
    expect(EncryptionConfig).toEqual({ Type: 'NONE', Status: 'ACTIVE' });
    await xray.send(new PutEncryptionConfigCommand({ Type: 'KMS', KeyId: 'alias/traces' }));
    expect((await xray.send(new GetEncryptionConfigCommand({}))).EncryptionConfig).toMatchObject({
      Type: 'KMS',
      KeyId: 'alias/traces',
    });
    await expect(xray.send(new PutEncryptionConfigCommand({ Type: 'KMS' }))).rejects.toThrow(/KeyId/);
  });

  it('has no insights, policies or other destinations, and says so', async () => {
    expect((await xray.send(new GetInsightSummariesCommand(around()))).InsightSummaries).toEqual([]);
    const InsightId = '12345678-1234-4234-8234-123456789012';
    await expect(xray.send(new GetInsightCommand({ InsightId }))).rejects.toThrow(`no insight ${InsightId}`);
    expect((await xray.send(new ListResourcePoliciesCommand({}))).ResourcePolicies).toEqual([]);
    expect(await xray.send(new GetTraceSegmentDestinationCommand({}))).toMatchObject({ Destination: 'XRay' });
    await expect(
      xray.send(new UpdateTraceSegmentDestinationCommand({ Destination: 'CloudWatchLogs' })),
    ).rejects.toThrow(/Destination is XRay/);
    expect((await xray.send(new GetIndexingRulesCommand({}))).IndexingRules).toMatchObject([
      { Name: 'Default' },
    ]);
    await xray.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [{ Timestamp: new Date() }] }));
  });

  it('answers operations that it has not as AWS answers those that nobody has', async () => {
    const command = new StartTraceRetrievalCommand({
      TraceIds: [idAt(BEGIN)],
      StartTime: new Date(),
      EndTime: new Date(),
    });
    await expect(xray.send(command)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(xray.send(command)).rejects.toThrow(/StartTraceRetrieval is not served here/);
  });

  it('is the same on the port of the daemon', async () => {
    await put(...order(1));
    xray = clientOf(`http://${service.daemonAddress}`);
    expect(await summaries({ FilterExpression: 'service("bank") { fault }' })).toHaveLength(1);
    await put(...order(2));
    expect(await summaries()).toHaveLength(2);
  });

  it('takes no request of a page in a browser, and none for another host', async () => {
    const body = JSON.stringify({ StartTime: 1, EndTime: 2 });
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${service.url}/TraceSummaries`, { method: 'POST', body, headers });
    for (const origin of ['https://example.com', service.url]) {
      const response = await ask({ Origin: origin });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    }
    expect((await ask({})).status).toBe(200);
  });

  it('refuses a body that is larger than X-Ray would take', async () => {
    const response = await fetch(`${service.url}/TraceSegments`, {
      method: 'POST',
      body: 'x'.repeat(8 << 20),
    });
    expect(response.status).toBe(413);
    expect(response.headers.get('x-amzn-errortype')).toBe('RequestEntityTooLarge');
  });

  it('says of each document that is none why', async () => {
    const { UnprocessedTraceSegments } = await xray.send(
      new PutTraceSegmentsCommand({
        TraceSegmentDocuments: [
          JSON.stringify(order(1)[0]),
          '{',
          JSON.stringify({ ...order(1)[0], trace_id: 'x' }),
        ],
      }),
    );
    expect(UnprocessedTraceSegments).toMatchObject([
      { ErrorCode: 'ParseError' },
      { Id: entityId(1), ErrorCode: 'InvalidTraceId' },
    ]);
    expect(await summaries()).toHaveLength(1);
    expect(notices).toHaveLength(2);
  });
});

describe('any input of any operation', () => {
  const PATHS = [
    ...['TraceSegments', 'TelemetryRecords', 'TraceSummaries', 'Traces', 'ServiceGraph', 'TraceGraph'],
    ...['TimeSeriesServiceStatistics', 'Groups', 'GetGroup', 'CreateGroup', 'UpdateGroup', 'DeleteGroup'],
    ...[
      'GetSamplingRules',
      'CreateSamplingRule',
      'UpdateSamplingRule',
      'DeleteSamplingRule',
      'SamplingTargets',
    ],
    ...[
      'SamplingStatisticSummaries',
      'ListTagsForResource',
      'TagResource',
      'UntagResource',
      'EncryptionConfig',
    ],
    ...[
      'PutEncryptionConfig',
      'UpdateTraceSegmentDestination',
      'InsightSummaries',
      'Insight',
      'InsightEvents',
    ],
  ];
  const NAMES = [
    ...[
      'StartTime',
      'EndTime',
      'FilterExpression',
      'TimeRangeType',
      'NextToken',
      'Sampling',
      'TraceIds',
      'GroupName',
    ],
    ...[
      'GroupARN',
      'Period',
      'EntitySelectorExpression',
      'SamplingRule',
      'SamplingRuleUpdate',
      'RuleName',
      'Tags',
    ],
    ...['SamplingStatisticsDocuments', 'ResourceARN', 'TagKeys', 'KeyId', 'Type', 'Destination', 'InsightId'],
    ...['TraceSegmentDocuments', 'TelemetryRecords', 'InsightsConfiguration', '__proto__', 'constructor'],
  ];
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      '\u0000',
      '-1',
      'x'.repeat(2000),
      BEGIN,
      -1,
      1e300,
      true,
      [],
      {},
      [null],
      [''],
    ),
    fc.constantFrom<unknown>(
      [{}],
      { RuleName: 'Default' },
      { RuleName: [] },
      'service("a")',
      '1-0-0',
      'KMS',
      'Default',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );

  it('is answered, or refused as the mistake of its sender', async () => {
    await put(...order(1));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 6 }),
        async (path, input) => {
          const response = await fetch(`${service.url}/${path}`, {
            method: 'POST',
            body: JSON.stringify(input),
          });
          const body = (await response.json()) as { Message?: string };
          if (response.status === 200) return;
          expect(response.status).toBeLessThan(500);
          expect(response.headers.get('x-amzn-errortype')).toMatch(/Exception$/);
          expect(body.Message?.length).toBeGreaterThan(10);
        },
      ),
      runs(400),
    );
    expect(await summaries()).toHaveLength(1);
  });
});
