import { describe, expect, it } from 'vitest';
import type { Segment, SegmentDocument } from '../../../../local/xray/document.ts';
import type { FilterExpression } from '../../../../local/xray/filter/expression.ts';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import { begun, embedded, entityId, segment, subsegment } from '../fixtures.ts';
import { isFound, subjectOf } from './traces.ts';

function found(text: string, ...documents: SegmentDocument[]): boolean {
  return isFound(text, subjectOf(documents));
}

/** An API that calls a function, which reads a table and calls a payment service that fails. */
const shop: readonly SegmentDocument[] = [
  segment(1, {
    name: 'shop-api',
    origin: 'AWS::ApiGateway::Stage',
    start_time: 1000,
    end_time: 1002,
    user: 'alice',
    resource_arn: 'arn:aws:apigateway:eu-west-1::/restapis/a/stages/b',
    aws: { account_id: '111111111111', ec2: { availability_zone: 'eu-west-1a', instance_id: 'i-0abc' } },
    http: {
      request: {
        method: 'POST',
        url: 'https://api.example.com/v2/orders',
        user_agent: 'curl/8.1',
        client_ip: '203.0.113.7',
      },
      response: { status: 201 },
    },
    annotations: { 'aws:api_id': 'a1', stage: 'dev' },
    subsegments: [embedded(2, { name: 'Lambda', namespace: 'aws', start_time: 1000.1, end_time: 1001.9 })],
  }),
  segment(3, {
    name: 'create-order',
    origin: 'AWS::Lambda::Function',
    parent_id: entityId(2),
    start_time: 1000.5,
    end_time: 1001.5,
    user: 'bob',
    aws: { account_id: '222222222222', request_id: 'r-31' },
    subsegments: [
      embedded(9, { name: 'Init', start_time: 1000.2, end_time: 1000.5 }),
      embedded(4, {
        name: '## handler',
        start_time: 1000.5,
        end_time: 1001.4,
        annotations: { age: 30, vip: true, tier: 'gold', CorrelationId: 'c-77', 'aws.responseLatency': 1.5 },
        subsegments: [
          embedded(5, {
            name: 'DynamoDB',
            namespace: 'aws',
            start_time: 1000.6,
            end_time: 1000.7,
            aws: { operation: 'GetItem', table_name: 'orders' },
            error: true,
            throttle: true,
          }),
          embedded(6, {
            name: 'payments.example.com',
            namespace: 'remote',
            start_time: 1000.8,
            end_time: 1001.3,
            annotations: { attempt: 2 },
            fault: true,
            http: {
              request: { method: 'PUT', url: 'https://payments.example.com/' },
              response: { status: 503 },
            },
            cause: { exceptions: [{ type: 'PaymentError', message: 'card declined' }] },
          }),
        ],
      }),
    ],
  }),
];

