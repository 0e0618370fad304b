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
}

/** What was not kept, to be counted. */
export interface Refused {
  /** One of few texts: `InvalidTraceId`. */
  readonly kind: string;
  readonly count: number;
}

/** Hands in what was read, and tells of what could not be, or was not taken. Never throws. */
export function handIn(
  { documents, errors }: { documents: readonly SegmentDocument[]; errors: readonly DocumentError[] },
  text: string,
  receiver: DocumentReceiver,
): void {
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
