let findPlaces: (() => readonly string[]) | undefined;
let ends: readonly string[] | undefined;

/** @param find gives the places, `file:line:column`, where frames of ours stand on the stacks of others. Asked once. */
export function ownFramesAre(find: () => readonly string[]): void {
  findPlaces = find;
}

/**
 * A stack without our frames, which say nothing about the service. Bundled and minified they have no name and no file of
 * their own, so they are known by their place.
 */
export function withoutOwnFrames(stack: string): string {
  ends ??= (findPlaces?.() ?? []).flatMap((place) => [` ${place}`, `(${place})`]);
  const own = ends;
  return stack
    .split('\n')
    .filter((line) => !own.some((end) => line.endsWith(end)))
    .join('\n');
}
