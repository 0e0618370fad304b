/** X-Ray developer guide, "Tracing event-driven applications": links of one trace. */
export const MAX_LINKS_PER_TRACE = 100;

/** Which traces link to which, readable from both ends. A link may point to a trace that is not stored. */
export class LinkIndex {
  readonly #outgoing = new Map<string, Set<string>>();
  readonly #incoming = new Map<string, Set<string>>();

  /** Whether the link is new; a trace does not link to itself, nor past its limit. */
  add(from: string, to: string): boolean {
    const targets = this.#outgoing.get(from);
    if (from === to || targets?.has(to) === true || (targets?.size ?? 0) >= MAX_LINKS_PER_TRACE) return false;
    put(this.#outgoing, from, to);
    put(this.#incoming, to, from);
    return true;
  }

  /** Traces that `id` itself links to. */
  from(id: string): readonly string[] {
    return [...(this.#outgoing.get(id) ?? [])];
  }

  /** Traces that `id` links to, then those that link to it. */
  of(id: string): readonly string[] {
    const linked = new Set([...(this.#outgoing.get(id) ?? []), ...(this.#incoming.get(id) ?? [])]);
    return [...linked].slice(0, MAX_LINKS_PER_TRACE);
  }

  /** Forgets the links that start at `id`, and gives the traces they led to. */
  removeFrom(id: string): readonly string[] {
    const targets = [...(this.#outgoing.get(id) ?? [])];
    this.#outgoing.delete(id);
    for (const target of targets) {
      const sources = this.#incoming.get(target);
      sources?.delete(id);
      if (sources?.size === 0) this.#incoming.delete(target);
    }
    return targets;
  }

  clear(): void {
    this.#outgoing.clear();
    this.#incoming.clear();
  }
}

function put(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}