describe('of a whole trace', () => {
  it.each<[text: string, isFound: boolean]>([
    ['', true],
    ['ok', true],
    ['!ok', false],
    ['error', false],
    ['fault', false],
    ['throttle', false],
    ['ok = true', true],
    ['error != true', true],
    ['partial', false],
    ['inferred', true],
    ['responsetime = 2', true],
    ['responsetime > 2', false],
    ['duration >= 2 AND duration <= 2', true],
    ['http.status = 201', true],
    ['http.status != 200', true],
    ['http.status < 2e2', false],
    ['http.method = "POST"', true],
    ['http.method = "post"', false],
    ['http.url CONTAINS "/v2/"', true],
    ['http.url BEGINSWITH "https://api"', true],
    ['http.url ENDSWITH "/orders"', true],
    ['http.url BEGINSWITH "api"', false],
    ['http.url ENDSWITH "https"', false],
    ['http.useragent BEGINSWITH "curl"', true],
    ['http.clientip = "203.0.113.7"', true],
    ['http.url AND responseTime > 1', true],
    ['user = "alice"', true],
    ['user = "bob"', true],
    ['user = "carol"', false],
    ['user != "alice"', true],
    ['user CONTAINS ""', true],
    ['!user', false],
    ['availabilityzone = "eu-west-1a"', true],
    ['instance.id BEGINSWITH "i-"', true],
    ['resource.arn CONTAINS ":apigateway:"', true],
    ['annotation.stage = "dev"', true],
    ['annotation.Stage = "dev"', false],
    ['annotation.age > 29', true],
    ['annotation.age >= 30.5', false],
    ['annotation.age = "30"', false],
    ['annotation.age != 30', false],
    ['annotation.age != 29', true],
    ['annotation.missing != 29', false],
    ['annotation.vip', true],
    ['annotation.vip = true', true],
    ['annotation.vip = false', false],
    ['annotation.vip != false', true],
    ['annotation.tier CONTAINS "ol"', true],
    ['annotation.age', true],
    ['!annotation.age', false],
    ['!annotation.missing', true],
    ['annotation[aws.responseLatency] > 1', true],
    ['annotation[aws:api_id] = "a1"', true],
    ['annotation.constructor', false],
    ['coldstart', true],
    ['correlationid = "c-77"', true],
    ['correlationid != "c-77"', false],
    ['requestid = "r-31"', true],
    ['requestid CONTAINS "32"', false],
  ])('%s', (text, expected) => {
    expect(found(text, ...shop)).toBe(expected);
  });

  it('asks the root for its status, not what the root handled', () => {
    const root = segment(1, { http: { response: { status: 200 } } });
    const failing = segment(2, { parent_id: entityId(1), fault: true });
    expect(found('ok', root, failing)).toBe(true);
    expect(found('fault', root, failing)).toBe(false);
    expect(found('service() { fault }', root, failing)).toBe(true);
  });

  it.each<[fields: Partial<Segment>, holds: readonly string[]]>([
    [{ fault: true }, ['fault']],
    [{ error: true }, ['error']],
    [{ throttle: true, error: true }, ['error', 'throttle']],
    [{ throttle: true }, ['error', 'throttle']],
    [{ error: true, fault: true }, ['error', 'fault']],
    [{ http: { response: { status: 404 } } }, ['error']],
    [{ http: { response: { status: 429 } } }, ['error', 'throttle']],
    [{ http: { response: { status: 503 } } }, ['fault']],
    [{ http: { response: { status: 302 } } }, ['ok']],
    [{ error: true, http: { response: { status: 200 } } }, ['error']],
    [{}, ['ok']],
  ])('a root with %o', (fields, holds) => {
    const all = ['ok', 'error', 'throttle', 'fault'];
    expect(all.filter((keyword) => found(keyword, segment(1, fields)))).toEqual(holds);
    expect(all.filter((keyword) => found(`${keyword} = false`, segment(1, fields)))).toEqual(
      all.filter((keyword) => !holds.includes(keyword)),
    );
  });

  it('knows no response time while the root is in progress, whatever is asked of it', () => {
    const open = begun(segment(1));
    expect(found('partial', open)).toBe(true);
    for (const operator of ['=', '!=', '<', '<=', '>', '>=']) {
      expect(found(`responsetime ${operator} 1`, open)).toBe(false);
    }
    expect(found('!(responsetime > 1)', open)).toBe(true);
    expect(found('ok', subsegment(2, 1))).toBe(false);
  });
});

