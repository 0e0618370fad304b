/** Repeats a load on demand: one at a time, never more often than the gap, and never forgetting the last demand. */
export interface Refresher {
  readonly demand: () => void;
  readonly stop: () => void;
}

/** `load` must not reject. */
export function createRefresher(load: () => Promise<void>, gapMs: number): Refresher {
  let state: 'idle' | 'busy' | 'demanded' | 'stopped' = 'idle';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = () => {
    state = 'busy';
    void load().then(() => {
      if (state !== 'stopped') timer = setTimeout(rest, gapMs);
    });
  };
  const rest = () => {
    if (state === 'demanded') run();
    else state = 'idle';
  };

  return {
    demand: () => {
      if (state === 'idle') run();
      else if (state === 'busy') state = 'demanded';
    },
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}
