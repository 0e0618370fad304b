import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Differences } from '../../xray/differences.ts';
import type { Durations } from '../../xray/durations.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { createRefresher } from '../api/refresher.ts';
import { messageOf } from '../format/text.ts';
import type { Address } from '../routing/navigation.ts';
import { rangeOf } from '../routing/time-span.ts';
import { filterProblem, splitDuration } from '../search/conditions.ts';

/** While traces arrive, they are counted again this often. */
const COUNT_EVERY_MS = 1500;

/** How long the traces took, and what those that were asked for have in common. */
export interface Distribution {
  /** Of the traces that match all but what the filter asks of the duration. */
  readonly durations: Durations | undefined;
  /** Undefined where nothing is asked for. */
  readonly differences: Differences | undefined;
  readonly failure: string | undefined;
}

const NOTHING: Distribution = { durations: undefined, differences: undefined, failure: undefined };

/** @param isWaiting nothing is counted anew until it is over: the list is paused, or it is read first. */
export function useDistribution(
  api: ConsoleApi,
  { span, search: { filter } }: Pick<Address, 'span' | 'search'>,
  isWaiting: boolean,
): Distribution {
  const [distribution, setDistribution] = useState(NOTHING);
  const isReadable = useMemo(() => filterProblem(filter) === undefined, [filter]);
  useEffect(() => {
    let isOver = false;
    const { within, bounds } = splitDuration(filter);
    const count = async () => {
      const range = rangeOf(span, Date.now());
      const next = await Promise.all([
        api.durations({ filter: within, range }),
        filter === ''
          ? undefined
          : api.differences({ filter, within: bounds === undefined ? '' : within, range }),
      ]).then(
        ([durations, differences]): Distribution => ({ durations, differences, failure: undefined }),
        (error: unknown): Distribution => ({ ...NOTHING, failure: messageOf(error) }),
      );
      if (!isOver) setDistribution(next);
    };
    if (!isReadable) {
      setDistribution(NOTHING);
      return;
    }
    if (isWaiting) return;
    const counting = createRefresher(count, COUNT_EVERY_MS);
    const unsubscribe = api.subscribe(({ type }) => {
      if (type === 'connected' || type === 'summary' || type === 'cleared') counting.demand();
    });
    counting.demand();
    return () => {
      isOver = true;
      counting.stop();
      unsubscribe();
    };
  }, [api, span, filter, isReadable, isWaiting]);
  return distribution;
}
