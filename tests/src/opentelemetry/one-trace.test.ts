import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import middy from '@middy/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observability, observedFetch, traced } from '../../../src/index.ts';
import { createOpenTelemetryTracer } from '../../../src/opentelemetry/index.ts';
import { registerXRayUdp } from '../../../src/opentelemetry/xray-udp.ts';
import { createXRayTracer } from '../../../src/telemetry/xray/xray-tracer.ts';
import { unpacked } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { PATIENT } from '../../helpers/until.ts';
import { startReceivers } from '../../local/xray/otlp/receivers.ts';

afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

type Received = { readonly id: string; readonly name: string; readonly parent_id?: string };

describe('a function recorded by X-Ray that calls one recorded by OpenTelemetry', () => {
  it('is one trace with it in Lantern local: each hangs below what called it', async () => {
    const receivers = await startReceivers();
    process.env.AWS_XRAY_DAEMON_ADDRESS = receivers.daemonAddress;
    registerXRayUdp({ serviceName: 'bank' });
    const bank = middy()
      .use(observability({ tracing: { tracer: createOpenTelemetryTracer(), name: '## bank' } }))
      .handler(traced('charge', () => ({ statusCode: 200, body: '{}' })));
    const server = createServer((request, response) => {
      // What Lambda makes of the header that a function is called with.
      process.env._X_AMZN_TRACE_ID = String(request.headers['x-amzn-trace-id']);
      void bank({ headers: request.headers, httpMethod: 'POST' }, lambdaContext()).then(() => {
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/payments`;

    const { header, traceId } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;
    const shop = middy()
      .use(observability({ tracing: { tracer: createXRayTracer(), name: '## shop' } }))
      .handler(async () => {
        await (await observedFetch(url, { method: 'POST' })).text();
        return { statusCode: 201 };
      });
    await shop({}, lambdaContext());
    server.close();

    const received = await vi.waitFor(() => {
      const { documents } = receivers.store.get(traceId) ?? { documents: [] };
      const all = documents.flatMap((document) => unpacked(document) as Received[]);
      for (const name of ['## shop', '127.0.0.1', 'bank', 'charge'])
        expect(all.map((of) => of.name)).toContain(name);
      return all;
    }, PATIENT);
    expect(receivers.refused).toEqual([]);
    const parents = ['charge', 'bank', '127.0.0.1', '## shop'].map((name) => {
      const parent = received.find((of) => of.name === name)?.parent_id;
      return received.find(({ id }) => id === parent)?.name;
    });
    expect(parents).toEqual(['bank', '127.0.0.1', '## shop', undefined]);
  });
});
