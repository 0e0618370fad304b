import type { Attributes } from '@opentelemetry/api';
import { writeSpan } from './otlp-writer.ts';
import type { SpanData } from './otlp-writer.ts';

/** The attribute that says what a span has lost because it was too large. */
export const CUT = 'lantern.cut';

/** Lengths that texts are cut to, one after the other until the span fits, in characters. */
const TEXT_LENGTHS = [4096, 1024, 256, 64];
/** Items of a list that are kept when texts are cut. */
const ITEMS = 16;
/** Attributes of a span, and links and events, that are kept when nothing else helps. */
const FEW = 16;

/**
 * A span in so many bytes at most. One that is too large loses, in this order, the ends of its texts, its links and events, and its
 * attributes; {@link CUT} names what, and OTLP's own counters say how many. Its ids, its times, its kind and its status stay.
 */
export function fitSpan(span: SpanData, limit: number): Uint8Array {
  const whole = writeSpan(span);
  if (whole.length <= limit) return whole;
  let smaller = span;
  const lost = new Set<string>();
  const attempts: ReadonlyArray<readonly [what: string, cut: (span: SpanData) => SpanData]> = [
    ...TEXT_LENGTHS.map((length) => ['texts', (from: SpanData) => cutTexts(from, length)] as const),
    ['links and events', keepFew],
    ['attributes', withFewAttributes],
    ['links and events', withoutLinksAndEvents],
    ['attributes', (from) => withFewAttributes(from, 0)],
  ];
  for (const [what, cut] of attempts) {
    smaller = cut(smaller);
    lost.add(what);
    const bytes = writeSpan({ ...smaller, attributes: { ...smaller.attributes, [CUT]: [...lost] } });
    if (bytes.length <= limit) return bytes;
  }
  // The name of a span and its state are all that is left.
  return writeSpan({
    ...smaller,
    name: cutText(smaller.name, FEW),
    spanContext: { ...smaller.spanContext, traceState: undefined as never },
    attributes: { [CUT]: [...lost, 'name'] },
  });
}

function cutTexts(span: SpanData, length: number): SpanData {
  const { message } = span.status;
  return {
    ...span,
    name: cutText(span.name, length),
    status: { ...span.status, ...(message !== undefined && { message: cutText(message, length) }) },
    attributes: cutAttributes(span.attributes, length),
    events: span.events.map((event) => ({
      ...event,
      name: cutText(event.name, length),
      attributes: cutAttributes(event.attributes ?? {}, length),
    })),
    links: span.links.map((link) => ({ ...link, attributes: cutAttributes(link.attributes ?? {}, length) })),
  };
}

function cutAttributes(attributes: Attributes, length: number): Attributes {
  return cutValue(attributes, length) as Attributes;
}

/** Shorter texts, lists and bytes, at every depth. */
function cutValue(value: unknown, length: number): unknown {
  if (typeof value === 'string') return cutText(value, length);
  if (value instanceof Uint8Array) return value.slice(0, length);
  if (Array.isArray(value)) return value.slice(0, ITEMS).map((item: unknown) => cutValue(item, length));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [cutText(key, length), cutValue(of, length)]),
  );
}

function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

function keepFew(span: SpanData): SpanData {
  return {
    ...span,
    links: span.links.slice(0, FEW),
    events: span.events.slice(-FEW),
    droppedLinksCount: span.droppedLinksCount + Math.max(0, span.links.length - FEW),
    droppedEventsCount: span.droppedEventsCount + Math.max(0, span.events.length - FEW),
  };
}

function withoutLinksAndEvents(span: SpanData): SpanData {
  return {
    ...span,
    links: [],
    events: [],
    droppedLinksCount: span.droppedLinksCount + span.links.length,
    droppedEventsCount: span.droppedEventsCount + span.events.length,
  };
}

function withFewAttributes(span: SpanData, most = FEW): SpanData {
  const entries = Object.entries(span.attributes);
  return {
    ...span,
    attributes: Object.fromEntries(entries.slice(0, most)),
    droppedAttributesCount: span.droppedAttributesCount + Math.max(0, entries.length - most),
  };
}
