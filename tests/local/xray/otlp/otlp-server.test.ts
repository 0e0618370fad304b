import { request as httpRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { StatusSchema } from '../../../../local/xray/otlp/definitions/google/rpc/status_pb.ts';
import { ExportTraceServiceResponseSchema } from '../../../../local/xray/otlp/definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { OtlpServer } from '../../../../local/xray/otlp/otlp-server.ts';
import type { Receivers } from './receivers.ts';
import { startReceivers } from './receivers.ts';
import { asJsonBody, asProtobufBody, requestOf } from './spans.ts';

const TRACE = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PROTOBUF_TYPE = { 'Content-Type': 'application/x-protobuf' };
const one = requestOf([{}]);
const MIB = 1024 * 1024;

let receivers: Receivers;
beforeEach(async () => {
  receivers = await startReceivers();
});

function post(
  body: Buffer | string,
  headers: Record<string, string> = JSON_TYPE,
  path = '/v1/traces',
): Promise<Response> {
  return fetch(receivers.otlpUrl + path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers,
  });
}

describe('spans over HTTP', () => {
  it.each<[string, Buffer, Record<string, string>]>([
    ['JSON', asJsonBody(one), JSON_TYPE],
    ['JSON with a charset', asJsonBody(one), { 'Content-Type': 'Application/JSON; charset=utf-8' }],
    ['protobuf', asProtobufBody(one), PROTOBUF_TYPE],
    ['compressed JSON', gzipSync(asJsonBody(one)), { ...JSON_TYPE, 'Content-Encoding': 'gzip' }],
    ['compressed protobuf', gzipSync(asProtobufBody(one)), { ...PROTOBUF_TYPE, 'Content-Encoding': 'GZIP' }],
    [
      'deflated protobuf',
      deflateSync(asProtobufBody(one)),
      { ...PROTOBUF_TYPE, 'Content-Encoding': 'deflate' },
    ],
    [
      'what is not compressed, and says so',
      asJsonBody(one),
      { ...JSON_TYPE, 'Content-Encoding': 'identity' },
    ],
  ])('are taken as %s, and answered in kind', async (_what, body, headers) => {
    const response = await post(body, headers);

    const isJson = headers['Content-Type']?.toLowerCase().includes('json');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(
      isJson === true ? 'application/json' : 'application/x-protobuf',
    );
    expect(await response.text()).toBe(isJson === true ? '{}' : '');
    expect(receivers.store.get(TRACE)?.segments).toHaveLength(1);
    expect(receivers.refused).toEqual([]);
  });

  it('may be none', async () => {
    expect((await post('{}')).status).toBe(200);
    expect((await post('', PROTOBUF_TYPE)).status).toBe(200);
    expect(receivers.refused).toEqual([]);
  });

  it('that are refused are answered with their number and the reason, told once, and the others kept', async () => {
    const spans = [{}, { spanId: '00' }, { spanId: '11' }, { traceId: '' }];

    const response = await post(asProtobufBody(requestOf(spans)), PROTOBUF_TYPE);

    const { partialSuccess } = fromBinary(
      ExportTraceServiceResponseSchema,
      new Uint8Array(await response.arrayBuffer()),
    );
    expect(response.status).toBe(200);
    expect(partialSuccess).toMatchObject({ rejectedSpans: 3n });
    expect(partialSuccess?.errorMessage).toMatch(/^InvalidId: A span_id has 8 bytes/);
    expect(receivers.refused.map(({ kind, count }) => [kind, count])).toEqual([
      ['InvalidId', 2],
      ['InvalidTraceId', 1],
    ]);
    expect(receivers.refused[0]?.reason).toContain('(and 1 more)');
    expect(receivers.store.get(TRACE)?.segments).toHaveLength(1);
  });
});

