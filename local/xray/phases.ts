import type { TimelineRow } from './timeline.ts';

/** A part of what Lambda does around a handler. */
export type Phase = 'init' | 'invocation' | 'overhead';

/** The names that Lambda gives the subsegments of its function segments, and those that its console shows. */
const PHASES: ReadonlyMap<string, Phase> = new Map([
  ['Init', 'init'],
  ['Initialization', 'init'],
  ['Invocation', 'invocation'],
  ['Overhead', 'overhead'],
]);

/** The phase that each row is, by its key: only a child of a function's own segment is one. */
export function phasesOf(rows: readonly TimelineRow[]): ReadonlyMap<string, Phase> {
  const functions = new Set(
    rows.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ key }) => key),
  );
  return new Map(
    rows.flatMap(({ key, parentKey, kind, name }) => {
      const phase = kind === 'subsegment' && functions.has(parentKey ?? '') ? PHASES.get(name) : undefined;
      return phase === undefined ? [] : [[key, phase] as const];
    }),
  );
}
