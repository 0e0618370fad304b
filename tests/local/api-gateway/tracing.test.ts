import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import type { Segment } from '../../../local/xray/document.ts';
import { MAX_REQUEST_BODY } from '../../../local/api-gateway/limits.ts';
import { until } from '../../helpers/until.ts';
import { api, ok, returned, send, serve } from './serve.ts';
import type { Served } from './serve.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const traced = api('REST', ['GET /orders/{id}', 'POST /orders/{id}'], { tracing: true });

function segmentsOf(served: Served) {
  return served.segments as Segment[];
}

function lastSegment(served: Served) {
  return segmentsOf(served).at(-1);
}

function get(served: Served, traceHeader?: string) {
  return send(`${served.url}/orders/1?email=jane@example.com`, {
    headers: traceHeader === undefined ? {} : { 'X-Amzn-Trace-Id': traceHeader },
  });
}

describe('a traced REST API', () => {
  it('records a segment with the call of the function below it', async () => {
    const served = await serve(traced, () => Promise.resolve(returned({ statusCode: 201, body: 'done' })));

    const answer = await send(`${served.url}/orders/1?email=jane@example.com`, {
      headers: { host: 'localhost:3000', 'user-agent': 'test/1' },
    });

    const segment = lastSegment(served);
    expect(segment).toMatchObject({
      name: 'local-shop/local',
      origin: 'AWS::ApiGateway::Stage',
      resource_arn: 'arn:aws:apigateway:eu-central-1::/restapis/abc123/stages/local',
      http: {
        request: {
          url: 'http://localhost:3000/orders/1',
          method: 'GET',
          user_agent: 'test/1',
          client_ip: '127.0.0.1',
          x_forwarded_for: true,
        },
        response: { status: 201, content_length: 4 },
      },
      aws: {
        account_id: '000000000000',
        api_gateway: {
          rest_api_id: 'abc123',
          stage: 'local',
          request_id: answer.headers['x-amzn-requestid'],
        },
      },
      subsegments: [
        {
          name: 'Lambda',
          namespace: 'aws',
          http: {
            request: { method: 'POST', url: expect.stringMatching(/function:echo\/invocations$/) as unknown },
            response: { status: 201 },
          },
          aws: { function_name: 'echo', operation: 'Invoke', region: 'eu-central-1' },
        },
      ],
    });
    expect(segment).not.toHaveProperty('parent_id');
    expect(segment).not.toHaveProperty('in_progress');
    expect(segment?.end_time).toBeGreaterThanOrEqual(segment?.start_time ?? Infinity);
    expect(JSON.stringify(served.segments)).not.toContain('jane');
  });

  it('begins a trace and hands it to the function, the client and the event', async () => {
    const served = await serve(traced);
    const seconds = Math.floor(Date.now() / 1000);

    const answer = await get(served);

    const segment = lastSegment(served);
    const header = `Root=${segment?.trace_id ?? ''};Parent=${segment?.subsegments?.[0]?.id ?? ''};Sampled=1`;
    expect(segment?.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(parseInt(segment?.trace_id.slice(2, 10) ?? '', 16)).toBeGreaterThanOrEqual(seconds);
    expect(served.invocations[0]?.traceHeader).toBe(header);
    expect(answer.headers['x-amzn-trace-id']).toBe(header);
    expect(served.event()['headers']).toMatchObject({ 'X-Amzn-Trace-Id': header });
    expect(await served.logged()).toMatchObject({ traceId: segment?.trace_id, lambdaRequestId: 'lambda-1' });
  });

  it.each(['Sampled=1', 'Sampled=?', ''])('continues the trace of the client: %s', async (sampled) => {
    const served = await serve(traced);

    await get(served, `Self=1-1;Parent=53995c3f42cd8ad8;${sampled};Root=${ROOT};Lineage=a:0`);

    const segment = lastSegment(served);
    expect(segment).toMatchObject({ trace_id: ROOT, parent_id: '53995c3f42cd8ad8' });
    const parent = segment?.subsegments?.[0]?.id ?? '';
    expect(served.invocations[0]?.traceHeader).toBe(
      `Root=${ROOT};Parent=${parent};Sampled=1;Self=1-1;Lineage=a:0`,
    );
  });

  it('begins a new trace when the client sent no usable one', async () => {
    const served = await serve(traced);

    await get(served, 'Root=nonsense;Parent=53995c3f42cd8ad8');

    expect(lastSegment(served)?.trace_id).not.toBe('nonsense');
    expect(lastSegment(served)).not.toHaveProperty('parent_id');
  });

  it('records nothing of a trace that is not sampled, and passes the decision on', async () => {
    const served = await serve(traced);
    const header = `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`;

    await get(served, header);

    expect(served.invocations[0]?.traceHeader).toBe(header);
    expect(served.segments).toHaveLength(0);
  });

  it('decides nothing else when a trace without Root is not to be sampled', async () => {
    const served = await serve(traced);

    await get(served, 'Sampled=0');

    expect(served.invocations[0]?.traceHeader).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
    expect(served.segments).toHaveLength(0);
  });

  it('shows the request while it is in progress, under the ids of the complete segment', async () => {
    let finish: () => void = () => undefined;
    const lambda: Invoke = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return ok();
    };
    const served = await serve(traced, lambda);
    const answer = get(served);
    await until(() => served.invocations.length === 1, 'the invocation');

    const [first] = segmentsOf(served);
    expect(first).toMatchObject({ in_progress: true, subsegments: [{ name: 'Lambda', in_progress: true }] });
    expect(first).not.toHaveProperty('end_time');
    finish();
    await answer;

    const [, second] = segmentsOf(served);
    expect(served.segments).toHaveLength(2);
    expect(second).toMatchObject({ id: first?.id, trace_id: first?.trace_id, start_time: first?.start_time });
    expect(second?.subsegments?.[0]).toMatchObject({ id: first?.subsegments?.[0]?.id });
    expect(second).not.toHaveProperty('in_progress');
    expect(second?.subsegments?.[0]).not.toHaveProperty('in_progress');
  });

  it.each([
    [404, { error: true }],
    [429, { error: true, throttle: true }],
    [503, { fault: true }],
  ])('flags the status %s', async (statusCode, flags) => {
    const served = await serve(traced, () => Promise.resolve(returned({ statusCode })));

    await get(served);

    expect(lastSegment(served)).toMatchObject({ ...flags, subsegments: [flags] });
  });

  it('takes no negative time when the clock is set back meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const served = await serve(traced, () => {
      vi.setSystemTime(Date.now() - 3_600_000);
      return ok();
    });

    await get(served);

    const segment = lastSegment(served);
    const [call] = segment?.subsegments ?? [];
    expect(segment?.end_time).toBeGreaterThanOrEqual(segment?.start_time ?? Infinity);
    expect(call?.end_time).toBeGreaterThanOrEqual(call?.start_time ?? Infinity);
    expect((await served.logged()).duration).toBeGreaterThanOrEqual(0);
  });

  it('tells a function that failed from one that is busy and one that is silent', async () => {
    const answers: Invoke[] = [
      () => Promise.resolve({ ...returned({}), functionError: 'Unhandled', failure: 'error' }),
      () => Promise.reject(new ThrottledError('busy')),
      () => new Promise(() => undefined),
    ];
    const served = await serve(traced, (request) => (answers.shift() ?? ok)(request), {
      integrationTimeout: 30,
    });

    await get(served);
    expect(lastSegment(served)).toMatchObject({
      fault: true,
      http: { response: { status: 502 } },
      subsegments: [{ fault: true, http: { response: { status: 200 } } }],
    });
    await get(served);
    expect(lastSegment(served)).toMatchObject({
      fault: true,
      http: { response: { status: 500 } },
      subsegments: [{ error: true, throttle: true, http: { response: { status: 429 } } }],
    });
    await get(served);
    expect(lastSegment(served)).toMatchObject({
      fault: true,
      http: { response: { status: 504 } },
      subsegments: [{ fault: true }],
    });
    expect(lastSegment(served)?.subsegments?.[0]?.http).not.toHaveProperty('response');
  });

  it('has no call of the function when the body was refused', async () => {
    const served = await serve(traced);

    await send(`${served.url}/orders/1`, { method: 'POST' }, Buffer.alloc(MAX_REQUEST_BODY + 1));

    expect(lastSegment(served)).toMatchObject({ error: true, http: { response: { status: 413 } } });
    expect(lastSegment(served)).not.toHaveProperty('subsegments');
  });
});

describe.each([
  ['a REST API without tracing', api('REST', ['GET /orders/{id}'])],
  ['an HTTP API', api('HTTP', ['GET /orders/{id}'])],
])('%s', (_what, definition) => {
  it('passes the trace of the client on as it is', async () => {
    const served = await serve(definition);
    const header = `Sampled=1;Root=${ROOT};Parent=53995c3f42cd8ad8;Own=x`;

    await get(served, header);

    expect(served.invocations[0]?.traceHeader).toBe(header);
    expect(served.segments).toHaveLength(0);
  });

  it('adds a Root where there is none', async () => {
    const served = await serve(definition);

    await get(served);
    await get(served, 'Sampled=1;Own=x');

    expect(served.invocations[0]?.traceHeader).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(served.invocations[1]?.traceHeader).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1;Own=x$/);
    expect(served.segments).toHaveLength(0);
  });
});
