import type { SegmentDocument } from './document.ts';

/** Where the daemon hands in what it received. */
export interface DocumentReceiver {
  readonly onDocument: (document: SegmentDocument) => void;
  /** Called with why, and the beginning of what came; both are safe to print on a terminal. */
  readonly onInvalid: (reason: string, sample: string) => void;
}

const SAMPLE_LENGTH = 200;

export function reportInvalid(onInvalid: DocumentReceiver['onInvalid'], reason: string, text: string): void {
  onInvalid(printable(reason), printable(text.slice(0, SAMPLE_LENGTH)));
}

/** Control characters could move the cursor or colour the screen; the reason may quote them too. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
