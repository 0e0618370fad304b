/** Collects what arrives one by one, to hand it over together. */
export interface Batcher<T> {
  readonly add: (item: T) => void;
  /** Forgets what was collected. */
  readonly drop: () => void;
}

/** `take` gets what arrived in the `afterMs` since the first of them. */
export function createBatcher<T>(take: (items: readonly T[]) => void, afterMs: number): Batcher<T> {
  let items: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add: (item) => {
      items.push(item);
      timer ??= setTimeout(() => {
        timer = undefined;
        const taken = items;
        items = [];
        take(taken);
      }, afterMs);
    },
    drop: () => {
      items = [];
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
