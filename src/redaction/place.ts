import { NO_PATH, pathEnds, stepInto, stepIntoItem } from './allowed-paths.ts';
import type { PathState } from './allowed-paths.ts';
import type { Category } from './detectors/detector.ts';
import type { KeyFacts } from './key-book.ts';
import type { ResolvedPolicy } from './policy.ts';

/** What holds at one place of a value. */
export interface Place {
  readonly allowed: boolean;
  readonly denied: Category | undefined;
  readonly paths: PathState;
}

/** The place of the whole value. */
export function rootPlace({ allowedPaths }: ResolvedPolicy): Place {
  const paths = allowedPaths === undefined ? NO_PATH : [allowedPaths];
  return { allowed: false, denied: undefined, paths };
}

/** The place of a member of an object. What denies an object denies all that it holds. */
export function placeOfMember(place: Place, { allowed, denied, key }: KeyFacts): Place {
  const isSame = !allowed && denied === undefined && !place.allowed && place.paths.length === 0;
  if (isSame) return place;
  const paths = stepInto(place.paths, key);
  return { allowed: allowed || pathEnds(paths), denied: place.denied ?? denied, paths };
}

/** Items of an array under an allowed name are allowed too, unless they are objects. */
export function placeOfItem(place: Place): Place {
  if (place.paths.length === 0) return place;
  const paths = stepIntoItem(place.paths);
  return { ...place, allowed: place.allowed || pathEnds(paths), paths };
}