describe('of its services', () => {
  it.each<[text: string, isFound: boolean]>([
    ['service("create-order")', true],
    ['service("Create-Order")', false],
    ['!service("nothing")', true],
    ['service("orders")', true],
    ['service("DynamoDB")', true],
    ['service("payments.example.com") { fault }', true],
    ['service("create-order") { fault }', false],
    ['service() { fault AND inferred }', true],
    ['service() { throttle }', true],
    ['service(id(type: "AWS::DynamoDB::Table")) { error }', true],
    ['service(id(name: "orders", type: "AWS::DynamoDB::Table"))', true],
    ['service(id(name: "orders", type: "remote"))', false],
    ['service(id(type: "remote")) { http.status = 503 }', true],
    ['service(id(account.id: "222222222222")) { user = "bob" }', true],
    ['service(id(account.id: "222222222222")) { user = "alice" }', false],
    ['service() { root AND name = "shop-api" }', true],
    ['service("create-order") { root }', false],
    ['service() { type BEGINSWITH "AWS::Lambda" and coldstart }', true],
    ['service("shop-api") { coldstart }', false],
    ['service(id(name: "shop-api", type: "client"))', true],
    ['service(id(type: "client")) { http.status = 201 and type = "client" and !root }', true],
    ['service(id(type: "client")) { fault }', false],
    ['service(id(name: "create-order", type: "client"))', false],
    ['service(id(type: "client", account.id: "111111111111"))', false],
    ['service("create-order") { annotation.age = 30 }', true],
    ['service("shop-api") { annotation.age }', false],
    ['service("create-order") { correlationid = "c-77" }', true],
    ['service("create-order") { requestid = "r-31" }', true],
    ['service("shop-api") { requestid }', false],
    ['service("create-order") { responsetime = 1 }', true],
    ['service("create-order") { http.status }', false],
    ['service("shop-api") { responsetime > 1.9 and duration < 2.1 }', true],
    ['service("shop-api") { availabilityzone and instance.id and resource.arn }', true],
    ['service("shop-api") { partial }', false],
  ])('%s', (text, expected) => {
    expect(found(text, ...shop)).toBe(expected);
  });

  it('asks one segment for everything in the braces', () => {
    const slow = segment(1, { name: 'a', start_time: 0, end_time: 9 });
    const failed = segment(2, { name: 'a', fault: true, parent_id: entityId(1) });
    expect(found('service("a") { responsetime > 5 AND fault }', slow, failed)).toBe(false);
    expect(found('service("a") { responsetime > 5 } service("a") { fault }', slow, failed)).toBe(true);
  });

  it('tells the service Lambda and its function apart by type', () => {
    const service = segment(1, { name: 'random-name', origin: 'AWS::Lambda' });
    const failed = segment(2, {
      name: 'random-name',
      origin: 'AWS::Lambda::Function',
      parent_id: entityId(1),
      error: true,
    });
    expect(found('service("random-name") { error }', service, failed)).toBe(true);
    expect(found('service(id(name:"random-name",type:"AWS::Lambda")) { error }', service, failed)).toBe(
      false,
    );
    expect(found('service(id(type:"AWS::Lambda::Function")) { error }', service, failed)).toBe(true);
    expect(found('edge("random-name", "random-name") { error }', service, failed)).toBe(true);
  });

  it('takes the account that is given for segments that name none', () => {
    const documents = [segment(1, { name: 'a' }), segment(2, { name: 'b', aws: { account_id: '2' } })];
    const subject = subjectOf(documents, { accountId: '1' });
    expect(isFound('service(id(name: "a", account.id: "1"))', subject)).toBe(true);
    expect(isFound('service(id(name: "b", account.id: "1"))', subject)).toBe(false);
  });

  it('infers no service of a call whose segment is to come', () => {
    const caller = (traced: boolean): Segment =>
      segment(1, { subsegments: [embedded(2, { name: 'x.example.com', namespace: 'remote', traced })] });
    expect(found('service("x.example.com")', caller(true))).toBe(false);
    expect(found('service("x.example.com")', caller(false))).toBe(true);
  });
});

