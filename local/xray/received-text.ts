import { readTraces } from './otlp/otlp-messages.ts';
import { documentsOf } from './otlp/span-documents.ts';
import { parseDocument } from './parse-document.ts';
import type { Received } from './received-documents.ts';

/**
 * In front of OpenTelemetry's spans, as AWS's exporters over UDP send them: spans that were sampled, and those that were
 * not. Both are kept.
 */
const SPANS_PREFIX = /^T1[SU]/;

/** AWS's distribution for Python sends its metrics to the daemon too. */
const METRICS_PREFIX = /^M1[A-Za-z0-9+/]/;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads what senders give the daemon, and the daemon gives `PutTraceSegments`: a segment document as JSON, or spans of
 * OpenTelemetry as protobuf in base64. Never throws.
 */
export function readReceivedText(text: string): Received {
  if (SPANS_PREFIX.test(text)) return readSpans(text.replace(SPANS_PREFIX, '').trim());
  if (METRICS_PREFIX.test(text)) return { documents: [], errors: [], otherSignal: 'metrics' };
  const parsed = parseDocument(text);
  return 'document' in parsed
    ? { documents: [parsed.document], errors: [], leftOut: parsed.leftOut ?? [] }
    : { documents: [], errors: [parsed.error] };
}

function readSpans(base64: string): Received {
  if (base64 === '' || !BASE64.test(base64)) return refused('behind T1S or T1U stands base64');
  try {
    return documentsOf(readTraces(Buffer.from(base64, 'base64'), 'protobuf'));
  } catch (error) {
    return refused((error as Error).message);
  }
}

function refused(reason: string): Received {
  const message = `Spans are OTLP's TracesData as protobuf in base64; these are not: ${reason}`;
  return { documents: [], errors: [{ code: 'ParseError', message }] };
}
