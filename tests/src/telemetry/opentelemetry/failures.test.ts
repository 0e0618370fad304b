import middy from '@middy/core';
import type { Tracer, TracerProvider } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider as SdkProvider,
} from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { captureLogs } from '../../../helpers/captured-logs.ts';
import { lambdaContext, sampledTrace } from '../../../helpers/lambda.ts';
import type { WebServer } from '../../clients/web-server.ts';
import { startWebServer } from '../../clients/web-server.ts';

let server: WebServer;
beforeAll(async () => {
  server = await startWebServer();
  process.env.POWERTOOLS_TRACE_ENABLED = 'true';
});
afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
  delete process.env.LANTERN_RECORDER;
  server.clear();
});
afterAll(() => server.stop());

/** The package as a new process loads it. */
async function load() {
  vi.resetModules();
  const lantern = await import('../../../../src/index.ts');
  const { createOpenTelemetryTracer } = await import('../../../../src/opentelemetry/index.ts');
  return { ...lantern, createOpenTelemetryTracer };
}
type Loaded = Awaited<ReturnType<typeof load>>;

interface Outcome {
  readonly response: unknown;
  readonly warnings: ReadonlyArray<Record<string, unknown>>;
}

/** Three invocations of everything that a recorder hears. */
async function useAll(loaded: Loaded, tracing = {}): Promise<Outcome> {
  const { observability, traced, annotate, putMetadata, observedFetch, recordError } = loaded;
  const { header } = sampledTrace();
  const logs = captureLogs();
  const inner = traced(
    'inner',
    () => {
      annotate('Key', 1);
      putMetadata('key', { a: 1 });
      recordError(new Error('handled'));
      return 'result';
    },
    { capture: true },
  );
  const handler = middy()
    .use(observability({ tracing }))
    .handler(async () => {
      await observedFetch(server.url);
      return { statusCode: 200, body: inner() };
    });
  let response: unknown;
  for (let round = 0; round < 3; round += 1) {
    process.env._X_AMZN_TRACE_ID = header;
    response = await handler({ httpMethod: 'GET', headers: {} }, lambdaContext());
  }
  const warnings = logs.restore().filter(({ level }) => level === 'WARN');
  return { response, warnings };
}

const ANSWER = { statusCode: 200, body: 'result' };

describe('a recorder that cannot record', () => {
  it('says once that no provider is registered, and the trace goes on as it came', async () => {
    process.env.LANTERN_RECORDER = ' OpenTelemetry ';
    const { response, warnings } = await useAll(await load());

    expect(response).toMatchObject(ANSWER);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^OpenTelemetry has no tracer provider, so nothing is recorded\. Register one/),
    ]);
    expect(server.last().headers['x-amzn-trace-id']).toMatch(/;Sampled=1;Lineage=/);
    expect(server.last().headers).not.toHaveProperty('traceparent');
  });

  it('says what to install where another copy of the API, which is older, has registered one', async () => {
    process.env.LANTERN_RECORDER = 'opentelemetry';
    const registry = Symbol.for('opentelemetry.js.api.1');
    const copies = globalThis as { [registry]?: object | undefined };
    const before = copies[registry];
    // As a layer with version 1.9.1 of the API leaves it; this copy takes nothing from it.
    copies[registry] = { version: '1.9.1', trace: new SdkProvider() };
    const { response, warnings } = await useAll(await load()).finally(() => (copies[registry] = before));

    expect(response).toMatchObject(ANSWER);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/@opentelemetry\/api 1\.9\.1.* npm install @opentelemetry\/api@1\.9\.1$/),
    ]);
  });

  it('records as soon as one is registered', async () => {
    process.env.LANTERN_RECORDER = 'opentelemetry';
    const loaded = await load();
    await useAll(loaded);
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new SdkProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    );

    await useAll(loaded);
    trace.disable();

    expect(exporter.getFinishedSpans()).toHaveLength(9);
  });

  it.each(['otel', 'x-ray', 'constructor', '__proto__'])(
    'is named in vain by LANTERN_RECORDER=%s',
    async (name) => {
      process.env.LANTERN_RECORDER = name;
      const { response, warnings } = await useAll(await load());

      expect(response).toMatchObject(ANSWER);
      expect(warnings).toHaveLength(1);
      expect(JSON.stringify(warnings)).toContain('LANTERN_RECORDER takes xray or opentelemetry, but is ');
      expect(JSON.stringify(warnings)).toContain(name);
    },
  );
});

