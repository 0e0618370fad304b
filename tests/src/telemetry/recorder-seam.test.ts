import { setTimeout as sleep } from 'node:timers/promises';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAwsEndpoint } from '../../helpers/aws-endpoint.ts';
import type { AwsEndpoint } from '../../helpers/aws-endpoint.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { fakeRecorder } from '../../helpers/fake-recorder.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import { startWebServer } from '../clients/web-server.ts';
import type { WebServer } from '../clients/web-server.ts';
import type { Tracer } from '../../../src/index.ts';
import {
  annotate,
  observability,
  observeClient,
  observedFetch,
  observedHttp,
  traced,
  withRecord,
} from '../../../src/index.ts';

let endpoint: AwsEndpoint;
let server: WebServer;
let sns: SNSClient;

beforeAll(async () => {
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = 'on-demand';
  endpoint = await startAwsEndpoint();
  server = await startWebServer();
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  sns = observeClient(new SNSClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials }));
});
beforeEach(() => {
  endpoint.clear();
  server.clear();
});
afterAll(async () => {
  sns.destroy();
  await endpoint.stop();
  await server.stop();
});

const NAME = '## handler';
function pipeline(tracer: Tracer, options = {}): MiddyfiedHandler {
  return middy().use(observability({ tracing: { tracer, name: NAME, ...options }, captureEvent: true }));
}

const rest = { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1' } };
const TOPIC = 'arn:aws:sns:eu-west-1:000000000000:orders';
function send() {
  return sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'x' }));
}

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
function message(id: string) {
  return {
    messageId: id,
    eventSource: 'aws:sqs',
    attributes: { AWSTraceHeader: `Root=${TRACE};Parent=53995c3f42cd8ad8;Sampled=1` },
    messageAttributes: { 'x-correlation-id': { stringValue: id, dataType: 'String' } },
    body: '{}',
  };
}

