import { describe, expect, it } from 'vitest';
import { readTraces } from '../../../../local/xray/otlp/otlp-messages.ts';
import { documentsOf, MAX_SPAN_BYTES } from '../../../../local/xray/otlp/span-documents.ts';
import { parseDocument } from '../../../../local/xray/parse-document.ts';
import { fc } from '../../../helpers/fast-check.ts';
import type { PlainSpan } from './spans.ts';
import {
  asJsonBody,
  asProtobufBody,
  clientSpan,
  converted,
  documentOf,
  PARENT_ID,
  requestOf,
  SPAN_ID,
} from './spans.ts';

const TRACE = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';
const shop = { 'service.name': 'shop' };

describe('the ids and times of a span', () => {
  it('are those of X-Ray, written its way', () => {
    expect(documentOf({ parentSpanId: PARENT_ID, start: 1_700_000_000_000_000_001n })).toMatchObject({
      id: SPAN_ID,
      trace_id: TRACE,
      parent_id: PARENT_ID,
      start_time: 1_700_000_000.000000001,
      end_time: 1_700_000_001.623456789,
    });
  });

  it('begin a trace where there is no parent, also one of zeros', () => {
    expect(documentOf({}).parent_id).toBeUndefined();
    expect(documentOf({ parentSpanId: '0000000000000000' }).parent_id).toBeUndefined();
  });

  it.each<[string, PlainSpan, string, RegExp]>([
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'InvalidTraceId', /16 bytes, not all 0.*000/],
    ['a short trace id', { traceId: 'abcd' }, 'InvalidTraceId', /16 bytes.*got 2: abcd/],
    ['no trace id', { traceId: '' }, 'InvalidTraceId', /got none/],
    ['a trace id that is not hexadecimal', { traceId: 'z'.repeat(32) }, 'InvalidTraceId', /16 bytes/],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'InvalidId', /8 bytes, not all 0/],
    ['a long span id', { spanId: 'a'.repeat(18) }, 'InvalidId', /got 9: a/],
    ['a short parent', { parentSpanId: 'abcdef' }, 'InvalidParentId', /8 bytes, or none; got 3/],
    ['no start', { start: 0n }, 'MissingStartTime', /no start_time_unix_nano/],
    ['no end', { end: 0n }, 'MissingEndTime', /when it has ended/],
    ['an end before its start', { start: 20n, end: 19n }, 'InvalidTime', /ends before it starts/],
  ])('%s', (_what, span, code, message) => {
    const { documents, errors } = converted([span, { spanId: PARENT_ID }]);
    expect(errors).toEqual([
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    ]);
    expect(documents.map(({ id }) => id)).toEqual([PARENT_ID]);
  });
});

describe('a span becomes a segment or a subsegment', () => {
  it.each<[PlainSpan['kind'], string, string | undefined]>([
    ['SERVER', PARENT_ID, undefined],
    ['CONSUMER', PARENT_ID, undefined],
    ['INTERNAL', PARENT_ID, 'subsegment'],
    ['UNSPECIFIED', PARENT_ID, 'subsegment'],
    ['CLIENT', PARENT_ID, 'subsegment'],
    ['PRODUCER', PARENT_ID, 'subsegment'],
    ['SERVER', '', undefined],
    ['INTERNAL', '', undefined],
    ['CLIENT', '', undefined],
    ['PRODUCER', '', undefined],
    ['CONSUMER', '', undefined],
  ])('by its kind and parent: %s below "%s"', (kind = 'INTERNAL', parentSpanId, type) => {
    const document = documentOf({ kind, parentSpanId }, shop);
    expect(document.type).toBe(type);
    expect(document.parent_id).toBe(parentSpanId === '' ? undefined : parentSpanId);
    expect(document.in_progress).toBeUndefined();
  });

  it('and is a subsegment when it fetches messages from a queue of AWS', () => {
    const attributes = { 'rpc.system': 'aws-api', 'rpc.service': 'SQS', 'rpc.method': 'ReceiveMessage' };
    expect(documentOf({ kind: 'CONSUMER', parentSpanId: PARENT_ID, attributes })).toMatchObject({
      type: 'subsegment',
      namespace: 'aws',
      name: 'SQS',
    });
  });

  it('and is both when the first span of a service is a call', () => {
    const attributes = {
      'aws.span.kind': 'LOCAL_ROOT',
      'aws.local.service': 'poller',
      'aws.remote.service': 'AWS::S3',
      'rpc.system': 'aws-api',
      'rpc.method': 'PutObject',
      'http.status_code': 503,
    };
    const span: PlainSpan = { kind: 'CLIENT', parentSpanId: PARENT_ID, attributes };

    const { documents } = converted([span], shop);
    const [service, call] = documents;

    expect(documents).toHaveLength(2);
    expect(service).toMatchObject({
      name: 'poller',
      parent_id: PARENT_ID,
      fault: true,
      annotations: { 'aws.local.service': 'poller' },
      metadata: { default: { 'otel.resource.service.name': 'shop' } },
    });
    expect(service).not.toHaveProperty('type');
    expect(service).not.toHaveProperty('http');
    expect(service?.annotations).not.toHaveProperty(['aws.remote.service']);
    expect(call).toMatchObject({
      id: SPAN_ID,
      type: 'subsegment',
      parent_id: service?.id,
      name: 'S3',
      namespace: 'aws',
      aws: { operation: 'PutObject' },
    });
    expect(converted([span], shop).documents).toEqual(documents);
  });

  it('and is a segment when an internal one is the first of a service', () => {
    const attributes = { 'aws.span.kind': 'LOCAL_ROOT' };
    expect(documentOf({ parentSpanId: PARENT_ID, attributes }, shop)).toMatchObject({ name: 'shop' });
    expect(documentOf({ parentSpanId: PARENT_ID, attributes }, shop).type).toBeUndefined();
  });
});

