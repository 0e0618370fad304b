import { Logger } from '@aws-lambda-powertools/logger';
import { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import type {
  CorrelationIdOptions,
  LoggingOptions,
  ObservabilityOptions,
  ObserveClientOptions,
  ObserveDispatcherOptions,
  ObservedFetchOptions,
  RedactionPolicy,
  ResponseCaptureOptions,
  TracedOptions,
  TracingOptions,
} from '../../src/index.ts';
import {
  correlationId,
  createObservedFetch,
  createRedactor,
  observability,
  observeClient,
  observeDispatcher,
  RedactingLogFormatter,
  responseCapture,
  traced,
  tracing,
} from '../../src/index.ts';
import { fakeRecorder } from '../helpers/fake-recorder.ts';

/** Values of every kind that the type of an option allows; the compiler asks for each option. */
type Allowed<Options> = { readonly [Name in keyof Required<Options>]: ReadonlyArray<Options[Name]> };

const logger = { warn: () => undefined };
const policy: Allowed<RedactionPolicy> = {
  mode: ['shape', 'values', 'off'],
  allow: [[], ['id', 'items[].sku', 'orders.*.total']],
  fieldNames: [[], ['loyalty']],
  messages: ['shape', 'values'],
  deny: [{}, { extend: { identity: ['loyalty number'] }, without: ['network'] }],
  detectors: [
    [],
    [{ name: 'badge', category: 'identity', hint: (text) => text.includes('B-'), pattern: /\bB-\d{6}\b/g }],
  ],
  replace: [{}, { financial: 'partial', contact: 'pseudonym', identity: 'label' }],
  budget: [{}, { bytes: 1000, depth: 3, items: 1, keys: Infinity, stringLength: 20 }],
};
const captureEvent = [true, false, { allow: ['id'] }] as const;
const capture: Allowed<ResponseCaptureOptions> = { ...policy, captureEvent };
const correlation: Allowed<CorrelationIdOptions> = {
  header: ['x-request-id', 'X-Request-Id', 'trace_of.shop'],
  requestId: [true, false],
  find: [() => 'order-1'],
  logger: [logger, new Logger()],
};
const ofTracing: Allowed<TracingOptions> = {
  name: ['## handler', ''],
  timeoutReserve: [0, 0.5, 500],
  flushTimeout: [0, 50],
  tracer: [fakeRecorder()],
  logger: [logger, new Logger()],
};
const logging: Allowed<LoggingOptions> = {
  logEvent: [true, false],
  resetKeys: [true, false],
  flushBufferOnUncaughtError: [true, false],
  correlationIdPath: ['id', 'requestContext.requestId'],
};
const whole: Allowed<ObservabilityOptions> = {
  logging: [{}, { logEvent: true, resetKeys: false }],
  correlation: [{}, { logger }, { header: 'x-request-id', requestId: true }],
  tracing: [{}, { timeoutReserve: 0 }],
  capture: [false, {}, { allow: ['id'] }],
  captureEvent,
  logger: [new Logger()],
};
const ofTraced: Allowed<TracedOptions> = { capture: [true, false, {}, { mode: 'values' }] };
const ofFetch: Allowed<ObservedFetchOptions> = { propagateTo: [[], ['example.com']], fetch: [fetch] };
const ofDispatcher: Allowed<ObserveDispatcherOptions> = {
  propagateTo: [[], ['example.com']],
  origin: ['https://api.example.com', new URL('https://api.example.com')],
};
const ofClient: Allowed<ObserveClientOptions> = { payload: [true, false] };

const factories: ReadonlyArray<
  readonly [name: string, allowed: Record<string, readonly unknown[]>, make: (options: never) => unknown]
> = [
  ['observability', whole, observability],
  ['correlationId', correlation, correlationId],
  [
    'observability({ logging })',
    logging,
    (options) => observability({ logger: new Logger(), logging: options }),
  ],
  ['tracing', ofTracing, tracing],
  ['responseCapture', capture, responseCapture],
  ['traced', ofTraced, (options) => traced('inner', () => 1, options)],
  ['createObservedFetch', ofFetch, createObservedFetch],
  ['observeDispatcher', ofDispatcher, observeDispatcher],
  ['observeClient', ofClient, (options) => observeClient(new SNSClient({ region: 'eu-west-1' }), options)],
  ['createRedactor', policy, createRedactor],
  ['RedactingLogFormatter', policy, (options) => new RedactingLogFormatter(options)],
];

describe('options', () => {
  it.each(factories)('of %s take every kind of value that their types allow', (_name, allowed, make) => {
    expect(() => make({} as never)).not.toThrow();
    for (const [option, values] of Object.entries(allowed)) {
      for (const value of [undefined, ...values]) {
        expect(() => make({ [option]: value } as never), `${option}: ${String(value)}`).not.toThrow();
      }
    }
  });

  it('of observability take a Powertools Logger of any copy of its package', async () => {
    const cjs = (await import('node:module')).createRequire(import.meta.url);
    const { Logger: OtherLogger } = cjs('@aws-lambda-powertools/logger') as { Logger: typeof Logger };

    expect(OtherLogger).not.toBe(Logger);
    expect(() => observability({ logger: new OtherLogger() })).not.toThrow();
  });
});
