import type { Entity, ExceptionData } from '../../xray/document.ts';
import { arrayOf, isRecord } from '../format/value.ts';

/** An entity's exceptions, the outermost first and each followed by what caused it. */
export interface Failure {
  /** The entity that recorded them: the one asked about, or the one its `cause` points to. */
  readonly owner: Entity;
  readonly exceptions: readonly ExceptionData[];
}

/**
 * Follows `cause` to the exceptions: they may stand in the entity itself, or it may carry only the id of an
 * exception (X-Ray's schema) or of the subsegment that owns it (what the X-Ray SDK writes).
 *
 * @returns undefined when the entity names no cause, or the one it names never arrived.
 */
export function failureOf(entity: Entity, all: Iterable<Entity>): Failure | undefined {
  const entities = [...all];
  const seen = new Set<Entity>();
  let owner: Entity | undefined = entity;
  while (owner !== undefined && !seen.has(owner)) {
    seen.add(owner);
    const exceptions = exceptionsIn(owner);
    if (exceptions.length > 0) return { owner, exceptions: inCausalOrder(exceptions) };
    const id = causeId(owner);
    owner =
      id === undefined ? undefined : entities.find((other) => other.id === id || hasException(other, id));
  }
  return undefined;
}

function exceptionsIn({ cause }: Entity): readonly ExceptionData[] {
  return isRecord(cause) ? arrayOf(cause['exceptions']).filter(isRecord) : [];
}

function causeId({ cause }: Entity): string | undefined {
  const id = isRecord(cause) ? cause['id'] : cause;
  return typeof id === 'string' ? id : undefined;
}

function hasException(entity: Entity, id: string): boolean {
  return exceptionsIn(entity).some((exception) => exception.id === id);
}

/** Exceptions nobody names as a cause come first, then the chain below each; the rest as they were sent. */
function inCausalOrder(exceptions: readonly ExceptionData[]): readonly ExceptionData[] {
  const causes = new Set(exceptions.map(({ cause }) => cause).filter((cause) => cause !== undefined));
  const roots = exceptions.filter(({ id }) => id === undefined || !causes.has(id));
  const ordered = new Set<ExceptionData>();
  for (const root of [...roots, ...exceptions]) {
    let next: ExceptionData | undefined = root;
    while (next !== undefined && !ordered.has(next)) {
      ordered.add(next);
      const { cause }: ExceptionData = next;
      next = cause === undefined ? undefined : exceptions.find(({ id }) => id === cause);
    }
  }
  return [...ordered];
}
