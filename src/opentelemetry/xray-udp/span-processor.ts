import { diag, SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { UNFINISHED } from '../../telemetry/own-names.ts';
import type { EndedSpan, XRayUdpSpanExporter } from './exporter.ts';

/** How long a span that has ended waits for others, in milliseconds. */
const MOST_WAIT = 100;
/** How many do: what waits is lost when the process is killed. */
const MOST_WAITING = 64;

/**
 * Collects the spans that end and sends them together: when it is flushed, which `lambda-lantern` and other instrumentations of Lambda do
 * before the answer is returned, or after 100 ms, or when 64 wait. A batch processor's seconds are too long for a process that
 * freezes with its answer. As the process exits, what is open ends as failed, with a mark, and leaves with what waits.
 *
 * It is a `SpanProcessor` of OpenTelemetry's SDK 1, 2 and 3.
 */
export class XRayUdpSpanProcessor {
  readonly #exporter: XRayUdpSpanExporter;
  readonly #onFailure: (error: unknown) => void;
  readonly #open = new Set<Span>();
  #ended: EndedSpan[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param exporter sends what has ended.
   * @param onFailure told of why nothing could be sent, such as an address of the daemon that is none; by default OpenTelemetry's
   *   diagnostic logger, at `error`.
   */
  constructor(exporter: XRayUdpSpanExporter, onFailure: (error: unknown) => void = say) {
    this.#exporter = exporter;
    this.#onFailure = onFailure;
  }

  onStart(span: Span): void {
    this.#open.add(span);
    whenProcessExits(this);
  }

  onEnd(span: EndedSpan): void {
    this.#open.delete(span as unknown as Span);
    this.#ended.push(span);
    if (this.#ended.length >= MOST_WAITING) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), MOST_WAIT).unref();
  }

  /**
   * Ends the spans of a trace that are still open, as failed, with a mark that says why, and sends everything: the process may end
   * without another word. OTLP has no spans in progress, so what is never ended is never seen.
   *
   * @param reason value of the attribute `lantern.unfinished`.
   */
  endOpenSpans(traceId: string, reason: string): void {
    this.#endOpen(reason, (span) => span.spanContext().traceId === traceId);
  }

  /** What is done as the process exits: {@link endOpenSpans} of all traces. */
  leave(): void {
    try {
      this.#endOpen('the process ended', () => true);
    } catch (error) {
      // Thrown from here, it would change how the process ends.
      this.#onFailure(error);
    }
  }

  #endOpen(reason: string, isMeant: (span: Span) => boolean): void {
    // The innermost has begun last.
    for (const span of [...this.#open].reverse()) {
      if (!isMeant(span)) continue;
      span.setAttribute(UNFINISHED, reason);
      span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
      span.end();
    }
    this.#send();
  }

  async forceFlush(): Promise<void> {
    this.#send();
    await this.#exporter.drained();
  }

  async shutdown(): Promise<void> {
    this.#send();
    await this.#exporter.shutdown();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#ended;
    this.#ended = [];
    if (this.#open.size === 0) exiting.delete(this);
    if (spans.length === 0) return;
    try {
      this.#exporter.send(spans);
    } catch (error) {
      this.#onFailure(error);
    }
  }
}

function say(error: unknown): void {
  diag.error(`Spans could not be sent: ${error instanceof Error ? error.message : String(error)}`);
}

/** Those with spans that are open, or wait. A datagram still leaves while a process exits: its send needs no other turn. */
const exiting = new Set<XRayUdpSpanProcessor>();
let listens = false;

function whenProcessExits(processor: XRayUdpSpanProcessor): void {
  exiting.add(processor);
  if (listens) return;
  listens = true;
  process.on('exit', () => {
    for (const each of exiting) each.leave();
  });
}
