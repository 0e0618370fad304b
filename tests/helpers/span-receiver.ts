import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace';
import type { SegmentDocument } from '../../local/xray/document.ts';
import { readTraces } from '../../local/xray/otlp/otlp-messages.ts';
import { documentsOf } from '../../local/xray/otlp/span-documents.ts';
import type { DocumentReceiver } from './document-receiver.ts';
import { PATIENCE_MS } from './until.ts';

/** OpenTelemetry's own SDK, registered in this process as a service does it, with an exporter that keeps what it gets. */
export interface SpanReceiver extends DocumentReceiver {
  /** What has been exported: a batch leaves when it is flushed, long before its time is over. */
  spans(): ReadableSpan[];
  /** Exports what others have ended. */
  flush(): Promise<void>;
}

const QUIET_TURNS = 5;

/** Only one at a time: what is registered is one for the process. */
export function receiveSpans(sampler?: Sampler): SpanReceiver {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({}),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 3_600_000 })],
    ...(sampler !== undefined && { sampler }),
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const documents = (): readonly SegmentDocument[] => documentsOfSpans(exporter.getFinishedSpans());
  return {
    address: 'nowhere',
    spans: () => exporter.getFinishedSpans(),
    flush: () => provider.forceFlush(),
    get documents() {
      return documents();
    },
    async until(predicate, patience = PATIENCE_MS) {
      const deadline = Date.now() + patience;
      while (!predicate(documents())) {
        if (Date.now() > deadline) {
          throw new Error(`The spans did not arrive; received: ${JSON.stringify(documents(), null, 1)}`);
        }
        await sleep(5);
      }
      return documents();
    },
    async settled() {
      for (let turn = 0; turn < QUIET_TURNS; turn += 1) await sleep(5);
      return documents();
    },
    clear: () => exporter.reset(),
    async stop() {
      trace.disable();
      context.disable();
      propagation.disable();
      await provider.shutdown();
    },
  };
}

/** What X-Ray makes of spans, as Lantern local does: the words that the contract is written in. */
function documentsOfSpans(spans: ReadableSpan[]): readonly SegmentDocument[] {
  const body = JsonTraceSerializer.serializeRequest(spans);
  if (spans.length === 0 || body === undefined) return [];
  const { documents, errors } = documentsOf(readTraces(Buffer.from(body), 'json'));
  if (errors.length > 0) throw new Error(`Spans were refused: ${JSON.stringify(errors)}`);
  return documents;
}
