import { textOf } from '../format/value.ts';

/** One frame of a stack, as somebody sent it. */
export type Frame = Readonly<Record<string, unknown>>;

/** Frames that stand together in a stack. */
export interface FrameGroup {
  /** Of installed packages, of Node, or of Lambda's runtime: seldom where the mistake is. */
  readonly isLibrary: boolean;
  readonly frames: readonly Frame[];
}

/** A stack in groups, in its order: what is the service's own, and what is not. One that has nothing of its own is one group. */
export function foldFrames(frames: readonly Frame[]): readonly FrameGroup[] {
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

function isOfLibrary(frame: Frame): boolean {
  const path = textOf(frame['path']) ?? '';
  return LIBRARIES.some((library) => library.test(path));
}
