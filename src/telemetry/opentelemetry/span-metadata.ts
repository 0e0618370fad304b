/**
 * Bytes of JSON that the metadata of one span may take. X-Ray's daemon takes 49,104 bytes of spans in a datagram (65,507 bytes
 * of UDP, less its header, in base64); the rest is for all else that a span says.
 */
const MAX_METADATA_BYTES = 32_000;

/** Kept free for what an invocation adds as it ends. */
const RESERVE = 1_000;

/** Prefix of the attributes that X-Ray shows as metadata: the namespace follows, and the value is an object as JSON. */
const PREFIX = 'aws.xray.metadata.';

/** What is shown of a span but not searched, as JSON within limits. */
export class SpanMetadata {
  /** By namespace and key. Names are of the service, which may call something `__proto__`. */
  readonly #namespaces = new Map<string, Map<string, string>>();
  #bytes = 0;

  /** Bytes of JSON that fit still. */
  get room(): number {
    return Math.max(0, MAX_METADATA_BYTES - RESERVE - this.#bytes);
  }

  /**
   * @returns whether it has room.
   * @throws TypeError for what JSON cannot hold.
   */
  add(namespace: string, key: string, value: unknown): boolean {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) return true;
    const entries = this.#namespaces.get(namespace) ?? new Map<string, string>();
    const before = entries.get(key);
    const added = Buffer.byteLength(key) + Buffer.byteLength(json) - Buffer.byteLength(before ?? '');
    if (this.#bytes + added > MAX_METADATA_BYTES) return false;
    this.#bytes += added;
    this.#namespaces.set(namespace, entries.set(key, json));
    return true;
  }

  attributes(): Record<string, string> {
    return Object.fromEntries(
      [...this.#namespaces].map(([namespace, entries]) => [
        PREFIX + namespace,
        `{${[...entries].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`,
      ]),
    );
  }
}