describe('a request that is refused', () => {
  const bomb = gzipSync(Buffer.alloc(64 * MIB));
  it.each<[string, number, string | undefined, Buffer | string, Record<string, string>]>([
    ['text', 400, 'ParseError', 'hello', JSON_TYPE],
    ['half a message', 400, 'ParseError', asProtobufBody(one).subarray(0, 50), PROTOBUF_TYPE],
    ['JSON that says protobuf', 400, 'ParseError', asJsonBody(one), PROTOBUF_TYPE],
    [
      'what is not compressed as it says',
      400,
      'ParseError',
      asJsonBody(one),
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
    ],
    [
      'half of what was compressed',
      400,
      'ParseError',
      gzipSync(asJsonBody(one)).subarray(0, 60),
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
    ],
    ['what is too large', 413, 'Request too large', Buffer.alloc(21 * MIB), PROTOBUF_TYPE],
    [
      'what is too large when it is decompressed',
      413,
      'Request too large',
      bomb,
      { ...PROTOBUF_TYPE, 'Content-Encoding': 'gzip' },
    ],
    ['another type', 415, 'Unknown encoding', 'a=1', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['another compression', 415, 'Unknown encoding', 'x', { ...JSON_TYPE, 'Content-Encoding': 'br' }],
    ['a foreign page', 403, undefined, asJsonBody(one), { ...JSON_TYPE, Origin: 'https://evil.example' }],
  ])(
    'because it holds %s is answered with %i, a status, and counted',
    async (_what, status, kind, body, headers) => {
      const response = await post(body, headers);

      expect(response.status).toBe(status);
      const answer = Buffer.from(await response.arrayBuffer());
      const isProtobuf = headers['Content-Type'] === PROTOBUF_TYPE['Content-Type'];
      expect(response.headers.get('content-type')).toBe(
        isProtobuf ? 'application/x-protobuf' : 'application/json',
      );
      const { code, message } = isProtobuf
        ? fromBinary(StatusSchema, answer)
        : (JSON.parse(answer.toString()) as { code: number; message: string });
      expect(code).toBeGreaterThan(0);
      expect(message.length).toBeGreaterThan(20);
      expect(receivers.refused.map((each) => each.kind)).toEqual(kind === undefined ? [] : [kind]);
      expect(receivers.store.get(TRACE)).toBeUndefined();

      expect((await post(asJsonBody(one))).status).toBe(200);
    },
  );

  it('because of its method or path is told what to do', async () => {
    const get = await fetch(`${receivers.otlpUrl}/v1/traces`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    const elsewhere = await post('{}', JSON_TYPE, '/opentelemetry/v1/traces');
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.json()).toMatchObject({
      message: expect.stringContaining('/v1/traces') as string,
    });
    expect(receivers.refused).toEqual([]);
  });
});

describe('other signals', () => {
  it.each([
    ['/v1/metrics', 'OpenTelemetry metrics'],
    ['/v1/logs', 'OpenTelemetry logs'],
    ['/v1development/profiles', 'OpenTelemetry profiles'],
  ])('%s are taken, counted, and said not to be kept', async (path, kind) => {
    const response = await post(
      gzipSync('{"anything":1}'),
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
      path,
    );

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { errorMessage: expect.stringContaining('not kept') as string },
    });
    expect(receivers.notKept).toEqual([kind]);
  });
});

describe('a page in a browser', () => {
  /** As a browser asks before it sends, which `fetch` of Node cannot. */
  function preflight(origin: string): Promise<{ status: number; headers: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const headers = {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-key',
      };
      httpRequest(`${receivers.otlpUrl}/v1/traces`, { method: 'OPTIONS', headers }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });
  }

  it.each(['http://localhost:5173', 'https://shop.localhost', 'http://127.0.0.1:8080', 'http://[::1]:1'])(
    'of %s may send spans',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,x-key',
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
      const sent = await post(asJsonBody(one), { ...JSON_TYPE, Origin: origin });
      expect(sent.status).toBe(200);
      expect(sent.headers.get('access-control-allow-origin')).toBe(origin);
    },
  );

  it.each(['https://evil.example', 'http://localhost.evil.example', 'null', 'file://', 'http://192.168.0.1'])(
    'of %s may not',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(403);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );
});

describe('the port', () => {
  it('is named when it is taken, and free again after stop', async () => {
    const { port } = new URL(receivers.otlpUrl);
    const options = { onDocument: () => 0, onInvalid: () => 0 };
    const second = new OtlpServer({ ...options, port: Number(port), howToChoosePort: '--my-port' });

    await expect(second.start()).rejects.toThrow(new RegExp(`Port ${port} .*OpenTelemetry.*--my-port`));
    await second.stop();

    const free = new OtlpServer({ ...options, port: 0 });
    const { url } = await free.start();
    expect((await fetch(url)).status).toBe(404);
    await free.stop();
    await expect(fetch(url)).rejects.toThrow();
  });
});
