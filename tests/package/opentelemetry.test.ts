import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
