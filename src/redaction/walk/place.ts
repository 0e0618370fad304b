import { NO_PATH, pathEnds, stepInto, stepIntoItem } from '../policy/allowed-paths.ts';
import type { PathState } from '../policy/allowed-paths.ts';
import type { Category } from '../detectors/detector.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';

/** What holds at one place of a value. */
export interface Place {
  readonly allowed: boolean;
  readonly denied: Category | undefined;
  readonly paths: PathState;
}

/** What the name of a member says about its place. */
export interface NamedPlace {
  readonly key: string;
  readonly allowed: boolean;
  readonly denied: Category | undefined;
  /** The place of such a member when nothing is special about the object that it belongs to. */
  readonly place: Place;
}

/** Where nothing is allowed or denied and no path leads to, which is almost everywhere. */
const ORDINARY: Place = { allowed: false, denied: undefined, paths: NO_PATH };

/** The place of the whole value. */
export function rootPlace({ allowedPaths }: ResolvedPolicy): Place {
  return allowedPaths === undefined ? ORDINARY : { ...ORDINARY, paths: [allowedPaths] };
}

/** The place of a member of an object. What denies an object denies all that it holds. */
export function placeOfMember(place: Place, facts: NamedPlace): Place {
  const { allowed, denied, key } = facts;
  const isOrdinary = place === ORDINARY || (place.denied === undefined && place.paths.length === 0);
  if (isOrdinary) return allowed || denied !== undefined ? facts.place : ORDINARY;
  const paths = stepInto(place.paths, key);
  return { allowed: allowed || pathEnds(paths), denied: place.denied ?? denied, paths };
}

/** Items of an array under an allowed name are allowed too, unless they are objects. */
export function placeOfItem(place: Place): Place {
  if (place.paths.length === 0) return place;
  const paths = stepIntoItem(place.paths);
  return { ...place, allowed: place.allowed || pathEnds(paths), paths };
}

/** The place of the values of a map, whose keys are data: no name allows them. */
export function placeInMap(place: Place): Place {
  return place.allowed ? { ...place, allowed: false } : place;
}
