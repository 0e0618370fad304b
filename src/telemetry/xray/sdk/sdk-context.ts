import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import { currentNamespace } from './current-namespace.ts';
import type { Namespace } from './current-namespace.ts';
import { isOver } from './kept-subsegment.ts';

/** What the SDK takes for current: a subsegment, or a segment such as the one that it makes for Lambda. */
export type Entity = Segment | Subsegment;

/** Tells the SDK where the running code stands. */
export interface Place {
  /** What is set there belongs to this object alone. */
  readonly key: object;
  /** What is current there until something else is set. */
  readonly entity: Entity;
}

/** Under which key the SDK keeps it. */
const SEGMENT = 'segment';

/**
 * Makes the SDK's notion of what is current follow ours, for whatever asks it: `captureAsyncFunc`, clients and drivers that
 * it has captured, `getSegment()`, Powertools' Tracer. In the scope of an invocation that is recorded, what is current is the
 * span of that scope, or what the SDK itself has made current since, within it; two scopes never see what is set in the
 * other. Everywhere else the SDK decides, as it does alone.
 *
 * All copies of the SDK share one namespace, that of the copy that was loaded last. So this is called again and again.
 *
 * @param placeOf where the running code stands; undefined where nothing is recorded, or the invocation has ended.
 * @returns what the SDK has made current; undefined where each subsegment is handed on by hand (the SDK's manual mode).
 */
export function followPlace(placeOf: () => Place | undefined): Settings | undefined {
  const namespace = currentNamespace();
  if (namespace === undefined) return undefined;
  const known = followed.get(namespace);
  if (known !== undefined) return known;
  const settings = new Settings(namespace);
  followed.set(namespace, settings);
  const get = namespace.get.bind(namespace);
  const set = namespace.set.bind(namespace);
  namespace.get = (key) => {
    const place = key === SEGMENT ? placeOf() : undefined;
    if (place !== undefined) return settings.find(place.key) ?? place.entity;
    const value = get(key);
    return isOver(value) ? undefined : value;
  };
  namespace.set = (key, value) => {
    const place = key === SEGMENT ? placeOf() : undefined;
    if (place === undefined) return set(key, value);
    settings.keep(place.key, value);
    return value;
  };
  return settings;
}

/** What was set in the contexts of one namespace, by the place where it was set. */
class Settings {
  readonly #namespace: Namespace;
  readonly #byContext = new WeakMap<object, WeakMap<object, unknown>>();
  /** Outside of Lambda there may be no context at all. */
  readonly #outermost = {};

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  keep(place: object, value: unknown): void {
    const context = this.#namespace.active ?? this.#outermost;
    const settings = this.#byContext.get(context) ?? new WeakMap<object, unknown>();
    this.#byContext.set(context, settings.set(place, value));
  }

  find(place: object): unknown {
    let context = this.#namespace.active;
    while (context !== null) {
      const found = this.#byContext.get(context)?.get(place);
      if (found !== undefined) return found;
      context = Object.getPrototypeOf(context) as object | null;
    }
    return this.#byContext.get(this.#outermost)?.get(place);
  }
}

/** Namespaces that follow us. */
const followed = new WeakMap<object, Settings>();
