import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampledTrace } from '../helpers/lambda.ts';
import { PATIENT } from '../helpers/until.ts';
import { startReceivers } from '../local/xray/otlp/receivers.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

/** Both lines of OpenTelemetry's SDK, each with the API that it asks for. */
const SDKS = [
  {
    sdk: '2',
    packages: {
      '@opentelemetry/api': '~1.9.0',
      '@opentelemetry/sdk-trace-base': '^2.12.0',
      '@opentelemetry/context-async-hooks': '^2.12.0',
    },
    provider: `
      import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
      export const exporter = new InMemorySpanExporter();
      export const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });`,
  },
  {
    sdk: '3',
    packages: {
      '@opentelemetry/api': '^1.10.0',
      '@opentelemetry/sdk-trace': '^3.1.0',
      '@opentelemetry/context-async-hooks': '^3.1.0',
    },
    provider: `
      import { TracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace';
      export const exporter = new InMemorySpanExporter();
      export const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });`,
  },
] as const;

const HANDLER = `
  import middy from '@middy/core';
  import { context, trace } from '@opentelemetry/api';
  import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
  import { observability, traced } from 'lambda-lantern';
  import { createOpenTelemetryTracer } from 'lambda-lantern/opentelemetry';
  import { exporter, provider } from './provider.js';

  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const inner = traced('inner', async () => { trace.getTracer('own').startSpan('own').end(); });
  const handler = middy()
    .use(observability({ tracing: { name: '## handler', tracer: createOpenTelemetryTracer() } }))
    .handler(async () => { await inner(); return { statusCode: 503 }; });
  await handler({ httpMethod: 'GET', path: '/', headers: {} }, { getRemainingTimeInMillis: () => 5000 });
  const spans = exporter.getFinishedSpans();
  const nameOf = (id) => spans.find((span) => span.spanContext().spanId === id)?.name;
  console.log(JSON.stringify(spans.map((span) => [span.name, nameOf(span.parentSpanContext?.spanId), span.status.code])));`;

describe.each(SDKS)(
  "lambda-lantern/opentelemetry with OpenTelemetry's SDK $sdk",
  ({ packages, provider }) => {
    let project: ScratchProject;
    beforeAll(async () => {
      project = await createScratchProject(['lambda-lantern'], { '@middy/core': '^7.7.0', ...packages });
      await project.write('src/provider.js', provider);
      await project.write('src/handler.js', HANDLER);
    });
    afterAll(() => project.remove());

    it('installs without a word about peers, and records', async () => {
      expect(project.installLog).not.toMatch(/ERESOLVE|peer/i);
      const output = await project.output(['src/handler.js']);

      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual([
        ['own', 'inner', 0],
        ['inner', '## handler', 0],
        ['## handler', null, 2],
      ]);
    });
  },
);

/** One that is registered for a service, of each line that has it; and providers of a service's own. */
const REGISTER = `
  import { registerXRayUdp } from 'lambda-lantern/opentelemetry/xray-udp';
  registerXRayUdp({ serviceName: 'shop' });`;
const PROVIDER = `
  import { trace } from '@opentelemetry/api';
  import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
  import { XRayUdpSpanExporter, XRayUdpSpanProcessor } from 'lambda-lantern/opentelemetry/xray-udp/exporter';
  const spanProcessors = [new XRayUdpSpanProcessor(new XRayUdpSpanExporter(), console.error)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));`;
const SENT = `
  import './provider.js';
  import middy from '@middy/core';
  import { annotate, observability, traced } from 'lambda-lantern';
  import { createOpenTelemetryTracer } from 'lambda-lantern/opentelemetry';
  const inner = traced('inner', () => annotate('Plan', 'pro'));
  const handler = middy()
    .use(observability({ tracing: { name: '## handler', tracer: createOpenTelemetryTracer() } }))
    .handler(async () => { inner(); return { statusCode: 503 }; });
  await handler({ httpMethod: 'GET', path: '/', headers: {} }, { getRemainingTimeInMillis: () => 5000 });`;
const API = '@opentelemetry/api';

function sdk(version: string): Record<string, string> {
  return {
    '@opentelemetry/sdk-trace': version,
    '@opentelemetry/resources': version,
    '@opentelemetry/context-async-hooks': version,
  };
}

describe.each([
  ['2.9.0, the first of the range', REGISTER, { [API]: '~1.9.0', ...sdk('2.9.0') }],
  ['2', REGISTER, { [API]: '~1.9.0', ...sdk('^2.12.0') }],
  ['3', REGISTER, { [API]: '^1.10.0', ...sdk('^3.1.0') }],
  [
    '1, with a provider of its own',
    PROVIDER,
    { [API]: '~1.9.0', '@opentelemetry/sdk-trace-base': '^1.30.0' },
  ],
  [
    '2.0.0, with a provider of its own',
    PROVIDER,
    { [API]: '~1.9.0', '@opentelemetry/sdk-trace-base': '2.0.0' },
  ],
] as const)(
  "lambda-lantern/opentelemetry/xray-udp with OpenTelemetry's SDK %s",
  (_sdk, provider, packages) => {
    it('installs without a word about peers, and sends to the X-Ray daemon', async () => {
      const receivers = await startReceivers();
      const { header, traceId, parent } = sampledTrace();
      const project = await createScratchProject(['lambda-lantern'], {
        '@middy/core': '^7.7.0',
        ...packages,
      });
      try {
        expect(project.installLog).not.toMatch(/ERESOLVE|peer/i);
        await project.write('src/provider.js', provider);
        await project.write('src/handler.js', SENT);
        await project.output(['src/handler.js'], {
          AWS_XRAY_DAEMON_ADDRESS: receivers.daemonAddress,
          _X_AMZN_TRACE_ID: header,
        });

        await vi.waitFor(() => expect(receivers.store.get(traceId)?.documents).toHaveLength(2), PATIENT);
        expect(receivers.refused).toEqual([]);
        expect(receivers.store.get(traceId)?.segments).toMatchObject([
          {
            parent_id: parent,
            fault: true,
            subsegments: [{ name: 'inner', annotations: { Plan: 'pro' } }],
          },
        ]);
      } finally {
        await project.remove();
      }
    });
  },
);
