import type { Inventory } from 'lambda-lantern-local/template';

/** What the template connects, by the keys of its resources: whose failure is felt where. */
export interface Connections {
  /** The functions that answer for an API. */
  readonly behindApi: (api: string) => readonly string[];
  readonly apisBefore: (fn: string) => readonly string[];
  /** What a function calls and waits for: its environment names them. Never anything that waits for the function itself. */
  readonly calledBy: (fn: string) => ReadonlyArray<readonly [kind: 'api' | 'function', key: string]>;
  /** The functions on whose account messages wait in a queue: those that read it, or whose dead letters come here. */
  readonly behindQueue: (queue: string) => readonly string[];
}

/** Pure. */
export function connectionsOf({ functions, apis, queues }: Inventory): Connections {
  const behindApi = new Map(apis.map(({ key, functions: behind }) => [key, behind]));
  const calls = acyclicCalls({ functions, apis }, behindApi);
  const behindQueue = new Map(
    queues.map(({ key, consumers, deadLettersOf }) => [
      key,
      [
        ...consumers,
        ...queues.flatMap((source) => (deadLettersOf.includes(source.logicalId) ? source.consumers : [])),
        // Of a function that is invoked asynchronously, or of a stream that feeds one.
        ...functions.flatMap(({ key: fn, logicalId, eventSources }) =>
          [logicalId, ...eventSources.map(({ mapping }) => mapping)].some((id) => deadLettersOf.includes(id))
            ? [fn]
            : [],
        ),
      ],
    ]),
  );
  return {
    behindApi: (api) => behindApi.get(api) ?? [],
    apisBefore: (fn) => apis.flatMap(({ key, functions: behind }) => (behind.includes(fn) ? [key] : [])),
    calledBy: (fn) => calls.get(fn) ?? [],
    behindQueue: (queue) => [...new Set(behindQueue.get(queue) ?? [])],
  };
}

type Node = readonly [kind: 'api' | 'function', key: string];

/** Two that wait for each other would explain each other, and nobody would be told: of a circle, the last call is left out. */
function acyclicCalls(
  { functions, apis }: Pick<Inventory, 'functions' | 'apis'>,
  behindApi: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly Node[]> {
  const calls = new Map<string, Node[]>();
  const waitsFor = ([kind, key]: Node): readonly Node[] =>
    kind === 'api' ? (behindApi.get(key) ?? []).map((fn): Node => ['function', fn]) : (calls.get(key) ?? []);
  const reaches = (from: Node, fn: string, seen = new Set<string>()): boolean => {
    const id = from.join(' ');
    if (seen.has(id)) return false;
    seen.add(id);
    return (
      (from[0] === 'function' && from[1] === fn) || waitsFor(from).some((next) => reaches(next, fn, seen))
    );
  };
  for (const { key, refersTo } of functions) {
    const called = refersTo.flatMap((id): readonly Node[] => [
      ...apis.flatMap((api): readonly Node[] => (api.apiId === id ? [['api', api.key]] : [])),
      ...functions.flatMap((fn): readonly Node[] => (fn.logicalId === id ? [['function', fn.key]] : [])),
    ]);
    calls.set(
      key,
      called.filter((node) => !reaches(node, key)),
    );
  }
  return calls;
}
