/** Filters and graphs, put and asked as any client of AWS does it, against what a reader of X-Ray's guide works out by hand. */
import {
  CreateGroupCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  paginateGetTraceSummaries,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import type { Service } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XRayService } from '../../../../local/start-xray.ts';
import { startXRay } from '../../../../local/start-xray.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { entityId } from '../fixtures.ts';

const BEGIN = 1_790_000_000;

let service: XRayService;
let xray: XRayClient;

beforeAll(async () => {
  service = await startXRay({ port: 0, daemonPort: 0, otlpPort: 0, onNotice: () => undefined });
  xray = new XRayClient({
    endpoint: service.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterAll(() => service.stop());

async function put(documents: readonly object[]): Promise<void> {
  for (let from = 0; from < documents.length; from += 50) {
    const texts = documents.slice(from, from + 50).map((document) => JSON.stringify(document));
    const answer = await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: texts }));
    expect(answer.UnprocessedTraceSegments).toEqual([]);
  }
}

function idOf(number: number, at = BEGIN): string {
  return `1-${Math.floor(at).toString(16)}-${number.toString(16).padStart(24, '0')}`;
}

/** Fields of a segment or subsegment that lasts from one second of its trace to another. */
function lasts(id: number, name: string, from: number, to: number, fields: object = {}): object {
  return { id: entityId(id), name, start_time: BEGIN + from, end_time: BEGIN + to, ...fields };
}

function http(method: string, url: string, status: number, request: object = {}): object {
  return { http: { request: { method, url, ...request }, response: { status } } };
}

const SHOP = { origin: 'AWS::ApiGateway::Stage' };

/** Ten requests, each with a letter that says in the tables below that it is found. */
const REQUESTS: Readonly<Record<string, readonly object[]>> = {
  /** Well, over a second service on a machine of EC2. */
  a: [
    lasts(1, 'shop', 0, 1, {
      ...SHOP,
      ...http('GET', 'https://shop.example.com/v2/items?page=2', 200, {
        user_agent: 'Mozilla/5.0 (X11)',
        client_ip: '10.1.2.3',
      }),
      user: 'alice',
      resource_arn: 'arn:aws:apigateway:eu-west-1::/restapis/abc',
      annotations: { tier: 'gold', age: 30, vip: true, 'aws:api_id': 'abc', 'app.version': '1.2.3' },
      subsegments: [lasts(2, 'catalog', 0.1, 0.7, { namespace: 'remote', traced: true })],
    }),
    lasts(3, 'catalog', 0.2, 0.6, {
      parent_id: entityId(2),
      origin: 'AWS::EC2::Instance',
      aws: { ec2: { instance_id: 'i-0a1', availability_zone: 'eu-west-1a' } },
    }),
  ],
  /** Not there, which its status alone says. */
  b: [
    lasts(1, 'shop', 0, 0.1, {
      ...SHOP,
      ...http('GET', 'https://shop.example.com/v1/none', 404),
      user: 'bob',
    }),
  ],
  c: [
    lasts(1, 'shop', 0, 0.05, {
      ...SHOP,
      ...http('POST', 'https://shop.example.com/v2/orders', 429),
      error: true,
      throttle: true,
    }),
  ],
  /** A payment fails, the answer is fine, and something goes on after it. */
  d: [
    lasts(1, 'shop', 0, 3, {
      ...SHOP,
      ...http('POST', 'https://shop.example.com/v2/orders', 200),
      subsegments: [
        lasts(2, 'payments', 0.5, 2.9, { namespace: 'remote', traced: true, fault: true }),
        lasts(4, 'audit', 2.5, 4, { annotations: { tier: 'silver', age: 31 } }),
      ],
    }),
    lasts(3, 'payments', 0.6, 2.8, {
      parent_id: entityId(2),
      fault: true,
      ...http('POST', 'https://payments.example.com/', 503),
      cause: { exceptions: [{ id: entityId(9), type: 'PaymentError', message: 'card declined' }] },
    }),
  ],
  e: [
    lasts(1, 'shop', 0, 6, {
      ...SHOP,
      ...http('POST', 'http://shop.example.com/v2/orders', 500),
      fault: true,
      annotations: { tier: 'gold' },
      subsegments: [
        lasts(2, '## handler', 0.1, 5.9, {
          fault: true,
          subsegments: [
            lasts(3, 'DynamoDB', 0.2, 5.8, {
              namespace: 'aws',
              aws: { operation: 'PutItem', table_name: 'orders' },
              fault: true,
              cause: {
                exceptions: [
                  {
                    id: entityId(9),
                    type: 'ConditionalCheckFailedException',
                    message: 'The conditional request failed',
                  },
                ],
              },
            }),
          ],
        }),
      ],
    }),
  ],
  /** It has not ended. */
  f: [
    {
      id: entityId(1),
      name: 'shop',
      start_time: BEGIN,
      in_progress: true,
      ...SHOP,
      annotations: { tier: 'bronze' },
    },
  ],
  /** A function is started. */
  g: [
    lasts(1, 'worker', 0, 2, { origin: 'AWS::Lambda', aws: { account_id: '123456789012' } }),
    lasts(2, 'worker', 0.5, 1.9, {
      parent_id: entityId(1),
      origin: 'AWS::Lambda::Function',
      aws: { account_id: '123456789012', request_id: 'req-77' },
      subsegments: [lasts(3, 'Init', 0.1, 0.5)],
    }),
  ],
  /** The caller sees an error that the called service knows nothing of. */
  h: [
    lasts(1, 'gateway', 0, 1, {
      ...http('GET', 'https://gateway.example.com/', 200),
      annotations: { region: 'eu' },
      subsegments: [
        lasts(2, 'api.example.com', 0.1, 0.9, {
          namespace: 'remote',
          traced: true,
          error: true,
          ...http('GET', 'https://api.example.com/v9', 400),
        }),
      ],
    }),
    lasts(3, 'api.example.com', 0.2, 0.8, {
      parent_id: entityId(2),
      annotations: { shard: 7 },
      ...http('GET', 'https://api.example.com/v9', 200),
    }),
  ],
  i: [
    lasts(1, 'shop', 0, 0.3, {
      ...SHOP,
      ...http('PUT', 'https://shop.example.com/v3/items', 201),
      user: 'Alice',
      annotations: { age: '30', vip: 'true', note: 'say "hi" \\ bye' },
    }),
  ],
};

describe('a filter expression', () => {
  const letters = Object.keys(REQUESTS);
  const range = { StartTime: new Date((BEGIN - 1) * 1000), EndTime: new Date((BEGIN + 60) * 1000) };
  let groupArn: string | undefined;

  beforeAll(async () => {
    for (const [number, documents] of Object.values(REQUESTS).entries()) {
      await put(documents.map((document) => ({ ...document, trace_id: idOf(number) })));
    }
    const { Group } = await xray.send(
      new CreateGroupCommand({ GroupName: 'slow', FilterExpression: 'responsetime > 2' }),
    );
    groupArn = Group?.GroupARN;
  });

  /** The letters of what is found, in their order. */
  async function found(FilterExpression: string): Promise<string> {
    const ids: string[] = [];
    for await (const page of paginateGetTraceSummaries({ client: xray }, { ...range, FilterExpression })) {
      ids.push(...(page.TraceSummaries ?? []).map(({ Id = '' }) => Id));
    }
    expect(new Set(ids).size).toBe(ids.length);
    return letters.filter((_letter, number) => ids.includes(idOf(number))).join('');
  }

  it.each<[expression: string, letters: string]>([
    // Booleans.
    ['ok', 'adfghi'],
    ['!ok', 'bce'],
    ['error', 'bc'],
    ['error = true !throttle', 'b'],
    ['throttle', 'c'],
    ['fault', 'e'],
    ['fault != true', 'abcdfghi'],
    ['ok = "true" AND partial = "false"', 'adghi'],
    ['partial', 'f'],
    ['partial = false duration > 2', 'de'],
    ['inferred', 'e'],
    ['!inferred AND !ok', 'bc'],
    // Numbers.
    ['responsetime > 5', 'e'],
    ['responseTime>=3', 'de'],
    ['responsetime = 1', 'ah'],
    ['responsetime != 1', 'bcdegi'],
    ['!(responsetime = 1)', 'bcdefgi'],
    ['duration >= 4 AND duration <= 6', 'de'],
    ['duration < 0.35 AND duration > 2.5e-1', 'i'],
    ['http.status = 200', 'adh'],
    ['http.status >= 400 AND http.status < 500', 'bc'],
    ['http.status != 200', 'bcei'],
    ['http.status', 'abcdehi'],
    ['!http.status', 'fg'],
    // Texts.
    ['http.method = "POST"', 'cde'],
    ['http.method != "POST"', 'abhi'],
    ['http.url CONTAINS "/v2/"', 'acde'],
    ['http.url BEGINSWITH "http://"', 'e'],
    ['http.url ENDSWITH "orders"', 'cde'],
    ['http.url BEGINSWITH "http" AND http.url CONTAINS "/v2/" AND !service("catalog")', 'cde'],
    ['http.useragent CONTAINS "Mozilla"', 'a'],
    ['http.clientip BEGINSWITH "10."', 'a'],
    ['user', 'abi'],
    ['user CONTAINS ""', 'abi'],
    ['!user', 'cdefgh'],
    ['user = "alice"', 'a'],
    ['user ENDSWITH "lice"', 'ai'],
    ['availabilityzone = "eu-west-1a"', 'a'],
    ['instance.id BEGINSWITH "i-"', 'a'],
    ['resource.arn CONTAINS "apigateway"', 'a'],
    // Annotations.
    ['annotation.tier = "gold"', 'ae'],
    ['annotation.tier != "gold"', 'df'],
    ['annotation.tier', 'adef'],
    ['annotation.tier CONTAINS ""', 'adef'],
    ['!annotation.tier', 'bcghi'],
    ['annotation.age > 30', 'd'],
    ['annotation.age >= 30', 'ad'],
    ['annotation.age = 30', 'a'],
    ['annotation.age = "30"', 'i'],
    ['annotation[age] < 31', 'a'],
    ['annotation.vip', 'ai'],
    ['annotation.vip = true', 'a'],
    ['annotation.vip = "true"', 'i'],
    ['annotation[aws:api_id] = "abc"', 'a'],
    ['annotation[app.version] BEGINSWITH "1.2"', 'a'],
    ['annotation.app.version ENDSWITH ".3"', 'a'],
    ['annotation.note CONTAINS "\\"hi\\" \\\\"', 'i'],
    // Services.
    ['service("payments")', 'd'],
    ['service("payments") { fault AND http.status = 503 }', 'd'],
    ['service("payments") { ok }', ''],
    ['service() { fault }', 'de'],
    ['!service() { fault OR error } !partial', 'aghi'],
    ['service("shop") { root }', 'abcdefi'],
    ['service() { root = true AND user = "bob" }', 'b'],
    ['service("catalog") { instance.id = "i-0a1" }', 'a'],
    ['service("shop") { instance.id }', ''],
    ['service() { inferred AND fault }', 'e'],
    ['service("shop") { annotation.tier = "silver" }', 'd'],
    ['service("DynamoDB")', 'e'],
    ['service(id(name: "orders", type: "AWS::DynamoDB::Table")) { fault }', 'e'],
    ['service(id(type: "AWS::Lambda::Function")) { responsetime > 1 }', 'g'],
    ['service(id(name: "worker", type: "AWS::Lambda"))', 'g'],
    ['service(id(account.id: "123456789012"))', 'g'],
    ['service() { name BEGINSWITH "pay" OR type = "AWS::Lambda" }', 'dg'],
    // Edges.
    ['edge("gateway", "api.example.com") { error }', 'h'],
    ['edge("gateway", "api.example.com") { http.status = 400 }', 'h'],
    ['edge("api.example.com", "gateway")', ''],
    ['edge("shop", "orders") { fault }', 'e'],
    ['edge("shop", "payments") { responsetime > 2.3 }', 'd'],
    ['edge("shop", "payments") { responsetime > 2.5 }', ''],
    ['edge(id(type: "client"), "shop") { throttle }', 'c'],
    ['edge("shop", id(type: "AWS::EC2::Instance"))', 'a'],
    [
      'edge("gateway", "api.example.com") { source.annotation.region = "eu" AND destination.annotation.shard = 7 }',
      'h',
    ],
    // Root causes.
    ['rootcause.fault.exception { name = "ConditionalCheckFailedException" }', 'e'],
    ['rootcause.fault.exception { message CONTAINS "declined" }', 'd'],
    ['rootcause.fault.service { name = "orders" and inferred }', 'e'],
    ['rootcause.fault.service { last AND name = payments }', 'd'],
    ['rootcause.fault.service { first AND name = "shop" }', 'de'],
    ['rootcause.fault.service { index = 2 }', ''],
    ['rootcause.fault.entity { index = 0 and name = "shop" }', 'e'],
    ['rootcause.error.entity', 'bch'],
    ['rootcause.responsetime.entity { coverage > 0.9 and name = "## handler" }', 'e'],
    ['rootcause.responsetime.entity { remote and coverage >= 0.8 }', 'deh'],
    ['!rootcause.responsetime.service { last and !first }', 'bcfi'],
    ['rootcause.json = #[{"Services":[{"Name":"shop"},{"Name":"payments"}]}]', 'd'],
    [
      'rootcause.json = #[{"Services":[{"Name":"shop","EntityPath":[{"Name":"shop"},{"Name":"## handler"},{"Name":"DynamoDB","Remote":true}]},{"Name":"orders"}]}]',
      'e',
    ],
    // Groups.
    ['group.name = "slow"', 'de'],
    ['group.name != "slow"', 'abcfghi'],
    ['group.name = "slow" AND http.url CONTAINS "https"', 'd'],
    ['group.name = "nobody made it"', ''],
    // Together.
    ['error OR fault AND http.method = "POST"', 'bce'],
    ['(error OR fault) AND http.method = "POST"', 'ce'],
    ['!(error OR fault) http.status = 200 !user', 'dh'],
    ['NOT (ok OR partial)', 'bce'],
    ['ok AND (user = "alice" OR (annotation.age > 30 AND !partial))', 'ad'],
    ['HTTP.STATUS=200 and Ok', 'adh'],
    ['Service("payments"){FAULT}', 'd'],
    ['((((fault))))', 'e'],
    ['!!fault', 'e'],
    ['', 'abcdefghi'],
    // Lantern's own.
    ['coldstart', 'g'],
    ['service("worker") { coldstart }', 'g'],
    ['requestid = "req-77"', 'g'],
  ])('%s finds %s', async (expression, expected) => {
    expect(await found(expression)).toBe(expected);
  });

  it('finds by the ARN of a group', async () => {
    expect(await found(`group.arn = "${groupArn ?? ''}" fault`)).toBe('e');
  });

  it.each<[expression: string, position: number, said: RegExp]>([
    ['responsetime >', 14, /number/],
    ['responsetime > "5"', 15, /number.*"5"/],
    ['responsetime CONTAINS 5', 13, /compared by =/],
    ['http.url > "a"', 9, /compared by =/],
    ['ok AND', 6, /condition/],
    ['AND ok', 0, /AND is no keyword/],
    ['ok ok)', 5, /\)/],
    ['(ok', 3, /\)/],
    ['service("a" { fault }', 12, /\)/],
    ['service("a") { fault', 20, /\}/],
    ['service(a)', 8, /double quotes/],
    ['service("a") { name }  }', 23, /\}/],
    ['edge("a")', 8, /,/],
    ['edge("a", "b", "c")', 13, /\)/],
    ['id(name: "a")', 0, /keyword/],
    ['service(id(nam: "a"))', 11, /name:/],
    ['service(id(name: "a", name: "b"))', 22, /twice/],
    ['fualt', 0, /fault/],
    ['ok AND coverage > 1', 7, /rootcause/],
    ['root', 0, /service/],
    ['rootcause.fault.entity { coverage > 0.5 }', 25, /responsetime/],
    ['rootcause.fault.service { message = "a" }', 26, /exception/],
    ['rootcause.json = [{}]', 17, /"\["|#/],
    ['rootcause.json = #[{"Nam":"a"}]', 17, /Nam.*Services/],
    ['rootcause.json = #[{]', 17, /closed|JSON/],
    ['annotation = 1', 0, /annotation\.key/],
    ['annotation[age = 1', 0, /annotation\[key\]/],
    ['annotation.age > "a"', 17, /number/],
    ['annotation.age CONTAINS 3', 24, /double quotes/],
    ['user = alice', 7, /double quotes/],
    ["user = 'alice'", 7, /double quotes/],
    ['user = "alice', 7, /closing quote/],
    ['user = "al\\ice"', 10, /backslash/],
    ['duration > 5s', 11, /no unit/],
    ['fault == true', 6, /=/],
    ['fault && ok', 6, /AND/],
    ['group.name > "a"', 11, /=/],
    ['service("a") { edge("a", "b") }', 15, /outside of braces/],
    ['ok ;', 3, /";"/],
  ])('%s is refused at position %d', async (expression, position, said) => {
    const refusal = await found(expression).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } });
    const { message } = refusal as Error;
    expect(message).toMatch(
      `FilterExpression is not valid at position ${position}: Character ${position + 1}: `,
    );
    expect(message).toMatch(said);
  });
});