describe('the name', () => {
  it.each<[string, PlainSpan, Record<string, unknown>, string]>([
    ['of a segment is its service', { kind: 'SERVER', name: 'GET /' }, shop, 'shop'],
    ['also where the trace begins inside', { name: 'nightly job' }, shop, 'shop'],
    [
      'as AWS’s distributions say',
      { kind: 'SERVER', attributes: { 'aws.local.service': 'till' } },
      shop,
      'till',
    ],
    [
      'is the function where the service has none',
      { kind: 'SERVER' },
      { 'service.name': 'unknown_service:node', 'faas.name': 'create-order' },
      'create-order',
    ],
    [
      'is what the SDK calls it otherwise',
      {},
      { 'service.name': 'unknown_service:node' },
      'unknown_service:node',
    ],
    ['is the span’s where nothing else is known', { kind: 'SERVER', name: 'GET /{id}' }, {}, 'GET /id'],
    ['is never empty', { name: '{}' }, {}, 'span'],
    ['keeps letters of any language', { name: 'Größe 注文 «1»' }, {}, 'Größe 注文 1'],
    ['of a subsegment is its span', { parentSpanId: PARENT_ID, name: 'priceOrder' }, shop, 'priceOrder'],
    ['has 200 characters', { name: 'é'.repeat(300) }, {}, 'é'.repeat(200)],
    ['is not cut within a character', { name: `${'a'.repeat(199)}𝒳𝒳` }, {}, 'a'.repeat(199)],
  ])('%s', (_what, span, resource, name) => {
    expect(documentOf(span, resource).name).toBe(name);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a peer', { 'peer.service': 'payments', 'http.host': 'p.example' }, 'payments'],
    ['a peer, by its newer name', { 'service.peer.name': 'payments', 'server.address': 'x' }, 'payments'],
    [
      'a service of AWS',
      { 'rpc.system': 'aws-api', 'rpc.service': 'DynamoDB', 'db.name': 'orders' },
      'DynamoDB',
    ],
    [
      'a service of AWS, by its newer form',
      { 'rpc.system.name': 'aws-api', 'rpc.method': 'SQS/SendMessage' },
      'SQS',
    ],
    [
      'a service that AWS’s distributions name',
      { 'rpc.system': 'aws-api', 'aws.remote.service': 'AWS.SDK.SNS' },
      'SNS',
    ],
    [
      'a database',
      { 'db.system': 'postgresql', 'db.name': 'orders', 'net.peer.name': 'db.local' },
      'orders@db.local',
    ],
    [
      'a database of a connection string',
      { 'db.system': 'mysql', 'db.name': 'o', 'db.connection_string': 'jdbc:mysql://db.example:3306' },
      'o@db.example',
    ],
    [
      'a database, by its newer names',
      { 'db.system.name': 'postgresql', 'db.namespace': 'o', 'server.address': 'db' },
      'o@db',
    ],
    ['a service of gRPC', { 'rpc.system': 'grpc', 'rpc.service': 'shop.Orders' }, 'shop.Orders'],
    ['a host', { 'http.request.method': 'GET', 'server.address': 'api.example' }, 'api.example'],
    ['a host, by its older name', { 'http.method': 'GET', 'net.peer.name': 'api.example' }, 'api.example'],
    [
      'a host within a URL',
      { 'http.method': 'GET', 'http.url': 'https://api.example:8443/x' },
      'api.example',
    ],
    ['what has no name', {}, 'call'],
  ])('of a call is what it calls: %s', (_what, attributes, name) => {
    expect(documentOf(clientSpan(attributes)).name).toBe(name);
  });

  it('of the span is kept where the document has another', () => {
    expect(documentOf({ kind: 'SERVER', name: 'GET /orders/{id}' }, shop).metadata).toMatchObject({
      default: { 'otel.span.name': 'GET /orders/{id}' },
    });
    expect(documentOf({ name: 'work' }).metadata).toBeUndefined();
  });
});

