import { execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  GetSamplingRulesCommand,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { XRayApi } from '../../../local/xray/api/xray-api.ts';
import type { XRayDaemonAddress, XRayDaemonOptions } from '../../../local/xray/daemon.ts';
import { XRayDaemon } from '../../../local/xray/daemon.ts';
import type { DocumentReceiver } from '../../../local/xray/received-documents.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { PATIENT } from '../../helpers/until.ts';
import { entityId, segment, subsegment, TRACE_ID } from './fixtures.ts';
import { asProtobufBody, PARENT_ID, requestOf, SPAN_ID } from './otlp/spans.ts';

const HEADER = '{"format":"json","version":1}\n';
const run = promisify(execFile);

let daemon: XRayDaemon;
let at: XRayDaemonAddress;
let documents: SegmentDocument[];
let invalid: { reason: string; sample: string }[];

function newDaemon(port: number, options: Partial<XRayDaemonOptions> = {}): XRayDaemon {
  const receiver: DocumentReceiver = {
    onDocument: (document) => documents.push(document),
    onInvalid: (reason, sample) => invalid.push({ reason, sample }),
  };
  const store = new TraceStore();
  const api = new XRayApi({ region: 'eu-west-1', accountId: '000000000000', store, receiver });
  return new XRayDaemon({
    port,
    ...receiver,
    answer: (request, response) => api.answer(request, response),
    ...options,
  });
}

beforeEach(async () => {
  documents = [];
  invalid = [];
  daemon = newDaemon(0);
  at = await daemon.start();
});

afterEach(() => daemon.stop());

async function send(...datagrams: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, at.port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
    });
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://${at.address}${path}`, { method: 'POST', body, headers });
}

/** Runs code in a process of its own that has the X-Ray SDK as `AWSXRay`; gives what it prints. */
async function runWithSdk(code: string, environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['-e', `const AWSXRay = require('aws-xray-sdk-core');${code}`],
    {
      env: { PATH: process.env['PATH'], AWS_XRAY_DAEMON_ADDRESS: at.address, ...environment },
    },
  );
  return stdout;
}

