import { diag, TraceFlags } from '@opentelemetry/api';
import type { Attributes, HrTime, Link, SpanContext, SpanKind } from '@opentelemetry/api';
import { DatagramSender, MAX_CONTENT_BYTES } from '../../daemon/datagram-sender.ts';
import { CUT, fitSpan } from './fit-span.ts';
import { requestLength, writeRequest, writeResource, writeScope } from './otlp-writer.ts';
import type { Scope, SpanData } from './otlp-writer.ts';

/**
 * A span that has ended, as the SDK hands it to exporters. Of OpenTelemetry's SDK 2 and 3 (`ReadableSpan`), and of 1, which names the
 * parent and the library otherwise.
 */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanData['status'];
  readonly attributes: Attributes;
  readonly events: SpanData['events'];
  readonly links: readonly Link[];
  readonly resource: { readonly attributes: Attributes };
  readonly instrumentationScope?: Scope | undefined;
  readonly instrumentationLibrary?: Scope | undefined;
  readonly droppedAttributesCount?: number;
  readonly droppedEventsCount?: number;
  readonly droppedLinksCount?: number;
}

/** Options of {@link XRayUdpSpanExporter}. */
export interface XRayUdpExporterOptions {
  /**
   * Told of each span or datagram that is lost, and why. Nothing else says so: UDP gives no answer.
   *
   * @default OpenTelemetry's diagnostic logger, at `error`, once for each reason
   */
  readonly onLost?: (reason: Error) => void;
}

/** Bytes of protobuf that a datagram holds: its text is base64, behind three characters. */
const MAX_REQUEST_BYTES = Math.floor((MAX_CONTENT_BYTES - 3) / 4) * 3;

/** As `ExportResult` of `@opentelemetry/core` has it, which this needs for nothing else. */
const Result = { Success: 0, Failed: 1 } as const;

/**
 * Exports spans to the X-Ray daemon, which every function with active tracing has beside it: OTLP in base64 over UDP, behind `T1S`
 * where a span is sampled and `T1U` where not. No layer, no collector, no credentials.
 *
 * As many spans go into a datagram as it holds, in bytes. A span that is too large for one is cut, and says so in the attribute
 * `lantern.cut`. The socket keeps no process alive.
 *
 * It is a `SpanExporter` of OpenTelemetry's SDK 1, 2 and 3.
 */
export class XRayUdpSpanExporter {
  readonly #sender: DatagramSender;
  readonly #onLost: (reason: Error) => void;
  #isShutDown = false;

  constructor({ onLost = sayOnce() }: XRayUdpExporterOptions = {}) {
    this.#onLost = onLost;
    this.#sender = new DatagramSender(onLost);
  }

  /** Sends spans; the result is called when all of them have left the process. */
  export(spans: readonly EndedSpan[], done: (result: { code: number; error?: Error }) => void): void {
    if (this.#isShutDown) {
      done({ code: Result.Failed, error: new Error('The exporter has been shut down') });
      return;
    }
    try {
      this.send(spans);
    } catch (error) {
      done({ code: Result.Failed, error: error instanceof Error ? error : new Error(String(error)) });
      return;
    }
    const drained = this.#sender.drained();
    if (drained === undefined) done({ code: Result.Success });
    else void drained.then(() => done({ code: Result.Success }));
  }

