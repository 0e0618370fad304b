/*
 * What a user may import from `lambda-lantern/opentelemetry/xray-udp`: OpenTelemetry to X-Ray for those who have no provider of their own. It
 * needs `@opentelemetry/api`, and of OpenTelemetry's SDK 3, or 2 from 2.9 on, `@opentelemetry/sdk-trace`, `@opentelemetry/resources` and
 * `@opentelemetry/context-async-hooks`.
 */
import { context, propagation, trace } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { checkOptions, flag, object, text } from '../check-options.ts';
import type { Kind } from '../check-options.ts';
import { XRayUdpSpanExporter, XRayUdpSpanProcessor } from './xray-udp-exporter.ts';
import { lambdaResource } from './xray-udp/lambda-resource.ts';
import { XRayAndW3CPropagator } from './xray-udp/xray-propagator.ts';

export { XRayUdpSpanExporter, XRayUdpSpanProcessor } from './xray-udp-exporter.ts';
export type { EndedSpan, XRayUdpExporterOptions } from './xray-udp-exporter.ts';

/** Options of {@link registerXRayUdp}. */
export interface XRayUdpOptions {
  /**
   * Name of the service, as it stands on X-Ray's map.
   *
   * @default `OTEL_SERVICE_NAME`, `POWERTOOLS_SERVICE_NAME`, or the function's name
   */
  readonly serviceName?: string;
  /** Attributes of the resource, beside those of Lambda. */
  readonly attributes?: Attributes;
  /**
   * Whether spans of traces that are not sampled are sent too, marked so (`T1U`). X-Ray makes use of them where CloudWatch Transaction
   * Search is on, which then has every request.
   *
   * @default false
   */
  readonly unsampled?: boolean;
  /** Processors that see each span before it is sent, such as one that adds attributes as it starts. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** A provider whose spans go to the X-Ray daemon. */
export class XRayUdpProvider extends TracerProvider {
  readonly #processor: XRayUdpSpanProcessor;

  constructor({ serviceName, attributes, unsampled = false, spanProcessors = [] }: XRayUdpOptions = {}) {
    const processor = new XRayUdpSpanProcessor(new XRayUdpSpanExporter());
    super({
      resource: resourceFromAttributes({
        ...lambdaResource(),
        ...attributes,
        ...(serviceName !== undefined && { 'service.name': serviceName }),
      }),
      sampler: new ParentBasedSampler({
        root: new AlwaysOnSampler(),
        ...(unsampled && {
          remoteParentNotSampled: RECORD_ONLY,
          localParentNotSampled: RECORD_ONLY,
        }),
      }),
      spanProcessors: [...spanProcessors, processor],
    });
    this.#processor = processor;
  }

  /**
   * Ends the open spans of a trace, as failed and marked, and sends them. `lambda-lantern` calls it shortly before the timeout of an
   * invocation.
   *
   * @param reason value of the attribute `lantern.unfinished`.
   */
  endOpenSpans(traceId: string, reason: string): void {
    this.#processor.endOpenSpans(traceId, reason);
  }
}

const processors: Kind<readonly SpanProcessor[]> = ['an array of span processors', Array.isArray];

/** Records without sampling: the span is made and sent, and its flag says that the trace is not sampled. */
const RECORD_ONLY: Sampler = {
  shouldSample: () => ({ decision: SamplingDecision.RECORD }),
  toString: () => 'RecordOnly',
};

/**
 * Makes OpenTelemetry of this process report to X-Ray: a provider, a context that follows asynchronous code, and propagation by
 * `X-Amzn-Trace-Id` and `traceparent`. Call it once, before the first span begins, at the top of the handler's file.
 *
 * What somebody else has registered before stays in its place; OpenTelemetry's diagnostic logger says so.
 *
 * @returns the provider.
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function registerXRayUdp(options: XRayUdpOptions = {}): XRayUdpProvider {
  checkOptions('registerXRayUdp()', options, {
    serviceName: text,
    attributes: object,
    unsampled: flag,
    spanProcessors: processors,
  });
  const provider = new XRayUdpProvider(options);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new XRayAndW3CPropagator());
  trace.setGlobalTracerProvider(provider);
  return provider;
}
