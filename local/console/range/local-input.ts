import { formatExact } from '../format/time.ts';

/** Epoch milliseconds as an input of type `datetime-local` takes them: the reader's own clock, to the second. */
export function toLocalInput(epochMs: number): string {
  return formatExact(Math.floor(epochMs / 1000))
    .slice(0, 19)
    .replace(' ', 'T');
}

/** NaN for what is no time. */
export function fromLocalInput(text: string): number {
  // Without a zone, a date with a time is the reader's own (ECMAScript, "Date Time String Format").
  return /^\d{4,6}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
}