describe('XRayDaemon over UDP', () => {
  it('hands on segments and subsegments', async () => {
    await send(
      HEADER + JSON.stringify(segment(1)),
      `{ "format": "JSON", "version": 1 }\n${JSON.stringify(subsegment(2, 1))}`,
    );
    await vi.waitFor(() => expect(documents).toEqual([segment(1), subsegment(2, 1)]), PATIENT);
    expect(invalid).toEqual([]);
  });

  it('reports what is no X-Ray datagram, with the reason and its beginning, and goes on', async () => {
    await send(
      'hello',
      '{"format":"json","version":2}\n{}',
      '{"format":"xml","version":1}\n{}',
      `[1]\n${JSON.stringify(segment(1))}`,
      HEADER,
      '{"format":"json","version":1}',
      `${HEADER}not json ${'x'.repeat(500)}`,
      Buffer.from([0xff, 0x00, 0xfe]),
      HEADER + JSON.stringify({ ...segment(1), trace_id: 'mine' }),
      HEADER + JSON.stringify(segment(1)),
    );
    await vi.waitFor(() => expect(documents).toEqual([segment(1)]), PATIENT);
    expect(invalid.map(({ reason }) => /^[\w ]+/.exec(reason)?.[0])).toEqual([
      ...['Invalid header', 'Invalid header', 'Invalid header', 'Invalid header'],
      ...['Missing segment', 'Missing segment', 'ParseError', 'Invalid header', 'InvalidTraceId'],
    ]);
    expect(invalid[0]?.sample).toBe('hello');
    expect(invalid[6]?.sample.length).toBeLessThan(300);
  });

  it('reports nothing that a terminal would obey', async () => {
    await send('\u001b[2J\u009b1mhello', `${HEADER}\u001b[2J`, `${HEADER}{"id":"\u202e\u009b"}`);
    await vi.waitFor(() => expect(invalid).toHaveLength(3), PATIENT);
    expect(JSON.stringify(invalid)).not.toMatch(/\\u00|\u009b|\u202e/);
    expect(invalid[0]?.sample).toContain('hello');
  });

  it('takes the largest datagram there is', async () => {
    const note = 'x'.repeat(
      65_507 - HEADER.length - JSON.stringify({ ...segment(1), metadata: { a: '' } }).length,
    );
    await send(HEADER + JSON.stringify({ ...segment(1), metadata: { a: note } }));
    await vi.waitFor(() => expect(documents).toHaveLength(1), PATIENT);
  });

  it('hands on spans of OpenTelemetry, sampled or not, behind any header that it takes', async () => {
    const [one, other] = [SPAN_ID, PARENT_ID].map((spanId) =>
      asProtobufBody(requestOf([{ spanId }, { spanId: '00' }])).toString('base64'),
    );
    await send(`${HEADER}T1S${one}`, `{ "format": "JSON", "version": 1 }\nT1U${other}\n`);
    await vi.waitFor(() => expect(documents.map(({ id }) => id)).toEqual([SPAN_ID, PARENT_ID]), PATIENT);
    await vi.waitFor(() => expect(invalid).toHaveLength(2), PATIENT);
    expect(invalid[0]?.reason).toMatch(/^InvalidId: A span_id has 8 bytes/);
    expect(invalid[0]?.sample).toContain('T1S');
  });

  it.each([
    ['nothing', 'T1S', /behind T1S or T1U stands base64/],
    ['what is no base64', 'T1Sé{}', /behind T1S or T1U stands base64/],
    [
      'what is no protobuf',
      `T1U${Buffer.from('hello').toString('base64')}`,
      /protobuf in base64; these are not: /,
    ],
    [
      'half of a message',
      `T1S${asProtobufBody(requestOf([{}]))
        .subarray(0, 40)
        .toString('base64')}`,
      /these are not/,
    ],
    ['a prefix that nobody sends', 'T2Sabcd', /JSON/],
  ])('reports spans that are %s', async (_what, body, reason) => {
    await send(HEADER + body, HEADER + JSON.stringify(segment(1)));
    await vi.waitFor(() => expect(documents).toEqual([segment(1)]), PATIENT);
    expect(invalid).toHaveLength(1);
    expect(invalid[0]?.reason).toMatch(/^ParseError: /);
    expect(invalid[0]?.reason).toMatch(reason);
  });

  it('tells of metrics of OpenTelemetry, which are not kept', async () => {
    await send(`${HEADER}M1CgA=`, HEADER + JSON.stringify(segment(1)));
    await vi.waitFor(() => expect(documents).toEqual([segment(1)]), PATIENT);
    expect(invalid.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^OpenTelemetry metrics: .*not kept/),
    ]);
  });

  it('goes on when a document is not taken', async () => {
    const refusing = newDaemon(0, {
      onDocument: (document) => {
        if (document.id === SPAN_ID) throw new Error('the disk is full');
        documents.push(document);
      },
    });
    at = await refusing.start();
    await send(
      `${HEADER}T1S${asProtobufBody(requestOf([{}, { spanId: PARENT_ID }])).toString('base64')}`,
      HEADER + JSON.stringify(segment(1)),
    );
    await vi.waitFor(() => expect(documents).toHaveLength(2), PATIENT);
    expect(invalid.map(({ reason }) => reason)).toEqual(['Not kept: Error: the disk is full']);
    await refusing.stop();
  });

  it('takes what the X-Ray SDK sends from a Lambda function', async () => {
    await runWithSdk(
      `AWSXRay.captureFunc('## handler', (handler) => {
        handler.addAnnotation('customer', 'c-1');
        try { AWSXRay.captureFunc('inner', () => { throw new RangeError('boom'); }); } catch {}
      });`,
      { LAMBDA_TASK_ROOT: '/var/task', _X_AMZN_TRACE_ID: `Root=${TRACE_ID};Parent=${entityId(1)};Sampled=1` },
    );
    await vi.waitFor(() => expect(documents).toHaveLength(2), PATIENT);
    expect(invalid).toEqual([]);
    const [inner, handler] = documents;
    expect(handler).toMatchObject({
      name: '## handler',
      trace_id: TRACE_ID,
      parent_id: entityId(1),
      annotations: { customer: 'c-1' },
    });
    expect(inner).toMatchObject({
      name: 'inner',
      type: 'subsegment',
      parent_id: handler?.id,
      fault: true,
      cause: { exceptions: [{ message: 'boom', type: 'RangeError' }] },
    });
  });
});

