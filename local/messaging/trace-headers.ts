/**
 * Trace headers remembered at once. Only what was neither deleted nor received again counts, so a service
 * reaches this by leaving as many messages in its queues; the oldest header is then forgotten, not its message.
 */
const MAX_TRACE_HEADERS = 50_000;

interface Carried {
  readonly header: string;
  receiptHandle?: string;
}

/**
 * The `AWSTraceHeader` of each message in a queue, which fauxqs does not keep. The header goes in under the
 * message id, and is forgotten when the message is deleted by the receipt handle it was last received with.
 */
export class TraceHeaders {
  readonly #byMessage = new Map<string, Carried>();
  readonly #messageOfReceipt = new Map<string, string>();
  readonly #attaching = new Set<Promise<unknown>>();

  /** The first header of a message stays: a deduplicated send must not rewrite the original's. */
  attach(messageId: string, header: string): void {
    if (this.#byMessage.has(messageId)) return;
    this.#byMessage.set(messageId, { header });
    if (this.#byMessage.size > MAX_TRACE_HEADERS) this.#forgetOldest();
  }

  has(messageId: string): boolean {
    return this.#byMessage.has(messageId);
  }

  /** The header of a message that is being handed out under this receipt handle. */
  received(messageId: string, receiptHandle: string): string | undefined {
    const carried = this.#byMessage.get(messageId);
    if (carried === undefined) return undefined;
    if (carried.receiptHandle !== undefined) this.#messageOfReceipt.delete(carried.receiptHandle);
    carried.receiptHandle = receiptHandle;
    this.#messageOfReceipt.set(receiptHandle, messageId);
    return carried.header;
  }

  deleted(receiptHandle: string): void {
    const messageId = this.#messageOfReceipt.get(receiptHandle);
    if (messageId === undefined) return;
    this.#messageOfReceipt.delete(receiptHandle);
    this.#byMessage.delete(messageId);
  }

  /** Runs a send whose headers are attached only after fauxqs has shown the messages to waiting receivers. */
  async whileAttaching<Result>(send: () => Promise<Result>): Promise<Result> {
    const sending = send();
    this.#attaching.add(sending);
    try {
      return await sending;
    } finally {
      this.#attaching.delete(sending);
    }
  }

  /** Resolves when the headers of every send begun before now are attached. */
  async attached(): Promise<void> {
    await Promise.allSettled(this.#attaching);
  }

  #forgetOldest(): void {
    for (const [messageId, { receiptHandle }] of this.#byMessage) {
      this.#byMessage.delete(messageId);
      if (receiptHandle !== undefined) this.#messageOfReceipt.delete(receiptHandle);
      return;
    }
  }
}
