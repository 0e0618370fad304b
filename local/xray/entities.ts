import type { Entity, Subsegment } from './document.ts';
import type { Trace } from './trace.ts';

/** Every entity of a trace, parents before children. Does not recurse, so depth is no concern. */
export function entitiesOf({ segments, orphans }: Pick<Trace, 'segments' | 'orphans'>): Generator<Entity> {
  return entitiesFrom([...segments, ...orphans]);
}

/** The entities and all below them, parents before children. Does not recurse, so depth is no concern. */
export function* entitiesFrom(tops: readonly Entity[]): Generator<Entity> {
  const pending = [...tops];
  for (let entity = pending.pop(); entity !== undefined; entity = pending.pop()) {
    yield entity;
    for (const subsegment of subsegmentsOf(entity)) pending.push(subsegment);
  }
}

export function subsegmentsOf(entity: Entity): readonly Subsegment[] {
  return entity.subsegments ?? [];
}

/** By start, and by id where two start together, so that the order never depends on arrival. */
export function byStart(one: Entity, other: Entity): number {
  return one.start_time - other.start_time || (one.id < other.id ? -1 : Number(one.id > other.id));
}