describe('a provider that fails', () => {
  const broken = (): never => {
    throw new Error('the SDK is broken');
  };
  const real = new SdkProvider();
  /** A provider whose tracers, or the spans of these, throw in one method. */
  const failing = (of: 'provider' | 'tracer' | 'span', method: string): TracerProvider => {
    const spans = (tracer: Tracer): Tracer => ({
      startActiveSpan: broken,
      startSpan(...args) {
        const span = tracer.startSpan(...args);
        return of === 'span' ? Object.assign(span, { [method]: broken }) : span;
      },
      ...(of === 'tracer' && { [method]: broken }),
    });
    const provider = {
      getTracer: (name: string) => spans(real.getTracer(name)),
      forceFlush: () => real.forceFlush(),
      ...(of === 'provider' && { [method]: broken }),
    };
    return provider;
  };

  it.each([
    ['provider', 'getTracer'],
    ['provider', 'forceFlush'],
    ['tracer', 'startSpan'],
    ...[
      'setAttribute',
      'setAttributes',
      'addEvent',
      'setStatus',
      'updateName',
      'end',
      'isRecording',
      'spanContext',
    ].map((method) => ['span', method] as const),
  ] as const)('in a %s (%s) changes nothing for the handler, and is said once', async (of, method) => {
    const loaded = await load();
    const tracer = loaded.createOpenTelemetryTracer({ tracerProvider: failing(of, method) });

    const { response, warnings } = await useAll(loaded, { tracer });

    expect(response).toMatchObject(ANSWER);
    expect(warnings.length).toBeLessThanOrEqual(1);
    if (warnings.length > 0) expect(JSON.stringify(warnings)).toContain('the SDK is broken');
  });

  it('to export says why, once', async () => {
    const loaded = await load();
    const tracerProvider = {
      getTracer: (name: string) => real.getTracer(name),
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the SDKs do
      forceFlush: () => Promise.reject([new Error('connect ECONNREFUSED')]),
    };
    const tracer = loaded.createOpenTelemetryTracer({ tracerProvider });

    const { response, warnings } = await useAll(loaded, { tracer });

    expect(response).toMatchObject(ANSWER);
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).toMatch(/The spans could not be exported.*ECONNREFUSED/);
  });

  it('to export in time does not hold back the answer', async () => {
    const loaded = await load();
    const tracerProvider = {
      getTracer: (name: string) => real.getTracer(name),
      forceFlush: () => new Promise<void>(() => undefined),
    };
    const tracer = loaded.createOpenTelemetryTracer({ tracerProvider, flushTimeout: 5 });

    const { response, warnings } = await useAll(loaded, { tracer });

    expect(response).toMatchObject(ANSWER);
    expect(warnings.map(({ message }) => message)).toEqual([
      'The trace had not left the process in time; the answer does not wait for it any longer',
    ]);
  });

  it('to have a way to export at once still records', async () => {
    const loaded = await load();
    const exporter = new InMemorySpanExporter();
    const provider = new SdkProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const tracer = loaded.createOpenTelemetryTracer({
      tracerProvider: { getTracer: (name) => provider.getTracer(name) },
    });

    const { warnings } = await useAll(loaded, { tracer });

    expect(warnings).toEqual([]);
    expect(exporter.getFinishedSpans()).toHaveLength(9);
  });
});