describe('the namespace', () => {
  it.each<[PlainSpan['kind'], Record<string, unknown>, string | undefined]>([
    ['CLIENT', {}, 'remote'],
    ['PRODUCER', {}, 'remote'],
    ['INTERNAL', {}, undefined],
    ['CLIENT', { 'rpc.system': 'aws-api' }, 'aws'],
    ['INTERNAL', { 'rpc.system.name': 'aws-api' }, 'aws'],
    ['CLIENT', { 'aws.service': 'S3' }, 'aws'],
  ])('of %s with %o is %s', (kind = 'INTERNAL', attributes, namespace) => {
    expect(documentOf({ kind, parentSpanId: PARENT_ID, attributes }).namespace).toBe(namespace);
  });
});

describe('a call whose callee records too', () => {
  it('says so, as a document of X-Ray does', () => {
    const attributes = { 'aws.xray.traced': true };
    const document = documentOf({ kind: 'CLIENT', parentSpanId: PARENT_ID, attributes });
    expect(document).toMatchObject({ traced: true });
    expect(document.metadata).toBeUndefined();
  });
});

describe('HTTP', () => {
  const [status, method] = [200, 'POST'];
  it.each<[string, PlainSpan, unknown]>([
    [
      'of a server, by the stable conventions',
      {
        kind: 'SERVER',
        attributes: {
          'http.request.method': method,
          'http.response.status_code': status,
          'url.scheme': 'https',
          'url.path': '/orders',
          'url.query': 'a=1',
          'server.address': 'api.example',
          'server.port': 443,
          'client.address': '203.0.113.7',
          'user_agent.original': 'curl/8',
          'http.response.body.size': 12,
        },
      },
      {
        request: {
          method,
          url: 'https://api.example/orders?a=1',
          user_agent: 'curl/8',
          client_ip: '203.0.113.7',
        },
        response: { status, content_length: 12 },
      },
    ],
    [
      'of a server, by the older ones',
      {
        kind: 'SERVER',
        attributes: {
          'http.method': method,
          'http.status_code': status,
          'http.scheme': 'http',
          'http.target': '/orders?a=1',
          'net.host.name': 'api.example',
          'net.host.port': 8080,
          'http.client_ip': '203.0.113.7',
          'http.user_agent': 'curl/8',
        },
      },
      {
        request: {
          method,
          url: 'http://api.example:8080/orders?a=1',
          user_agent: 'curl/8',
          client_ip: '203.0.113.7',
          x_forwarded_for: true,
        },
        response: { status },
      },
    ],
    [
      'of a client, with its whole URL',
      clientSpan({
        'http.request.method': method,
        'url.full': 'https://x.example/y',
        'network.peer.address': '::1',
      }),
      { request: { method, url: 'https://x.example/y' } },
    ],
    [
      'of a client, in parts',
      clientSpan({
        'http.method': method,
        'http.status_code': '200',
        'net.peer.name': 'x.example',
        'net.peer.port': 80,
      }),
      { request: { method, url: 'http://x.example/' }, response: { status } },
    ],
    [
      'of an address of version 6',
      clientSpan({ 'http.method': method, 'net.peer.ip': '::1', 'net.peer.port': 81 }),
      { request: { method, url: 'http://[::1]:81/' } },
    ],
    ['of no HTTP', clientSpan({ 'server.address': 'db', 'client.address': '203.0.113.7' }), undefined],
    ['of values of other types', clientSpan({ 'http.method': 1, 'http.status_code': 'ok' }), undefined],
  ])('%s', (_what, span, http) => {
    expect(documentOf(span).http).toEqual(http);
  });
});