describe('XRayDaemon over HTTP', () => {
  const client = (): XRayClient =>
    new XRayClient({
      endpoint: `http://${at.address}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });

  it('takes PutTraceSegments from the AWS SDK, and says which documents it did not', async () => {
    const { UnprocessedTraceSegments } = await client().send(
      new PutTraceSegmentsCommand({
        TraceSegmentDocuments: [
          JSON.stringify(segment(1)),
          JSON.stringify({ ...segment(2), trace_id: 'mine' }),
          '{',
          JSON.stringify(subsegment(3, 1)),
        ],
      }),
    );
    expect(documents).toEqual([segment(1), subsegment(3, 1)]);
    expect(UnprocessedTraceSegments).toEqual([
      {
        Id: entityId(2),
        ErrorCode: 'InvalidTraceId',
        Message: expect.stringMatching(/^Invalid segment. ErrorCode: InvalidTraceId/) as string,
      },
      {
        ErrorCode: 'ParseError',
        Message: expect.stringMatching(/^Invalid segment. ErrorCode: ParseError/) as string,
      },
    ]);
    expect(invalid.map(({ sample }) => sample)).toContain('{');
  });

  it('takes spans from PutTraceSegments, as the daemon hands them on', async () => {
    const spans = asProtobufBody(requestOf([{}, { traceId: '' }])).toString('base64');
    const { UnprocessedTraceSegments } = await client().send(
      new PutTraceSegmentsCommand({ TraceSegmentDocuments: [`T1S${spans}`, JSON.stringify(segment(1))] }),
    );
    expect(documents.map(({ id }) => id)).toEqual([SPAN_ID, entityId(1)]);
    expect(UnprocessedTraceSegments).toMatchObject([{ Id: SPAN_ID, ErrorCode: 'InvalidTraceId' }]);
  });

  it('takes telemetry and answers questions about sampling to the AWS SDK', async () => {
    await client().send(
      new PutTelemetryRecordsCommand({ TelemetryRecords: [{ Timestamp: new Date(), SegmentsSentCount: 1 }] }),
    );
    const { SamplingRuleRecords } = await client().send(new GetSamplingRulesCommand({}));
    expect(SamplingRuleRecords).toMatchObject([{ SamplingRule: { RuleName: 'Default', FixedRate: 1 } }]);
  });

  it('makes the X-Ray SDK sample everything by a rule of ours, before and after it asked for targets', async () => {
    const stdout = await runWithSdk(`
      const folder = 'aws-xray-sdk-core/dist/lib/middleware/sampling/';
      const cache = require(folder + 'rule_cache');
      const { sampler } = AWSXRay.middleware;
      const decide = () => Array.from({ length: 50 }, () =>
        sampler.shouldSample({ host: 'shop', httpMethod: 'GET', urlPath: '/orders', serviceName: 'shop' }));
      sampler.start();
      const poll = setInterval(() => {
        if (cache.getRules().length === 0) return;
        clearInterval(poll);
        const before = decide();
        require(folder + 'service_connector').fetchTargets(cache.getRules(), (error, targets) => {
          if (error) throw error;
          cache.loadTargets(targets);
          console.log(JSON.stringify({ targets, decisions: [...new Set([...before, ...decide()])] }));
        });
      }, 20);`);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      targets: { Default: { rate: 1 } },
      decisions: ['Default'],
    });
  });

  it.each([
    ['text', 'hello'],
    ['an array', '[]'],
    ['documents that are no strings', '{"TraceSegmentDocuments":[{}]}'],
    ['no documents', '{}'],
  ])('refuses PutTraceSegments with %s', async (_what, body) => {
    const response = await post('/TraceSegments', body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidRequestException');
    expect(await response.json()).toMatchObject({ Message: expect.any(String) as string });
  });

  it('answers 404 with an error type to everything else', async () => {
    for (const response of [
      await post('/StartTraceRetrieval', '{}'),
      await fetch(`http://${at.address}/TraceSegments`),
    ]) {
      expect(response.status).toBe(404);
      expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    }
  });

  it('refuses a body that is too large, and keeps serving', async () => {
    const response = await post('/TraceSegments', 'x'.repeat(8 * 1024 * 1024));
    expect(response.status).toBe(413);
    expect((await post('/GetSamplingRules', '{}')).status).toBe(200);
  });

  it('refuses pages in a browser', async () => {
    const body = JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(segment(1))] });
    const response = await post('/TraceSegments', body, { Origin: 'https://example.com' });
    expect(response.status).toBe(403);
    expect(documents).toEqual([]);
  });
});

