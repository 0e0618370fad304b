import { useEffect, useState } from 'preact/hooks';
import type { KnownTerms } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';

/** While somebody types, what has the text in it is looked up so often at most. */
const ASK_AFTER_MS = 150;

/**
 * What the traces can be found by. What cannot be read offers nothing; the list itself says that there is no connection.
 *
 * @param containing values with this text in them; empty for the newest, undefined for nothing.
 * @param asked another value reads them again.
 * @returns undefined until it is known.
 */
export function useKnown(
  api: ConsoleApi,
  containing: string | undefined,
  asked: unknown,
): KnownTerms | undefined {
  const [known, setKnown] = useState<{ readonly containing: string; readonly terms: KnownTerms }>();
  useEffect(() => {
    if (containing === undefined) return;
    let isOver = false;
    const read = () => {
      api.known(containing).then(
        (terms) => {
          if (!isOver) setKnown({ containing, terms });
        },
        () => undefined,
      );
    };
    const timer = setTimeout(read, containing === '' ? 0 : ASK_AFTER_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [api, containing, asked]);
  return known !== undefined && known.containing === containing ? known.terms : undefined;
}
