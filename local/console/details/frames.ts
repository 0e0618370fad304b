import type { SourcePlace } from '../../console-contract.ts';
import { textOf } from '../format/value.ts';

/** One frame of a stack, as somebody sent it. */
export type Frame = Readonly<Record<string, unknown>>;

/** Frames that stand together in a stack. */
export interface FrameGroup {
  /** Of installed packages, of Node, or of Lambda's runtime: seldom where the mistake is. */
  readonly isLibrary: boolean;
  readonly frames: readonly Frame[];
}

/** Where frames are in the sources, by `frameKey`. */
export type SourcePlaces = ReadonlyMap<string, SourcePlace>;

/** What the server is asked for to find the source line of a frame; undefined for one without a path or a line. */
export function frameKey(frame: Frame): string | undefined {
  const { path, line, column } = frame;
  if (typeof path !== 'string' || path === '' || !isLineNumber(line)) return undefined;
  return `${line}:${isLineNumber(column) ? column : 0}:${path}`;
}

/** As many digits as `/api/sources` takes. */
function isLineNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 1e9;
}

/** Where a frame is in the sources, if anybody knows. */
export function placeOf(frame: Frame, places: SourcePlaces): SourcePlace | undefined {
  return places.get(frameKey(frame) ?? '');
}

/**
 * A stack in groups, in its order: what is the service's own, and what is not. In a bundle both are in the same files: only
 * the sources tell. One that has nothing of its own is one group.
 */
export function foldFrames(
  frames: readonly Frame[],
  places: SourcePlaces = new Map(),
): readonly FrameGroup[] {
  const isOfLibrary = (frame: Frame): boolean => {
    const path = placeOf(frame, places)?.file ?? textOf(frame['path']) ?? '';
    return LIBRARIES.some((library) => library.test(path));
  };
  if (frames.every(isOfLibrary)) return frames.length === 0 ? [] : [{ isLibrary: false, frames }];
  const groups: { readonly isLibrary: boolean; readonly frames: Frame[] }[] = [];
  for (const frame of frames) {
    const isLibrary = isOfLibrary(frame);
    const last = groups.at(-1);
    if (last?.isLibrary === isLibrary) last.frames.push(frame);
    else groups.push({ isLibrary, frames: [frame] });
  }
  return groups;
}

/** Installed packages, Lambda's runtime, Lantern's own where it runs from its sources, and Node. */
const LIBRARIES = [
  /(^|[\\/])node_modules[\\/]/,
  /^(file:\/\/)?\/var\/runtime\//,
  /[\\/]lantern-bootstrap-\w+[\\/]/,
  /^node:/,
];
