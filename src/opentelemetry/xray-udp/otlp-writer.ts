import type { Attributes, HrTime, Link, SpanContext, SpanKind } from '@opentelemetry/api';

/*
 * Writes spans as OTLP's protobuf (opentelemetry-proto 1.x, `ExportTraceServiceRequest`). Messages are written from their end to their
 * beginning: then the length of each, which stands before it, is known when it is needed, and nothing is measured or copied.
 */

/** What is written of a span; a `ReadableSpan` of any generation of the SDK holds it. */
export interface SpanData {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: SpanContext;
  readonly parentSpanId: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Attributes;
  readonly events: ReadonlyArray<{
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Attributes | undefined;
    readonly droppedAttributesCount?: number | undefined;
  }>;
  readonly links: readonly Link[];
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** A library that makes spans. */
export interface Scope {
  readonly name: string;
  readonly version?: string | undefined;
}

/** How a field is written, as the last three bits of its tag say. */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;

const FIRST_SIZE = 8192;
/** Of a second. */
const NANOSECONDS = 1_000_000_000n;
/** So that a time fits into 64 bits: the year 2254. */
const MOST_SECONDS = 9_000_000_000;

class Writer {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  /** Where what has been written begins. */
  #at = FIRST_SIZE;

  /** What has been written; its bytes are valid until the next {@link reset}. */
  get written(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  get length(): number {
    return this.#buffer.length - this.#at;
  }

  reset(): void {
    this.#at = this.#buffer.length;
  }

  #room(bytes: number): void {
    if (this.#at >= bytes) return;
    const { written } = this;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, written.length + bytes * 2));
    this.#at = larger.length - written.length;
    written.copy(larger, this.#at);
    this.#buffer = larger;
  }