describe('a recorder of another kind', () => {
  it('is told what Lambda says of the invocation, and what the event carries', async () => {
    const recorder = fakeRecorder();
    const context = lambdaContext();
    process.env._X_AMZN_TRACE_ID = `Root=${TRACE};Parent=53995c3f42cd8ad8;Sampled=0`;
    const traceparent = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';

    await pipeline(recorder).handler(() => ({ statusCode: 201 }))(
      { ...rest, headers: { ...rest.headers, traceparent } },
      context,
    );
    delete process.env._X_AMZN_TRACE_ID;

    expect(recorder.calls('start')).toEqual([
      [
        NAME,
        'start',
        expect.objectContaining({
          name: NAME,
          kind: 'server',
          incomingHeader: `Root=${TRACE};Parent=53995c3f42cd8ad8;Sampled=0`,
          incoming: expect.objectContaining({ traceparent }) as object,
          attributes: {
            functionName: context.functionName,
            functionVersion: '$LATEST',
            functionArn: context.invokedFunctionArn,
            memoryLimit: 512,
            requestId: context.awsRequestId,
            coldStart: true,
            eventSource: 'api-gateway-rest',
          },
        }),
      ],
    ]);
    expect(recorder.calls('annotate')).toEqual([
      [NAME, 'annotate', 'ColdStart', true],
      [NAME, 'annotate', 'CorrelationId', 'order-1'],
    ]);
    expect(recorder.calls('setStatus')).toEqual([[NAME, 'setStatus', 201]]);
    expect(recorder.heard.at(-1)).toEqual([NAME, 'end']);
  });

  it('hears inner functions, synchronous or not, with their annotations, results and errors', async () => {
    const recorder = fakeRecorder();
    const error = new Error('no stock');
    const inner = traced(
      'inner',
      () => {
        annotate('Items', 2);
        return { id: 'o-1' };
      },
      { capture: { allow: ['id'] } },
    );
    const outer = traced('outer', async () => {
      await sleep(1);
      return inner();
    });
    const fails = traced('fails', () => Promise.reject(error));

    await expect(
      pipeline(recorder).handler(async () => {
        await outer();
        await fails();
      })(rest, lambdaContext()),
    ).rejects.toBe(error);

    const outerSpan = `${NAME} > outer`;
    const innerSpan = `${outerSpan} > inner`;
    expect(
      recorder.heard.filter(([span]) => span !== NAME).map(([span, call, ...args]) => [span, call, ...args]),
    ).toEqual([
      [outerSpan, 'start', { name: 'outer', kind: 'internal' }],
      [innerSpan, 'start', { name: 'inner', kind: 'internal' }],
      [innerSpan, 'annotate', 'Items', 2],
      [innerSpan, 'addMetadata', 'lantern', 'result', { id: 'o-1' }],
      [innerSpan, 'end'],
      [outerSpan, 'end'],
      [`${NAME} > fails`, 'start', { name: 'fails', kind: 'internal' }],
      [`${NAME} > fails`, 'fail', error],
      [`${NAME} > fails`, 'end'],
    ]);
    expect(recorder.calls('fail').map(([span]) => span)).toEqual([`${NAME} > fails`, NAME]);
  });

  it('hears calls, and its headers go along with them', async () => {
    const recorder = fakeRecorder();
    endpoint.answerWith({ status: 200, body: '<PublishResponse><PublishResult/></PublishResponse>' });

    await pipeline(recorder).handler(async () => {
      await send();
      await observedFetch(`${server.url}/status/404`);
      await new Promise<void>((resolve) => {
        observedHttp.get(`${server.url}/path?q=1`, (response) => response.resume().on('end', resolve)).end();
      });
    })(rest, lambdaContext());

    const host = '127.0.0.1';
    expect(recorder.calls('start').slice(1)).toEqual([
      [`${NAME} > SNS`, 'start', { name: 'SNS', kind: 'producer', callee: 'aws' }],
      [`${NAME} > ${host}`, 'start', { name: host, kind: 'client', callee: 'remote' }],
      [`${NAME} > ${host}`, 'start', { name: host, kind: 'client', callee: 'remote' }],
    ]);
    expect(recorder.calls('describe').map(([, , data]) => data)).toEqual([
      expect.objectContaining({
        aws: expect.objectContaining({
          operation: 'Publish',
          topic_arn: TOPIC,
        }) as object,
      }),
      expect.objectContaining({ http: { request: { method: 'GET', url: `${server.url}/status/404` } } }),
      expect.objectContaining({
        http: expect.objectContaining({ response: { status: 404, content_length: 2 } }) as object,
      }),
      expect.objectContaining({ http: { request: { method: 'GET', url: `${server.url}/path` } } }),
      expect.objectContaining({
        http: expect.objectContaining({ response: { status: 200, content_length: 2 } }) as object,
      }),
    ]);
    expect(endpoint.last().headers).toMatchObject({ traceparent: `of ${NAME} > SNS`, baggage: 'kind=fake' });
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ traceparent: `of ${NAME} > ${host}`, 'x-correlation-id': 'order-1' });
      expect(headers).not.toHaveProperty('x-amzn-trace-id');
    }
  });

  it('is told that an event is a message where only the header of the pipeline tells so', async () => {
    const recorder = fakeRecorder();
    const options = { correlation: { header: 'X-Request-Id' }, tracing: { tracer: recorder, name: NAME } };

    await middy()
      .use(observability(options))
      .handler(() => undefined)([{ 'x-request-id': 'order-1' }], lambdaContext());

    expect(recorder.calls('start')[0]?.[2]).toMatchObject({
      kind: 'consumer',
      attributes: { eventSource: 'eventbridge-pipes' },
    });
  });

  it('hears the records of a batch, and the traces that they link to', async () => {
    const recorder = fakeRecorder();
    const event = { Records: [message('m-1'), message('m-2')] };

    await pipeline(recorder).handler((batch: unknown) => {
      for (const record of (batch as typeof event).Records) withRecord(record, () => annotate('Seen', true));
    })(event, lambdaContext());

    const [invocation, ...records] = recorder.calls('start');
    expect(invocation?.[2]).toMatchObject({ kind: 'consumer' });
    expect(records.map(([, , description]) => description)).toEqual(
      event.Records.map(({ attributes }) => ({
        name: 'record',
        kind: 'consumer',
        links: [{ traceHeader: attributes.AWSTraceHeader }],
      })),
    );
    expect(recorder.calls('annotate').filter(([span]) => span !== NAME)).toEqual(
      event.Records.flatMap(({ messageId }) => [
        [`${NAME} > record`, 'annotate', 'CorrelationId', messageId],
        [`${NAME} > record`, 'annotate', 'Seen', true],
      ]),
    );
  });

  it('gets the event and the response in their safe form', async () => {
    const recorder = fakeRecorder();

    await pipeline(recorder).handler(() => ({ statusCode: 200, body: '{"email":"jane@example.com"}' }))(
      { ...rest, body: '{"name":"Jane Doe"}' },
      lambdaContext(),
    );

    const captured: Record<string, unknown> = {};
    for (const [, , , key, value] of recorder.calls('addMetadata')) captured[String(key)] = value;
    expect(captured).toMatchObject({
      event: { body: { name: '<string, below 16 characters>' } },
      response: { statusCode: 200, body: { email: '<string, below 256 characters>' } },
    });
  });

  it('is told that the timeout is near', async () => {
    const recorder = fakeRecorder();
    const logger = { warn: () => undefined };

    await pipeline(recorder, { timeoutReserve: 50, logger }).handler(() => sleep(40))(
      rest,
      lambdaContext({ getRemainingTimeInMillis: () => 60 }),
    );

    expect(recorder.calls('checkpoint')).toEqual([[NAME, 'checkpoint', 'timeout']]);
  });

  it('hears the calls of its own pipeline only, also where pipelines overlap', async () => {
    const recorders = [fakeRecorder(), fakeRecorder()] as const;
    const work = traced('work', async (name: string) => {
      await sleep(5);
      annotate('Name', name);
      await observedFetch(`${server.url}/${name}`);
    });

    await Promise.all(
      recorders.map((recorder, index) =>
        pipeline(recorder).handler(async () => {
          await sleep(3 - index);
          await work(`of-${index}`);
        })(rest, lambdaContext()),
      ),
    );

    recorders.forEach((recorder, index) => {
      expect(recorder.calls('start')).toHaveLength(3);
      expect(recorder.calls('annotate')).toContainEqual([
        `${NAME} > work`,
        'annotate',
        'Name',
        `of-${index}`,
      ]);
      expect(JSON.stringify(recorder.heard)).not.toContain(`of-${1 - index}`);
    });
  });

  it('hears nothing from outside of an invocation', async () => {
    const recorder = fakeRecorder();
    pipeline(recorder).handler(() => undefined);

    expect(traced('outside', () => 1)()).toBe(1);
    annotate('Key', 1);
    await observedFetch(server.url);

    expect(recorder.heard).toEqual([]);
    expect(server.last().headers).not.toHaveProperty('traceparent');
  });
});

