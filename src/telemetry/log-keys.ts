import { keepForInvocation, keptForInvocation, runKeeping } from '../propagation/correlation.ts';
import { ENDED } from '../propagation/scope.ts';
import { copyPlain, isPlainObject, setOwn } from './copy-plain.ts';

/*
 * Powertools keeps the keys that `appendKeys` adds in the logger, where they stand in the lines of the next invocation, which
 * is another customer's, and of one that overlaps. Here they belong to the invocation that appended them, and end with it.
 */

type Keys = Record<string, unknown>;

/** What is replaced of a Powertools Logger, of any copy of its package. */
interface Parts {
  appendKeys(attributes?: Keys): void;
  removeKeys(names?: string[]): void;
  resetKeys(): void;
  getCorrelationId(): unknown;
  createChild(options?: object): object;
  /** Protected: what subclasses override. */
  createLogger(options?: object): object;
  createAndPopulateLogItem(level: number, input: unknown, extra: unknown[]): unknown;
}

/** What every version 2 has, and without which keys cannot be held. */
const NEEDED: ReadonlyArray<keyof Parts> = ['appendKeys', 'removeKeys', 'createAndPopulateLogItem'];
/** What some versions lack. */
const OTHERS: ReadonlyArray<keyof Parts> = ['resetKeys', 'getCorrelationId', 'createChild', 'createLogger'];

/** "Logger", "Appending additional keys": names that Powertools keeps for itself. It warns of them, and drops them. */
const RESERVED: ReadonlySet<string> = new Set(['level', 'message', 'sampling_rate', 'service', 'timestamp']);

/** Of each logger the keys of one invocation. */
class InvocationKeys {
  /** Made when one is used: most invocations append nothing. */
  #ofLoggers: Map<object, Keys> | undefined;

  of(logger: object): Keys {
    this.#ofLoggers ??= new Map();
    let keys = this.#ofLoggers.get(logger);
    if (keys === undefined) this.#ofLoggers.set(logger, (keys = {}));
    return keys;
  }
}

const holding = new WeakSet();

/**
 * Opens the keys of an invocation, which end with the scope of its correlation id. A pipeline within another shares the keys of
 * the one around it: it is the same invocation.
 */
export function openLogKeys(): void {
  keepForInvocation(newKeys);
}

function newKeys(): InvocationKeys {
  return new InvocationKeys();
}

/** Runs `fn` with keys of its own, which end with it. */
export function withOwnLogKeys<R>(fn: () => R): R {
  return runKeeping(newKeys(), fn);
}

/**
 * Lets a logger, and its children from now on, hold the keys that are appended in an invocation for that invocation. Outside
 * of one it is what it was. Does nothing to what is no Logger of Powertools, or cannot be changed.
 *
 * @returns whether it holds them.
 */
export function holdKeys(logger: object): boolean {
  if (holding.has(logger)) return true;
  const parts = logger as Parts;
  const has = (name: keyof Parts): boolean => typeof parts[name] === 'function';
  if (!NEEDED.every(has) || !Object.isExtensible(logger)) return false;
  holding.add(logger);
  const original = Object.fromEntries(
    [...NEEDED, ...OTHERS.filter(has)].map((name) => [name, parts[name].bind(logger)]),
  ) as unknown as Parts;
  const held = (): Keys | undefined => keysOf(logger);

  const replacements: Parts = {
    appendKeys(attributes = {}) {
      // Work that goes on after its invocation appends for nobody: the lines are another customer's by then.
      if (keptForInvocation() === ENDED) return;
      const keys = held();
      if (keys === undefined) {
        original.appendKeys(attributes);
        return;
      }
      const names = Object.keys(attributes);
      const reserved = names.filter((name) => RESERVED.has(name));
      // For the warning that Powertools has for them.
      if (reserved.length > 0) original.appendKeys(pick(attributes, reserved));
      merge(
        keys,
        pick(
          attributes,
          names.filter((name) => !RESERVED.has(name)),
        ),
      );
    },
    removeKeys(names = []) {
      const keys = held();
      for (const name of names) delete keys?.[name];
      original.removeKeys(names);
    },
    resetKeys() {
      const keys = held();
      for (const name of Object.keys(keys ?? {})) delete keys?.[name];
      original.resetKeys();
    },
    getCorrelationId: () => held()?.correlation_id ?? original.getCorrelationId(),
    createChild(options) {
      const child = original.createChild(options) as Parts;
      const keys = held();
      if (keys !== undefined && Object.keys(keys).length > 0) child.appendKeys(keys);
      return child;
    },
    createLogger(options) {
      const child = original.createLogger(options);
      holdKeys(child);
      return child;
    },
    createAndPopulateLogItem(level, input, extra) {
      const keys = held();
      if (keys === undefined) return original.createAndPopulateLogItem(level, input, extra);
      // Behind the keys of the logger, and before those of the line, which are more special.
      if (typeof input !== 'object' || input === null) {
        return original.createAndPopulateLogItem(level, input, [keys, ...extra]);
      }
      const { message, ...ofLine } = input as Keys;
      return original.createAndPopulateLogItem(level, { message }, [keys, ofLine, ...extra]);
    },
  };
  for (const [name, value] of Object.entries(replacements) as Array<[keyof Parts, unknown]>) {
    // Not enumerable, as methods of a class are not.
    if (has(name)) Object.defineProperty(logger, name, { value, configurable: true, writable: true });
  }
  return true;
}

function keysOf(logger: object): Keys | undefined {
  const kept = keptForInvocation();
  return kept instanceof InvocationKeys ? kept.of(logger) : undefined;
}

function pick(attributes: Keys, names: readonly string[]): Keys {
  return Object.fromEntries(names.map((name) => [name, attributes[name]]));
}

/** As Powertools merges keys: objects member by member, everything else anew; `undefined` replaces nothing. */
function merge(target: Keys, source: Keys): void {
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined && name in target) continue;
    const before = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isPlainObject(value) && isPlainObject(before)) merge(before, value);
    else setOwn(target, name, copyPlain(value));
  }
}