/** A request at a service, and what it calls: other services, tables, hosts that do not report. */
interface Work {
  readonly service: number;
  readonly outcome: 'ok' | 'error' | 'throttle' | 'fault';
  /** Tenths of a second that it takes itself. */
  readonly own: number;
  readonly calls: readonly (
    Work | { readonly resource: 'table' | 'host'; readonly outcome: Work['outcome'] }
  )[];
}

const outcome = fc.constantFrom<Work['outcome']>('ok', 'ok', 'error', 'throttle', 'fault');
const work: fc.Arbitrary<Work> = fc.letrec<{ work: Work }>((tie) => ({
  work: fc.record({
    service: fc.nat(3),
    outcome,
    own: fc.integer({ min: 1, max: 20 }),
    calls: fc.array(
      fc.oneof(
        { maxDepth: 3, depthIdentifier: 'work' },
        fc.record({ resource: fc.constantFrom('table', 'host'), outcome }),
        tie('work'),
      ),
      { maxLength: 3 },
    ),
  }),
})).work;

const FLAGS = {
  ok: {},
  error: { error: true },
  throttle: { error: true, throttle: true },
  fault: { fault: true },
} as const;

/** What a node or an edge counts. */
interface Tally {
  ok: number;
  error: number;
  throttle: number;
  fault: number;
  tenths: number;
}