describe('a recorder that tells beforehand what it does not record', () => {
  it.each([
    ['is asked nothing more, and the header goes on as it came', () => false, 0],
    ['records what it may', () => true, 1],
    [
      'is asked as every other where it throws',
      () => {
        throw new Error('mayRecord is broken');
      },
      1,
    ],
  ])('%s', async (_, mayRecord: () => boolean, recorded) => {
    const header = `Root=${TRACE};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:abcdef01:0`;
    process.env._X_AMZN_TRACE_ID = header;
    try {
      const asked: Array<string | undefined> = [];
      let prepared = 0;
      const recorder = fakeRecorder();
      const handler = pipeline({
        ...recorder,
        mayRecord: (incoming) => {
          asked.push(incoming);
          return mayRecord();
        },
        prepare: () => {
          prepared += 1;
          return undefined;
        },
      }).handler(async () => {
        annotate('Order', 'o-1');
        await observedFetch(server.url);
        return { statusCode: 200 };
      });

      expect(await handler(rest, lambdaContext())).toMatchObject({ statusCode: 200 });

      expect(asked).toEqual([header]);
      expect(prepared).toBe(recorded);
      expect(recorder.calls('start').filter(([span]) => span === NAME)).toHaveLength(recorded);
      expect(recorder.calls('end').filter(([span]) => span === NAME)).toHaveLength(recorded);
      expect(server.requests.at(-1)?.headers['x-amzn-trace-id']).toBe(recorded === 0 ? header : undefined);
    } finally {
      delete process.env._X_AMZN_TRACE_ID;
    }
  });
});

describe('a recorder that fails', () => {
  const broken = (): never => {
    throw new Error('the recorder is broken');
  };
  const METHODS = [
    'startSpan',
    'run',
    'annotate',
    'addMetadata',
    'metadataRoom',
    'describe',
    'setStatus',
    'end',
  ];
  const failing = (method: string): Tracer => {
    const recorder = fakeRecorder();
    return {
      startInvocation: (invocation) => {
        const trace = recorder.startInvocation(invocation);
        return {
          ...trace,
          startSpan: (child) => ({ ...trace.startSpan(child), [method]: broken }),
          [method]: broken,
        };
      },
    };
  };

  it.each([
    ['cannot begin', { startInvocation: broken } satisfies Tracer],
    ['gives something else than a record', { startInvocation: () => 'nonsense' } as never],
    [
      'rejects',
      {
        startInvocation: (i) => ({
          ...fakeRecorder().startInvocation(i),
          end: () => Promise.reject(new Error('rejected')),
        }),
      } satisfies Tracer,
    ],
    ...METHODS.map((method) => [`throws in ${method}()`, failing(method)] as const),
  ] as ReadonlyArray<readonly [string, Tracer]>)(
    'and %s changes nothing for the handler',
    async (_what, tracer) => {
      const logs = captureLogs();
      let runs = 0;
      const inner = traced(
        'inner',
        () => {
          runs += 1;
          annotate('Key', 1);
          return 'result';
        },
        { capture: true },
      );
      const handler = pipeline(tracer).handler(async () => {
        await observedFetch(server.url);
        return { statusCode: 200, body: inner() };
      });

      const response: unknown = await handler(rest, lambdaContext());

      expect(response).toMatchObject({ statusCode: 200, body: 'result' });
      expect(runs).toBe(1);
      expect(logs.restore().filter(({ level }) => level === 'WARN').length).toBeLessThanOrEqual(2);
    },
  );
});
