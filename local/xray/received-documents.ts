import type { SegmentDocument } from './document.ts';
import type { DocumentError } from './parse-document.ts';

/** Where whatever receives traces hands in what came. */
export interface DocumentReceiver {
  readonly onDocument: (document: SegmentDocument) => void;
  /**
   * Called with why, and the beginning of what came; both are safe to print on a terminal. What one request holds and is
   * refused for one kind of reason is told once.
   */
  readonly onInvalid: (reason: string, sample: string, refused: Refused) => void;
  /**
   * Called for each message of OpenTelemetry that is well-formed and about something else than traces, and for each part of a
   * document that is left out while the rest is kept: with what it is counted as, and a sentence to say once, because
   * services send these every few seconds.
   *
   * @default `onInvalid` is called
   */
  readonly onNotKept?: (kind: string, message: string) => void;
}

/** What was not kept, to be counted. */
export interface Refused {
  /** One of few texts: `InvalidTraceId`. */
  readonly kind: string;
  readonly count: number;
}

/** What was read of one message. */
export interface Received {
  readonly documents: readonly SegmentDocument[];
  /** Of each document or span that cannot be kept. */
  readonly errors: readonly DocumentError[];
  /** Parts of the documents that are not kept with them. */
  readonly leftOut?: readonly DocumentError[];
  /** What it is about, if not about traces: `metrics`. */
  readonly otherSignal?: string;
}

/** Hands in what was read, and tells of what could not be, or was not taken. Never throws. */
export function handIn(
  { documents, errors, leftOut = [], otherSignal }: Received,
  text: string,
  receiver: DocumentReceiver,
): void {
  if (otherSignal !== undefined) leave(otherSignal, receiver);
  for (const { code, message } of leftOut) notKept({ kind: code, detail: message, text }, receiver);
  for (const document of documents) {
    try {
      receiver.onDocument(document);
    } catch (error) {
      reportInvalid(receiver, { kind: 'Not kept', detail: String(error), text });
    }
  }
  for (const [kind, [first, ...others]] of byKind(errors)) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    reportInvalid(receiver, { kind, detail: first.message + more, text, count: others.length + 1 });
  }
}

function byKind(errors: readonly DocumentError[]): Map<string, [DocumentError, ...DocumentError[]]> {
  const kinds = new Map<string, [DocumentError, ...DocumentError[]]>();
  for (const error of errors) {
    const known = kinds.get(error.code);
    if (known === undefined) kinds.set(error.code, [error]);
    else known.push(error);
  }
  return kinds;
}

/** @param signal of OpenTelemetry: `metrics` @returns the sentence that was said. */
export function leave(signal: string, receiver: DocumentReceiver): string {
  const kind = `OpenTelemetry ${signal}`;
  const message = `Lantern local keeps traces; ${signal} are taken and not kept.`;
  notKept({ kind, detail: message, text: '' }, receiver);
  return message;
}

function notKept(
  { kind, detail, text }: { kind: string; detail: string; text: string },
  { onInvalid, onNotKept }: DocumentReceiver,
): void {
  if (onNotKept === undefined) reportInvalid({ onInvalid }, { kind, detail, text });
  else onNotKept(kind, printable(detail));
}

const SAMPLE_LENGTH = 200;

export function reportInvalid(
  { onInvalid }: Pick<DocumentReceiver, 'onInvalid'>,
  { kind, detail, text, count = 1 }: { kind: string; detail: string; text: string; count?: number },
): void {
  const reason = printable(`${kind}: ${detail}`);
  onInvalid(reason, printable(text.slice(0, SAMPLE_LENGTH)), { kind, count });
}

/** Control characters could move the cursor or colour the screen; the reason may quote them too. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