  varint(value: number): void {
    const bytes = varintLength(value);
    this.#room(bytes);
    this.#at -= bytes;
    let rest = value;
    for (let at = this.#at; ; at += 1) {
      if (rest < 0x80) {
        this.#buffer[at] = rest;
        return;
      }
      this.#buffer[at] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
  }

  tag(field: number, form: number): void {
    this.varint(field * 8 + form);
  }

  /** A kind, a code or a count. Whoever made the span may have said anything: what is none of them is 0, and not written. */
  number(field: number, value: number): void {
    if (!(value >= 1 && value <= Number.MAX_SAFE_INTEGER)) return;
    this.varint(value);
    this.tag(field, VARINT);
  }

  /** An integer that may be negative, as two's complement of 64 bits, ten bytes long then. */
  integer(field: number, value: number): void {
    if (value >= 0) {
      this.varint(value);
    } else {
      this.#room(10);
      let rest = BigInt.asUintN(64, BigInt(value));
      this.#at -= 10;
      for (let at = this.#at; at < this.#at + 10; at += 1) {
        this.#buffer[at] = Number(rest & 0x7fn) | (at < this.#at + 9 ? 0x80 : 0);
        rest >>= 7n;
      }
    }
    this.tag(field, VARINT);
  }

  double(field: number, value: number): void {
    this.#room(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
    this.tag(field, FIXED_64);
  }

  /** A time, in nanoseconds since 1970. One that is none (`new Date(NaN)`), or lies before or far behind, is 0, OTLP's "unknown". */
  time(field: number, [seconds, nanoseconds]: HrTime): void {
    const whole = Math.floor(seconds);
    const rest = Math.round(nanoseconds + (seconds - whole) * 1e9);
    const isTime = whole >= 0 && whole < MOST_SECONDS && rest >= 0 && rest < Number.MAX_SAFE_INTEGER;
    this.#room(8);
    this.#at -= 8;
    this.#buffer.writeBigUInt64LE(isTime ? BigInt(whole) * NANOSECONDS + BigInt(rest) : 0n, this.#at);
    this.tag(field, FIXED_64);
  }

  fixed32(field: number, value: number): void {
    this.#room(4);
    this.#at -= 4;
    this.#buffer.writeUInt32LE(value, this.#at);
    this.tag(field, FIXED_32);
  }

  text(field: number, value: string, evenEmpty = false): void {
    if (value === '' && !evenEmpty) return;
    const bytes = Buffer.byteLength(value);
    this.#room(bytes);
    this.#at -= bytes;
    this.#buffer.write(value, this.#at, bytes, 'utf8');
    this.varint(bytes);
    this.tag(field, LENGTH);
  }

  hex(field: number, value: string): void {
    const bytes = value.length / 2;
    this.#room(bytes);
    this.#at -= bytes;
    this.#buffer.write(value, this.#at, bytes, 'hex');
    this.varint(bytes);
    this.tag(field, LENGTH);
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#at -= value.length;
    this.#buffer.set(value, this.#at);
  }

  /** A message within: `write` writes its fields, the last one first. */
  message(field: number, write: () => void): void {
    const before = this.length;
    write();
    this.varint(this.length - before);
    this.tag(field, LENGTH);
  }
}

/** One for the process: nothing here waits. */
const writer = new Writer();

/** The bytes of a span, as an element of `ScopeSpans.spans`. */
export function writeSpan(span: SpanData): Uint8Array {
  writer.reset();
  writer.message(2, () => {
    const { spanContext, parentSpanId, status } = span;
    writer.fixed32(16, spanContext.traceFlags & 0xff);
    writer.message(15, () => {
      writer.number(3, status.code);
      writer.text(2, status.message ?? '');
    });
    writer.number(14, span.droppedLinksCount);
    for (const link of reversed(span.links)) writeLink(link);
    writer.number(12, span.droppedEventsCount);
    for (const event of reversed(span.events)) {
      writer.message(11, () => {
        writer.number(4, event.droppedAttributesCount ?? 0);
        writeAttributes(3, event.attributes);
        writer.text(2, event.name);
        writer.time(1, event.time);
      });
    }
    writer.number(10, span.droppedAttributesCount);
    writeAttributes(9, span.attributes);
    writer.time(8, span.endTime);
    writer.time(7, span.startTime);
    // OTLP's kinds begin with "unspecified".
    writer.number(6, span.kind + 1);
    writer.text(5, span.name);
    if (parentSpanId !== undefined) writer.hex(4, parentSpanId);
    writer.text(3, spanContext.traceState?.serialize() ?? '');
    writer.hex(2, spanContext.spanId);
    writer.hex(1, spanContext.traceId);
  });
  return Uint8Array.from(writer.written);
}

function writeLink({ context, attributes, droppedAttributesCount }: Link): void {
  writer.message(13, () => {
    writer.fixed32(6, context.traceFlags & 0xff);
    writer.number(5, droppedAttributesCount ?? 0);
    writeAttributes(4, attributes);
    writer.text(3, context.traceState?.serialize() ?? '');
    writer.hex(2, context.spanId);
    writer.hex(1, context.traceId);
  });
}

/** The bytes of a resource, as `ResourceSpans.resource`. */
export function writeResource(attributes: Attributes): Uint8Array {
  writer.reset();
  writer.message(1, () => writeAttributes(1, attributes));
  return Uint8Array.from(writer.written);
}

/** The bytes of a scope, as `ScopeSpans.scope`. */
export function writeScope({ name, version }: Scope): Uint8Array {
  writer.reset();
  writer.message(1, () => {
    writer.text(2, version ?? '');
    writer.text(1, name);
  });
  return Uint8Array.from(writer.written);
}

/** A request: one resource, one scope, and spans of it. */
export function writeRequest(resource: Uint8Array, scope: Uint8Array, spans: readonly Uint8Array[]): Buffer {
  writer.reset();
  writer.message(1, () => {
    writer.message(2, () => {
      for (const span of reversed(spans)) writer.bytes(span);
      writer.bytes(scope);
    });
    writer.bytes(resource);
  });
  return writer.written;
}

/** How long {@link writeRequest} makes a request, in bytes. */
export function requestLength(resource: Uint8Array, scope: Uint8Array, spans: number): number {
  const inner = scope.length + spans;
  const outer = resource.length + 1 + varintLength(inner) + inner;
  return 1 + varintLength(outer) + outer;
}

function varintLength(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

function writeAttributes(field: number, attributes: Attributes | undefined): void {
  if (attributes === undefined) return;
  for (const [key, value] of reversed(Object.entries(attributes))) {
    if (value === undefined) continue;
    writer.message(field, () => {
      writer.message(2, () => writeValue(value));
      writer.text(1, key);
    });
  }
}

/** Anything that JSON holds, and bytes. What is missing is a value without one. */
function writeValue(value: unknown): void {
  if (typeof value === 'string') writer.text(1, value, true);
  else if (typeof value === 'boolean') {
    writer.varint(value ? 1 : 0);
    writer.tag(2, VARINT);
  } else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) writer.integer(3, value);
    else writer.double(4, value);
  } else if (value instanceof Uint8Array) {
    writer.bytes(value);
    writer.varint(value.length);
    writer.tag(7, LENGTH);
  } else if (Array.isArray(value)) {
    writer.message(5, () => {
      for (const item of reversed<unknown>(value)) writer.message(1, () => writeValue(item));
    });
  } else if (typeof value === 'object' && value !== null) {
    writer.message(6, () => writeAttributes(1, value as Attributes));
  }
}

function* reversed<Item>(items: readonly Item[]): Generator<Item> {
  for (let at = items.length - 1; at >= 0; at -= 1) yield items[at] as Item;
}
