import type { KeptEvent, Replay } from '../xray/replay.ts';
import { newTraceId } from '../xray/trace-header.ts';
import type { Invoke, InvokeRequest } from './invocation.ts';

/** Of all events that are kept, in bytes; the oldest give way. One of Lambda's largest, 6 MB, fits a few times. */
const MAX_BYTES = 32_000_000;

/** And so many of them, however small they are. */
const MAX_EVENTS = 5000;

interface Stored {
  readonly traceId: string;
  readonly request: Pick<
    InvokeRequest,
    'functionName' | 'payload' | 'clientContext' | 'identity' | 'tenantId'
  >;
  readonly event: KeptEvent;
  /** Which invocation it was, counted from the first. */
  readonly begun: number;
}

export interface KeptEventsOptions {
  /** @default 32_000_000 */
  readonly maxBytes?: number;
  /** @default 5000 */
  readonly maxEvents?: number;
}

/**
 * The newest events that functions were invoked with, so that they can be sent again. They hold what customers sent: they
 * stay in memory, are never shown, and end with this process.
 */
export class KeptEvents {
  readonly #limits: Required<KeptEventsOptions>;
  /** By request id, the oldest first. */
  readonly #stored = new Map<string, Stored>();
  #bytes = 0;
  #begun = 0;

  constructor({ maxBytes = MAX_BYTES, maxEvents = MAX_EVENTS }: KeptEventsOptions = {}) {
    this.#limits = { maxBytes, maxEvents };
  }

  /** The same function, which keeps what it is invoked with. What is refused, such as a throttled one, is not kept. */
  observe(invoke: Invoke): Invoke {
    return async (request) => {
      const begun = ++this.#begun;
      const response = await invoke(request);
      this.#keep(response.traceId, response.requestId, request, begun);
      return response;
    };
  }

  /** Those of one trace, in the order in which their invocations began: what called others comes before them. */
  of(traceId: string): KeptEvent[] {
    return [...this.#stored.values()]
      .filter((each) => each.traceId === traceId)
      .sort((one, other) => one.begun - other.begun)
      .map(({ event }) => event);
  }

  /**
   * Sends an event of a trace again, in a new trace, which is recorded if the function is traced now.
   *
   * @param requestId of the invocation that had it
   * @returns undefined when it is not kept (any more)
   * @throws what `invoke` throws, for example while every environment is busy
   */
  async replay(traceId: string, requestId: string, invoke: Invoke): Promise<Replay | undefined> {
    const stored = this.#stored.get(requestId);
    if (stored?.traceId !== traceId) return undefined;
    const { functionName, payload, clientContext } = stored.request;
    const response = await invoke({
      functionName,
      payload,
      ...(clientContext !== undefined && { clientContext }),
      traceHeader: `Root=${newTraceId()};Sampled=1`,
    });
    const failed = response.functionError !== undefined;
    return { traceId: response.traceId, requestId: response.requestId, functionName, failed };
  }

  clear(): void {
    this.#stored.clear();
    this.#bytes = 0;
  }

  #keep(traceId: string, requestId: string, request: InvokeRequest, begun: number): void {
    this.#forget(requestId);
    const { functionName, payload, clientContext, identity, tenantId } = request;
    const size = Buffer.byteLength(payload);
    const event = { functionName, requestId, size };
    const kept = {
      functionName,
      payload,
      ...(clientContext !== undefined && { clientContext }),
      ...(identity !== undefined && { identity }),
      ...(tenantId !== undefined && { tenantId }),
    };
    this.#stored.set(requestId, { traceId, request: kept, event, begun });
    this.#bytes += size;
    for (const oldest of this.#stored.keys()) {
      if (this.#bytes <= this.#limits.maxBytes && this.#stored.size <= this.#limits.maxEvents) return;
      this.#forget(oldest);
    }
  }

  #forget(requestId: string): void {
    this.#bytes -= this.#stored.get(requestId)?.event.size ?? 0;
    this.#stored.delete(requestId);
  }
}
