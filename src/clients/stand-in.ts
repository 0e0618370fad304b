/**
 * Stands in for an object of somebody's: its members are those of that object, but for what `get` makes of them. Not a proxy
 * of the object itself: what is frozen must be shown as it is.
 */
export function standInFor<Original extends object>(
  original: Original,
  get: (key: string | symbol, own: unknown) => unknown,
): Original {
  return new Proxy(Object.create(original) as Original, {
    set: (_target, key, value) => Reflect.set(original, key, value, original),
    get: (_target, key) => get(key, Reflect.get(original, key, original)),
  });
}