describe('the port of XRayDaemon', () => {
  it('is the same for UDP and TCP, on 127.0.0.1', async () => {
    expect(at.address).toBe(`127.0.0.1:${at.port}`);
    await send(HEADER + JSON.stringify(segment(1)));
    expect((await post('/GetSamplingRules', '{}')).ok).toBe(true);
    await vi.waitFor(() => expect(documents).toHaveLength(1), PATIENT);
  });

  it('is named in one error when it is taken for UDP, and nothing stays open', async () => {
    // A port that is free for TCP, and taken for UDP only.
    const { port } = at;
    const other = createSocket('udp4');
    await daemon.stop();
    other.bind(port, '127.0.0.1');
    await once(other, 'listening');
    const second = newDaemon(port);
    await expect(second.start()).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`Port ${port} .*X-Ray daemon \\(UDP\\).* is taken.*choose another port`),
      ) as string,
      cause: { code: 'EADDRINUSE' },
    });
    await new Promise<void>((resolve) => other.close(() => resolve()));
    expect((await second.start()).port).toBe(port);
    await second.stop();
  });

  it('is named in one error when it is taken for TCP, with the caller’s own advice', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const second = newDaemon(port, { howToChoosePort: '--xray-port' });
    await expect(second.start()).rejects.toThrow(new RegExp(`Port ${port} .*\\(TCP\\).*--xray-port`));
    other.close();
  });

  it('is free again after stop, in the middle of a request, and stop may be called twice', async () => {
    const client = connect(at.port, '127.0.0.1');
    client.write('POST /TraceSegments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await once(client, 'connect');
    // Whether it is ended or reset does not matter.
    client.on('error', () => 0);
    const closed = new Promise<unknown>((resolve) => client.on('close', resolve));
    await daemon.stop();
    await closed;
    await daemon.stop();
    const second = newDaemon(at.port);
    expect(await second.start()).toEqual(at);
    await second.stop();
  });
});

describe.runIf(process.platform === 'linux')('datagrams that the system drops', () => {
  it('are counted: none is lost unseen', async () => {
    const sent = 5000;
    let dropped = 0;
    const counting = newDaemon(0, { onDropped: (count) => (dropped += count) });
    const { port } = await counting.start();
    const document = JSON.stringify({ ...segment(1), metadata: { padding: { text: 'x'.repeat(4000) } } });
    const program = `
      const socket = require('node:dgram').createSocket('udp4');
      const datagram = ${JSON.stringify(HEADER + document)};
      let left = ${sent};
      for (let each = 0; each < ${sent}; each += 1) {
        socket.send(datagram, ${port}, '127.0.0.1', () => (left -= 1) === 0 && socket.close());
      }`;

    // Nothing here is read meanwhile.
    execFileSync(process.execPath, ['--eval', program]);

    await vi.waitFor(() => {
      expect(dropped).toBeGreaterThan(0);
      expect(documents.length + dropped).toBe(sent);
    }, PATIENT);
    await counting.stop();
  });
});