  /**
   * Sends spans at once.
   *
   * @throws Error when nobody can say where the daemon is (`AWS_XRAY_DAEMON_ADDRESS`).
   */
  send(spans: readonly EndedSpan[]): void {
    for (const { prefix, request } of pack(spans, this.#onLost)) {
      this.#sender.send(prefix + request.toString('base64'));
    }
  }

  /** Settles when everything has left the process, or failed; undefined when it has already. */
  drained(): Promise<void> | undefined {
    return this.#sender.drained();
  }

  /** Settles when everything has left the process, or failed. */
  async forceFlush(): Promise<void> {
    await this.#sender.drained();
  }

  /** Takes no more spans. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.#sender.drained();
  }
}

interface Batch {
  readonly prefix: 'T1S' | 'T1U';
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  readonly spans: Uint8Array[];
  bytes: number;
}

type Batches = Map<object, Map<string, Batch>>;

/**
 * Puts spans into as few requests as hold them, those of one resource, library and sampling decision together. One that cannot be
 * written, because its maker gave it what no span holds, is lost alone.
 */
function* pack(
  spans: readonly EndedSpan[],
  onLost: (reason: Error) => void,
): Generator<{ prefix: Batch['prefix']; request: Buffer }> {
  const batches: Batches = new Map();
  for (const span of spans) {
    let batch: Batch;
    let bytes: Uint8Array;
    try {
      const context = span.spanContext();
      batch = batchOf(span, context, batches);
      // A span has a datagram to itself at worst.
      const room = MAX_REQUEST_BYTES - requestLength(batch.resource, batch.scope, 0) - LENGTHS;
      bytes = fitSpan(dataOf(span, context), room);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onLost(new Error(`a span holds what cannot be written: ${reason}`, { cause: error }));
      continue;
    }
    if (requestLength(batch.resource, batch.scope, batch.bytes + bytes.length) > MAX_REQUEST_BYTES) {
      yield requestOf(batch);
      batch.spans.length = 0;
      batch.bytes = 0;
    }
    batch.spans.push(bytes);
    batch.bytes += bytes.length;
  }
  for (const ofResource of batches.values()) {
    for (const batch of ofResource.values()) if (batch.spans.length > 0) yield requestOf(batch);
  }
}

function batchOf(span: EndedSpan, { traceFlags }: SpanContext, batches: Batches): Batch {
  const prefix = (traceFlags & TraceFlags.SAMPLED) === 0 ? 'T1U' : 'T1S';
  const scope = span.instrumentationScope ?? span.instrumentationLibrary ?? { name: '' };
  const ofResource = batches.get(span.resource) ?? new Map<string, Batch>();
  batches.set(span.resource, ofResource);
  const key = `${prefix} ${scope.name}@${scope.version ?? ''}`;
  const known = ofResource.get(key);
  if (known !== undefined) return known;
  const resource = resourceBytes(span.resource);
  const batch: Batch = { prefix, resource, scope: writeScope(scope), spans: [], bytes: 0 };
  ofResource.set(key, batch);
  return batch;
}

/** What the lengths of two messages may take more, when they are no longer empty. */
const LENGTHS = 8;

function requestOf({ prefix, resource, scope, spans }: Batch): { prefix: Batch['prefix']; request: Buffer } {
  return { prefix, request: writeRequest(resource, scope, spans) };
}

const writtenResources = new WeakMap<object, Uint8Array>();
/** Attributes of a resource that are sent; a service that says more about itself than 16 kB has none of it. */
const MAX_RESOURCE_BYTES = 16_384;

function resourceBytes(resource: EndedSpan['resource']): Uint8Array {
  const known = writtenResources.get(resource);
  if (known !== undefined) return known;
  const whole = writeResource(resource.attributes);
  const { 'service.name': name } = resource.attributes;
  const bytes =
    whole.length <= MAX_RESOURCE_BYTES
      ? whole
      : writeResource({
          ...(typeof name === 'string' && { 'service.name': name.slice(0, 255) }),
          [CUT]: true,
        });
  // What is still being found out is written again.
  if ((resource as { asyncAttributesPending?: boolean }).asyncAttributesPending !== true) {
    writtenResources.set(resource, bytes);
  }
  return bytes;
}

function dataOf(span: EndedSpan, spanContext: SpanContext): SpanData {
  return {
    name: span.name,
    kind: span.kind,
    spanContext,
    parentSpanId: span.parentSpanContext?.spanId ?? span.parentSpanId,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
  };
}

function sayOnce(): (reason: Error) => void {
  const said = new Set<string>();
  return (reason) => {
    if (said.has(reason.message)) return;
    said.add(reason.message);
    diag.error(`Spans could not be sent to the X-Ray daemon: ${reason.message}`);
  };
}