describe('of its edges', () => {
  it.each<[text: string, isFound: boolean]>([
    ['edge("shop-api", "create-order")', true],
    ['edge("create-order", "shop-api")', false],
    ['edge("create-order", "orders") { throttle }', true],
    ['edge("create-order", "payments.example.com") { fault }', true],
    ['edge("shop-api", "payments.example.com")', false],
    ['edge("create-order", id(type: "remote")) { http.status >= 500 AND http.method = "PUT" }', true],
    ['edge("create-order", id(type: "remote")) { annotation.attempt = 2 }', true],
    ['edge("create-order", id(type: "remote")) { annotation.age = 30 }', false],
    ['edge("create-order", id(type: "remote")) { source.annotation.age = 30 }', true],
    [
      'edge("shop-api", "create-order") { destination.annotation.age = 30 AND source.annotation.stage = "dev" }',
      true,
    ],
    ['edge("shop-api", "create-order") { responsetime > 1.7 }', true],
    ['edge("shop-api", "create-order") { responsetime < 1.7 }', false],
    ['edge(id(name: "shop-api", type: "client"), "shop-api") { ok }', true],
    ['edge(id(type: "client"), "create-order")', false],
    ['!edge("shop-api", "orders")', true],
  ])('%s', (text, expected) => {
    expect(found(text, ...shop)).toBe(expected);
  });
});

describe('of its root causes', () => {
  it.each<[text: string, isFound: boolean]>([
    ['rootcause.fault.service', true],
    ['rootcause.fault.service { name = "create-order" }', true],
    ['rootcause.fault.service { last and inferred and type = "remote" }', true],
    ['rootcause.fault.service { first and inferred }', false],
    ['rootcause.fault.entity { remote and name = "payments.example.com" }', true],
    ['rootcause.fault.entity { name = "## handler" }', false],
    ['rootcause.fault.exception { last and message = "card declined" }', true],
    ['rootcause.fault.exception { name = "PaymentError" and index = 0 }', true],
    ['rootcause.fault.exception { name = "Other" }', false],
    ['rootcause.error.service { name = "orders" }', true],
    ['rootcause.error.exception', false],
    ['rootcause.responsetime.service { first and name = "shop-api" }', true],
    ['rootcause.responsetime.entity { last and name = "payments.example.com" }', true],
    ['rootcause.responsetime.entity { remote and coverage > 0.7 and name = "Lambda" }', true],
    ['rootcause.responsetime.entity { coverage > 1 }', false],
    ['rootcause.responsetime.exception', false],
    ['rootcause.json = #[{"Services":[{"Name":"create-order"},{"Name":"payments.example.com"}]}]', true],
    ['rootcause.json = #[{"Services":[{"Name":"create-order"}]}]', false],
    ['rootcause.json != #[{"Services":[{"Name":"create-order"}]}]', true],
    ['rootcause.json = #[{"ClientImpacting":false,"Services":[{},{"Inferred":true}]}]', true],
    [
      'rootcause.json = #[{"Services":[{"EntityPath":[{"Exceptions":[{"Message":"card declined"}]}]},{}]}]',
      true,
    ],
    ['rootcause.json = #[{"Services":[{"Type":null}]}]', false],
  ])('%s', (text, expected) => {
    expect(found(text, ...shop)).toBe(expected);
  });
});

describe('of groups', () => {
  const groups =
    (filters: Readonly<Record<string, string>>) =>
    (name: string): FilterExpression | undefined =>
      Object.hasOwn(filters, name) ? parseFilter(filters[name] ?? '') : undefined;

  it.each<[text: string, isFound: boolean]>([
    ['group.name = "slow"', true],
    ['group.name = "slow" AND user = "alice"', true],
    ['group.name = "slow" AND user = "carol"', false],
    ['group.name != "slow"', false],
    ['group.name != "failed"', true],
    ['group.arn = "arn:aws:xray:eu-west-1:1:group/slow/X"', true],
    ['group.name = "both"', true],
    ['group.name = "none"', false],
    ['group.name != "none"', false],
    ['group.name = "itself"', false],
    ['group.name = "there" OR group.name = "back"', false],
  ])('%s', (text, expected) => {
    const subject = subjectOf(shop, {
      groups: groups({
        slow: 'responsetime > 1',
        failed: 'fault',
        'arn:aws:xray:eu-west-1:1:group/slow/X': 'responsetime > 1',
        both: 'group.name = "slow" AND !group.name = "failed"',
        itself: 'group.name = "itself"',
        there: 'group.name = "back"',
        back: 'group.name = "there"',
      }),
    });
    expect(isFound(text, subject)).toBe(expected);
  });
});
