/** A part of a text that is personal, from `start` up to and without `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What it is: a kind of this evaluation, or an entity of a labelled set. */
  readonly kind: string;
}

/** A text of which is known what in it is personal. */
export interface LabelledText {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Something personal to put into a text. */
export interface Personal {
  readonly kind: string;
  readonly value: string;
}

/** A text from its parts, in order; what is personal in it is remembered. */
export function labelledText(...parts: ReadonlyArray<string | Personal>): LabelledText {
  const spans: Span[] = [];
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : part.value;
    if (typeof part !== 'string') {
      spans.push({ start: text.length, end: text.length + value.length, kind: part.kind });
    }
    text += value;
  }
  return { text, spans };
}
