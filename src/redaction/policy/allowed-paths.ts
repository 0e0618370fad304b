/** One step of the allowed paths: what may follow, and whether a path ends here. */
export interface PathNode {
  readonly keys: Map<string, PathNode>;
  /** Whatever the key is called: `*`. */
  anyKey: PathNode | undefined;
  /** Any item of an array: `[]`. */
  anyItem: PathNode | undefined;
  ends: boolean;
}

/** The steps that the allowed paths have reached at one position of the value. */
export type PathState = readonly PathNode[];

/** No path leads here, which is so almost everywhere. */
export const NO_PATH: PathState = [];

/** Whether an entry of `allow` is a path from the root; else it is the name of a key, wherever that stands. */
export function isPath(entry: string): boolean {
  return /[.*[\]]/.test(entry);
}

/**
 * Paths such as `body.order.id`, `items[].sku`, `*.total`, as one tree.
 *
 * @throws TypeError for a path with an empty step or an index.
 */
export function compilePaths(paths: readonly string[]): PathNode | undefined {
  if (paths.length === 0) return undefined;
  const root = node();
  for (const path of paths) {
    let at = root;
    for (const step of stepsOf(path)) {
      if (step === '[]') at = at.anyItem ??= node();
      else if (step === '*') at = at.anyKey ??= node();
      else {
        const next = at.keys.get(step) ?? node();
        at.keys.set(step, next);
        at = next;
      }
    }
    at.ends = true;
  }
  return root;
}

/**
 * The steps of a path: names of keys, `*` and `[]`.
 *
 * @param owner what the message calls the policy that allows the path.
 * @throws TypeError for a path with an empty step or an index.
 */
export function stepsOf(path: string, owner = 'redaction policy'): string[] {
  const steps = path
    .replaceAll('[*]', '[]')
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((step, at) => at > 0 || step !== '');
  if (
    steps.length === 0 ||
    steps.some((step) => step === '' || (step !== '[]' && /[[\]]|.\*|\*./.test(step)))
  ) {
    throw new TypeError(
      `The option "allow" of the ${owner} takes key names and paths such as items[].sku or *.total, but got ${JSON.stringify(path)}`,
    );
  }
  return steps;
}

/** Where the paths are after the key of an object; `*` takes the items of an array too. */
export function stepInto(state: PathState, key: string): PathState {
  if (state.length === 0) return NO_PATH;
  return state.flatMap(({ keys, anyKey }) => [keys.get(key), anyKey].filter((next) => next !== undefined));
}

/** Where the paths are after the item of an array. */
export function stepIntoItem(state: PathState): PathState {
  if (state.length === 0) return NO_PATH;
  return state.flatMap(({ anyItem, anyKey }) => [anyItem, anyKey].filter((next) => next !== undefined));
}

export function pathEnds(state: PathState): boolean {
  return state.length > 0 && state.some(({ ends }) => ends);
}

function node(): PathNode {
  return { keys: new Map(), anyKey: undefined, anyItem: undefined, ends: false };
}