describe('how it ended', () => {
  const failed = { code: 'ERROR', message: 'it broke' } as const;
  it.each<[string, PlainSpan, Record<string, boolean>]>([
    ['well', { status: { code: 'OK' } }, {}],
    ['with the caller’s mistake', { attributes: { 'http.status_code': 404 } }, { error: true }],
    [
      'with too many requests',
      { attributes: { 'http.response.status_code': 429 } },
      { error: true, throttle: true },
    ],
    [
      'with a failure of the server',
      { attributes: { 'http.status_code': 502 }, status: { code: 'UNSET' } },
      { fault: true },
    ],
    ['with an error without HTTP', { status: failed }, { fault: true }],
    [
      'with an error although HTTP was well',
      { status: failed, attributes: { 'http.status_code': 200 } },
      { fault: true },
    ],
    [
      'with HTTP’s word against the status',
      { status: failed, attributes: { 'http.status_code': 400 } },
      { error: true },
    ],
  ])('%s', (_what, span, flags) => {
    const { error, fault, throttle } = documentOf(span);
    expect({ error, fault, throttle }).toEqual({
      error: undefined,
      fault: undefined,
      throttle: undefined,
      ...flags,
    });
  });

  it('is explained by the status where no exception was recorded', () => {
    expect(documentOf({ status: failed, attributes: { 'error.type': 'Timeout' } }).cause).toEqual({
      exceptions: [
        { id: expect.stringMatching(/^[0-9a-f]{16}$/) as string, message: 'it broke', type: 'Timeout' },
      ],
    });
    expect(documentOf({ status: { code: 'ERROR' } }).cause).toBeUndefined();
  });

  it('is explained by the exceptions that were recorded, remote ones of calls', () => {
    const events = ['First', 'Second'].map((type) => ({
      name: 'exception',
      attributes: { 'exception.type': type, 'exception.message': `${type} failed` },
    }));
    const id = expect.any(String) as string;
    expect(documentOf({ status: failed, events }).cause).toEqual({
      exceptions: [
        { id, type: 'First', message: 'First failed' },
        { id, type: 'Second', message: 'Second failed' },
      ],
    });
    expect(documentOf({ ...clientSpan({}), events }).cause).toMatchObject({
      exceptions: [{ remote: true }, { remote: true }],
    });
  });

  it('has each attempt that an AWS SDK made in vain', () => {
    const events = [
      {
        name: 'HTTP request failure',
        attributes: { 'http.response.status_code': 503, 'aws.http.error_message': 'slow' },
      },
    ];
    expect(documentOf({ ...clientSpan({ 'rpc.system': 'aws-api' }), events }).cause).toMatchObject({
      exceptions: [{ type: 'aws.http.error.event', remote: true, message: '503@1700000000.124456@slow' }],
    });
  });
});