/** Does the work, one call after the other: writes its documents, and counts on the way. */
class Played {
  readonly documents: object[] = [];
  readonly nodes: Record<string, Tally> = {};
  readonly edges: Record<string, Tally> = {};
  #lastId = 0;

  readonly traceId: string;

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  /** @returns when it had ended, in tenths of a second. */
  play(
    { service: number, outcome: ended, own, calls }: Work,
    start: number,
    by?: string,
    from = 'client',
  ): number {
    const name = `service-${number}`;
    const id = this.#id();
    const subsegments: object[] = [];
    let now = start + own;
    for (const call of calls) {
      const callId = this.#id();
      if ('resource' in call) {
        const [begin, end] = [now, now + 1];
        const isTable = call.resource === 'table';
        subsegments.push({
          ...this.#lasts(callId, isTable ? 'DynamoDB' : 'host.example.com', begin, end),
          ...(isTable ? { namespace: 'aws', aws: { table_name: 'orders' } } : { namespace: 'remote' }),
          ...FLAGS[call.outcome],
        });
        const to = isTable ? 'orders' : 'host.example.com';
        this.#count(this.nodes, to, call.outcome, 1);
        this.#count(this.edges, `${name} > ${to}`, call.outcome, 1);
        now = end;
      } else {
        const end = this.play(call, now, callId, name) + 1;
        subsegments.push({
          ...this.#lasts(callId, 'call', now, end),
          namespace: 'remote',
          traced: true,
          ...FLAGS[call.outcome],
        });
        this.#count(this.edges, `${name} > service-${call.service}`, call.outcome, end - now);
        now = end;
      }
    }
    this.#count(this.nodes, name, ended, now - start);
    if (by === undefined) this.#count(this.edges, `${from} > ${name}`, ended, now - start);
    this.documents.push({
      ...this.#lasts(id, name, start, now),
      trace_id: this.traceId,
      ...(by !== undefined && { parent_id: by }),
      subsegments,
      ...FLAGS[ended],
    });
    return now;
  }

