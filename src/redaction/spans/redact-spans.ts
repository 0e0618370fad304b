import type { RedactionPolicy } from '../policy/policy.ts';
import { createRedactor } from '../redact.ts';
import { createTextGuard } from '../text-guard.ts';
import { createAttributeShower } from './show-attributes.ts';
import type { Attributes } from './show-attributes.ts';

/** What this needs of a span that has ended; `ReadableSpan` of OpenTelemetry's SDK 1, 2 and 3 has it. */
interface EndedSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly status: { readonly message?: string | undefined };
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes?: Attributes | undefined }>;
  readonly links: ReadonlyArray<{ readonly attributes?: Attributes | undefined }>;
}

/** A `SpanProcessor` of OpenTelemetry's SDK, of any version. */
export interface SpanProcessorLike {
  onStart(span: never, context: never): void;
  onEnding?(span: never): void;
  onEnd(span: never): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Lets a span processor, and with it its exporter, see spans as they may be shown: names, attributes, events, links and the message
 * of the status have passed the policy. Ids, times, kinds and what the semantic conventions define as names of a program's own
 * (`http.route`, `db.system.name`, `faas.name` and so on) stay as they are.
 *
 * The spans themselves are not changed: processors beside it see them as they are, so each that exports is wrapped.
 *
 * @param processor as a `BatchSpanProcessor`.
 * @param policy as that of `responseCapture()`; here `mode` is `values` by default: what no detector finds and no denied name
 * holds is shown.
 * @throws TypeError for what is no processor, and when the policy has an unknown or wrong option.
 */
export function redactSpans<Processor extends SpanProcessorLike>(
  processor: Processor,
  policy: RedactionPolicy = {},
): Processor {
  if (typeof (processor as Partial<Processor> | null | undefined)?.onEnd !== 'function') {
    throw new TypeError(
      'redactSpans() takes a span processor, such as a BatchSpanProcessor; this has no onEnd()',
    );
  }
  const given: RedactionPolicy = { mode: 'values', ...policy };
  const texts = createTextGuard(given);
  const show = createAttributeShower(texts, createRedactor(given));
  const shown = (span: EndedSpan): object => ({
    name: texts.text(span.name),
    attributes: show(span.attributes),
    status: {
      ...span.status,
      ...(span.status.message !== undefined && { message: texts.message(span.status.message) }),
    },
    events: span.events.map((event) => ({
      ...event,
      name: texts.text(event.name),
      ...(event.attributes !== undefined && { attributes: show(event.attributes) }),
    })),
    links: span.links.map((link) => ({
      ...link,
      ...(link.attributes !== undefined && { attributes: show(link.attributes) }),
    })),
  });
  return new Proxy(processor, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'onEnd') return value.bind(target) as unknown;
      return (span: EndedSpan) => target.onEnd(overlay(span, shownOrNothing(span, shown)) as never);
    },
  });
}

/** What cannot be treated cannot be shown. */
function shownOrNothing(span: EndedSpan, shown: (span: EndedSpan) => object): object {
  try {
    return shown(span);
  } catch {
    return {
      name: '<unreadable>',
      attributes: { 'lantern.redaction': 'failed' },
      status: { ...span.status, message: '' },
      events: [],
      links: [],
    };
  }
}

/** A span with some of its members replaced, whatever class it is of. */
function overlay(span: EndedSpan, members: object): EndedSpan {
  return new Proxy(span, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name) as unknown;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