describe('a call of AWS', () => {
  it.each<readonly [string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'in the JavaScript SDK',
      {
        'rpc.service': 'DynamoDB',
        'rpc.method': 'GetItem',
        'cloud.region': 'eu-west-1',
        'aws.request.id': 'r-1',
        'aws.dynamodb.table_names': ['orders'],
      },
      { operation: 'GetItem', region: 'eu-west-1', request_id: 'r-1', table_name: 'orders' },
    ],
    [
      'by the newer form',
      { 'rpc.method': 'SQS/SendMessage', 'aws.request_id': 'r', 'aws.sqs.queue.url': 'http://q/1' },
      { operation: 'SendMessage', request_id: 'r', queue_url: 'http://q/1' },
    ],
    [
      'of several tables',
      { 'aws.operation': 'BatchGetItem', 'aws.dynamodb.table_names': ['a', 'b'] },
      { operation: 'BatchGetItem', table_names: ['a', 'b'] },
    ],
    [
      'of older SDKs',
      { 'aws.table_name': 't', 'aws.queue_url': 'http://q', 'aws.region': 'r', 'aws.account_id': '1' },
      { table_name: 't', queue_url: 'http://q', region: 'r', account_id: '1' },
    ],
    ['of a topic', { 'aws.sns.topic.arn': 'arn:aws:sns:r:1:t' }, { topic_arn: 'arn:aws:sns:r:1:t' }],
    [
      'of a topic that is a destination',
      { 'messaging.destination.name': 'arn:aws:sns:r:1:t' },
      { topic_arn: 'arn:aws:sns:r:1:t' },
    ],
    ['that was repeated', { 'aws.xray.retries': 2 }, { retries: 2 }],
    ['of a bucket', { 'aws.s3.bucket': 'b', 'aws.s3.key': 'k' }, { bucket_name: 'b', key: 'k' }],
    ...['queue_name', 'event_bus_name', 'delivery_stream_name', 'schedule_name', 'schedule_group_name'].map(
      (name) => [`with its ${name}`, { [`aws.${name}`]: 'n' }, { [name]: 'n' }] as const,
    ),
    ...['stream_arn', 'execution_arn'].map(
      (name) => [`with its ${name}`, { [`aws.${name}`]: 'arn:aws:x' }, { [name]: 'arn:aws:x' }] as const,
    ),
    ['of several buses', { 'aws.event_bus_names': ['a', 'b'] }, { event_bus_names: ['a', 'b'] }],
    ['of a function', { 'faas.invoked_name': 'f' }, { function_name: 'f' }],
    [
      'of a state machine',
      { 'aws.step_functions.state_machine.arn': 'arn:aws:states:r:1:stateMachine:m' },
      { state_machine_arn: 'arn:aws:states:r:1:stateMachine:m' },
    ],
  ])('has what it was about: %s', (_what, attributes, aws) => {
    expect(documentOf(clientSpan({ 'rpc.system': 'aws-api', ...attributes })).aws).toEqual(aws);
  });

  it('has no operation where another system was called', () => {
    const { aws, metadata } = documentOf(clientSpan({ 'rpc.system': 'grpc', 'rpc.method': 'Get' }));
    expect(aws).toBeUndefined();
    expect(metadata).toMatchObject({ default: { 'rpc.method': 'Get' } });
  });
});

describe('SQL', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    [
      'by the older conventions',
      {
        'db.system': 'postgresql',
        'db.name': 'orders',
        'db.statement': 'SELECT ?',
        'db.user': 'app',
        'db.connection_string': 'postgresql://db',
      },
      {
        url: 'call',
        connection_string: 'postgresql://db/orders',
        database_type: 'postgresql',
        user: 'app',
        sanitized_query: 'SELECT ?',
      },
    ],
    [
      'by the newer ones',
      {
        'db.system.name': 'microsoft.sql_server',
        'db.namespace': 'orders',
        'db.query.text': 'SELECT 1',
        'server.address': 'db.example',
        'server.port': 1433,
      },
      {
        url: 'call',
        connection_string: 'db.example:1433/orders',
        database_type: 'microsoft.sql_server',
        sanitized_query: 'SELECT 1',
      },
    ],
    ['not of other databases', { 'db.system': 'redis', 'db.statement': 'GET k' }, undefined],
  ])('%s', (_what, attributes, sql) => {
    expect(documentOf(clientSpan(attributes)).sql).toEqual(sql);
  });

  it('leaves what is known of other databases to metadata', () => {
    expect(documentOf(clientSpan({ 'db.system': 'redis', 'db.statement': 'GET k' })).metadata).toEqual({
      default: { 'db.system': 'redis', 'db.statement': 'GET k' },
    });
  });
});