  #id(): string {
    return entityId((this.#lastId += 1));
  }

  #lasts(id: string, name: string, from: number, to: number): object {
    return { id, name, start_time: graphBegin + from / 10, end_time: graphBegin + to / 10 };
  }

  #count(tallies: Record<string, Tally>, key: string, ended: Work['outcome'], tenths: number): void {
    const tally = (tallies[key] ??= { ok: 0, error: 0, throttle: 0, fault: 0, tenths: 0 });
    tally[ended] += 1;
    tally.tenths += tenths;
  }
}

/** Each graph has an hour of its own. */
let graphBegin = BEGIN + 100_000;

describe('a service graph', () => {
  function talliesOf(services: readonly Service[]): { nodes: object; edges: object } {
    const read = ({ SummaryStatistics: statistics }: Pick<Service, 'SummaryStatistics'>): Tally => ({
      ok: statistics?.OkCount ?? 0,
      error: statistics?.ErrorStatistics?.OtherCount ?? 0,
      throttle: statistics?.ErrorStatistics?.ThrottleCount ?? 0,
      fault: statistics?.FaultStatistics?.TotalCount ?? 0,
      tenths: Math.round((statistics?.TotalResponseTime ?? 0) * 10),
    });
    const nameOf = ({ Name = '', Type }: Service): string => (Type === 'client' ? 'client' : Name);
    const byReference = new Map(services.map((each) => [each.ReferenceId, each]));
    const edges = services.flatMap((from) =>
      (from.Edges ?? []).map((edge) => {
        const to = byReference.get(edge.ReferenceId);
        return [`${nameOf(from)} > ${to === undefined ? '?' : nameOf(to)}`, read(edge)] as const;
      }),
    );
    const nodes = services
      .filter(({ Type }) => Type !== 'client')
      .map((each) => [nameOf(each), read(each)] as const);
    return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
  }

  it('counts what was done, whatever called whatever and in whatever order it was told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(work, { minLength: 1, maxLength: 4 }), fc.nat(), async (works, seed) => {
        graphBegin += 3600;
        const played = works.map((each, number) => {
          const one = new Played(idOf(number, graphBegin));
          one.play(each, number * 3);
          return one;
        });
        const documents = played.flatMap((one) => one.documents);
        // An order that follows from the seed alone.
        await put(
          documents
            .map((document, index) => ({ document, place: (index * 7919 + seed) % 104_729 }))
            .sort((one, other) => one.place - other.place)
            .map(({ document }) => document),
        );

        const sum = (kind: 'nodes' | 'edges', among: readonly Played[]): Record<string, Tally> => {
          const total: Record<string, Tally> = {};
          for (const one of among) {
            for (const [key, tally] of Object.entries(one[kind])) {
              const known = (total[key] ??= { ok: 0, error: 0, throttle: 0, fault: 0, tenths: 0 });
              for (const part of ['ok', 'error', 'throttle', 'fault', 'tenths'] as const)
                known[part] += tally[part];
            }
          }
          return total;
        };
        const range = {
          StartTime: new Date(graphBegin * 1000),
          EndTime: new Date((graphBegin + 3600) * 1000),
        };
        const { Services: all = [] } = await xray.send(new GetServiceGraphCommand(range));
        expect(talliesOf(all)).toEqual({ nodes: sum('nodes', played), edges: sum('edges', played) });

        const [first] = played;
        const { Services: one = [] } = await xray.send(
          new GetTraceGraphCommand({ TraceIds: [first?.traceId ?? ''] }),
        );
        const alone = first === undefined ? [] : [first];
        expect(talliesOf(one)).toEqual({ nodes: sum('nodes', alone), edges: sum('edges', alone) });
      }),
      runs(40),
    );
  });
});
