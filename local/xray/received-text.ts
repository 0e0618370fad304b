import type { SegmentDocument } from './document.ts';
import { readTraces } from './otlp/otlp-messages.ts';
import { documentsOf } from './otlp/span-documents.ts';
import type { DocumentError } from './parse-document.ts';
import { parseDocument } from './parse-document.ts';

/** What one text held that was sent to X-Ray. */
export interface ReceivedText {
  readonly documents: readonly SegmentDocument[];
  /** Of each document or span that cannot be kept. */
  readonly errors: readonly DocumentError[];
}

/**
 * In front of OpenTelemetry's spans, as AWS's exporters over UDP send them: spans that were sampled, and those that were
 * not. Both are kept.
 */
const SPANS_PREFIX = /^T1[SU]/;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads what senders give the daemon, and the daemon gives `PutTraceSegments`: a segment document as JSON, or spans of
 * OpenTelemetry as protobuf in base64. Never throws.
 */
export function readReceivedText(text: string): ReceivedText {
  if (SPANS_PREFIX.test(text)) return readSpans(text.replace(SPANS_PREFIX, '').trim());
  const parsed = parseDocument(text);
  return 'document' in parsed
    ? { documents: [parsed.document], errors: [] }
    : { documents: [], errors: [parsed.error] };
}

function readSpans(base64: string): ReceivedText {
  if (base64 === '' || !BASE64.test(base64)) return refused('behind T1S or T1U stands base64');
  try {
    return documentsOf(readTraces(Buffer.from(base64, 'base64'), 'protobuf'));
  } catch (error) {
    return refused((error as Error).message);
  }
}

function refused(reason: string): ReceivedText {
  const message = `Spans are OTLP's TracesData as protobuf in base64; these are not: ${reason}`;
  return { documents: [], errors: [{ code: 'ParseError', message }] };
}