describe('annotations', () => {
  it('are the attributes that are listed, whatever else they are used for', () => {
    const attributes = {
      'aws.xray.annotations': ['order id', 'paid', 'total', 'http.method', 'list', 'absent', 'big'],
      'order id': 'o-1',
      paid: true,
      total: 12.5,
      big: 2n ** 53n,
      'http.method': 'GET',
      list: [1],
      other: 'x',
    };
    const { annotations, metadata, http } = documentOf({ parentSpanId: PARENT_ID, attributes });
    expect(annotations).toEqual({
      order_id: 'o-1',
      paid: true,
      total: 12.5,
      'http.method': 'GET',
      big: '9007199254740992',
    });
    expect(metadata).toEqual({ default: { list: [1], other: 'x' } });
    expect(http).toEqual({ request: { method: 'GET' } });
  });

  it('may be of the resource, and one may be listed as a text', () => {
    const attributes = { 'aws.xray.annotations': 'otel.resource.service.name' };
    const { annotations, metadata } = documentOf({ attributes }, shop);
    expect(annotations).toEqual({ 'otel.resource.service.name': 'shop' });
    expect(metadata).toEqual({ default: { 'otel.span.name': 'work' } });
  });

  it('are what AWS searches by anyway', () => {
    const attributes = { 'aws.local.operation': 'GET /', 'aws.remote.operation': 'PutItem' };
    expect(documentOf({ attributes }).annotations).toEqual(attributes);
  });

  it('never change a prototype', () => {
    const { annotations } = documentOf({
      attributes: {
        'aws.xray.annotations': ['__proto__', 'constructor'],
        ['__proto__']: 'x',
        constructor: 'y',
      },
    });
    expect(Object.entries(annotations ?? {})).toEqual([['constructor', 'y']]);
  });
});

describe('metadata', () => {
  it('has every kind of value', () => {
    const attributes = {
      text: '',
      int: -7,
      long: -(2n ** 63n),
      double: 0.5,
      nan: Number.NaN,
      infinite: -Infinity,
      bytes: new Uint8Array([0, 255]),
      list: ['a', 1, false, null, [new Uint8Array([1])]],
      nested: { a: { b: [{ c: 2n ** 60n }] } },
      nothing: null,
    };
    expect(documentOf({ parentSpanId: PARENT_ID, attributes }).metadata).toEqual({
      default: {
        text: '',
        int: -7,
        long: '-9223372036854775808',
        double: 0.5,
        nan: 'NaN',
        infinite: '-Infinity',
        bytes: 'AP8=',
        list: ['a', 1, false, null, ['AQ==']],
        nested: { a: { b: [{ c: '1152921504606846976' }] } },
        nothing: null,
      },
    });
  });

  it('has namespaces of its own', () => {
    const attributes = {
      'aws.xray.metadata.orders': '{"id":1}',
      'aws.xray.metadata.default': '{"inner":true}',
      'aws.xray.metadata.broken': '{',
      'aws.xray.metadata.list': '[1]',
    };
    expect(documentOf({ parentSpanId: PARENT_ID, attributes }).metadata).toEqual({
      orders: { id: 1 },
      default: { inner: true, 'aws.xray.metadata.broken': '{', 'aws.xray.metadata.list': '[1]' },
    });
  });

  it('has the resource of segments, events that are no exceptions, and the trace state', () => {
    const span: PlainSpan = {
      name: 'work',
      events: [{ name: 'retried', attributes: { count: 2 } }],
      traceState: 'a=b',
    };
    expect(documentOf(span, shop).metadata).toEqual({
      default: {
        'otel.resource.service.name': 'shop',
        'otel.span.name': 'work',
        'w3c.tracestate': 'a=b',
        'otel.events': [{ name: 'retried', time: 1700000000.1244568, attributes: { count: 2 } }],
      },
    });
  });

  it('has the older of two names where they disagree', () => {
    const { http, metadata } = documentOf(
      clientSpan({ 'http.request.method': 'PUT', 'http.method': 'POST' }),
    );
    expect(http?.request?.method).toBe('PUT');
    expect(metadata).toEqual({ default: { 'http.method': 'POST' } });
  });

  it('has the user of a subsegment, whom X-Ray knows on segments only', () => {
    const attributes = { 'enduser.id': 'u-1' };
    expect(documentOf({ attributes }).user).toBe('u-1');
    const below = documentOf({ parentSpanId: PARENT_ID, attributes });
    expect(below.user).toBeUndefined();
    expect(below.metadata).toEqual({ default: { 'enduser.id': 'u-1' } });
  });
});

describe('what a segment says of where it ran', () => {
  it.each<[Record<string, unknown>, string | undefined]>([
    [{ 'cloud.platform': 'aws_ec2' }, 'AWS::EC2::Instance'],
    [{ 'cloud.platform': 'aws.ecs' }, 'AWS::ECS::Container'],
    [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'FARGATE' }, 'AWS::ECS::Fargate'],
    [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'ec2' }, 'AWS::ECS::EC2'],
    [{ 'cloud.platform': 'aws_eks' }, 'AWS::EKS::Container'],
    [{ 'cloud.platform': 'aws_elastic_beanstalk' }, 'AWS::ElasticBeanstalk::Environment'],
    [{ 'cloud.platform': 'aws_app_runner' }, 'AWS::AppRunner::Service'],
    [{ 'cloud.platform': 'aws_lambda' }, undefined],
    [{ 'cloud.provider': 'gcp', 'cloud.platform': 'aws_ec2' }, undefined],
    [{ 'cloud.platform': 'constructor' }, undefined],
    [{}, undefined],
  ])('%o is the origin %s', (resource, origin) => {
    expect(documentOf({}, resource).origin).toBe(origin);
  });

  it('is who recorded it, its version, its account, and its resource', () => {
    const resource = {
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': '3.1.0',
      'service.version': '1.2',
      'cloud.account.id': '123456789012',
      'cloud.resource_id': 'arn:aws:lambda:eu-west-1:123456789012:function:f',
      'aws.log.group.names': 'one&two',
    };
    expect(documentOf({}, resource)).toMatchObject({
      aws: {
        account_id: '123456789012',
        cloudwatch_logs: [{ log_group: 'one' }, { log_group: 'two' }],
        xray: { sdk: 'opentelemetry for nodejs', sdk_version: '3.1.0', auto_instrumentation: false },
      },
      service: { version: '1.2' },
      resource_arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
    });
  });
});

describe('links', () => {
  it('lead to the traces of X-Ray, on segments and subsegments', () => {
    const traceId = `00000000${'ab'.repeat(12)}`;
    const links = [
      { traceId, spanId: SPAN_ID, attributes: { why: 'batch' } },
      { traceId },
      { traceId: '00' },
    ];
    const expected = [
      { trace_id: `1-00000000-${'ab'.repeat(12)}`, id: SPAN_ID, attributes: { why: 'batch' } },
      { trace_id: `1-00000000-${'ab'.repeat(12)}` },
    ];
    expect(documentOf({ links }).links).toEqual(expected);
    expect(documentOf({ links, parentSpanId: PARENT_ID }).links).toEqual(expected);
    expect(documentOf({ links: Array.from({ length: 30 }, () => ({ traceId })) }).links).toHaveLength(20);
  });
});

describe('a span that is too large', () => {
  it('is refused alone, with its size', () => {
    const large = { attributes: { text: 'x'.repeat(MAX_SPAN_BYTES) } };
    const { documents, errors } = converted([large, { spanId: PARENT_ID }]);
    expect(documents).toHaveLength(1);
    expect(errors).toMatchObject([{ code: 'DocumentTooLarge', id: SPAN_ID }]);
  });
});

function id(bytes: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((each) => Buffer.from(each).toString('hex'));
}

const name = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    'http.method',
    'http.status_code',
    'rpc.system',
    'db.system',
    'aws.xray.annotations',
    '__proto__',
  ),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.toWellFormed()),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.boolean(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 10 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const attributes = fc.dictionary(name, value, { maxKeys: 10 });
const kind = fc.constantFrom('INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER', 'UNSPECIFIED' as const);
const time = fc.bigInt({ min: 0n, max: 2n ** 63n });
const span: fc.Arbitrary<PlainSpan> = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.oneof(id(8), fc.constant('')),
  name: fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.toWellFormed()),
  kind,
  start: time,
  end: time,
  status: fc.record({ code: fc.constantFrom('OK', 'ERROR', 'UNSET' as const), message: fc.string() }),
  attributes,
  events: fc.array(fc.record({ name: fc.constantFrom('exception', 'other'), attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes }), { maxLength: 3 }),
});

describe('any request', () => {
  it('is the same in protobuf and in JSON, and gives documents that X-Ray’s parser takes', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 4 }), attributes, (spans, resource) => {
        const request = requestOf(spans, resource);
        const { documents, errors } = documentsOf(readTraces(asProtobufBody(request), 'protobuf'));
        expect(documentsOf(readTraces(asJsonBody(request), 'json'))).toEqual({ documents, errors });
        expect(documents.length + errors.length).toBeGreaterThanOrEqual(spans.length);
        for (const document of documents) {
          expect(parseDocument(JSON.stringify(document))).toEqual({
            document: JSON.parse(JSON.stringify(document)) as unknown,
          });
        }
      }),
    );
  });
});
