import type { Entity } from './document.ts';
import type { EntityStatus } from './trace.ts';

/** From what hurts most to what is fine. */
export const WORST_FIRST: readonly EntityStatus[] = ['fault', 'throttle', 'error', 'in_progress', 'ok'];

/** How one entity ended, by its own flags, or by its HTTP status when it carries no flag. */
export function entityStatus(entity: Entity): EntityStatus {
  if (entity.fault === true) return 'fault';
  if (entity.throttle === true) return 'throttle';
  if (entity.error === true) return 'error';
  const flagged = (entity.fault ?? entity.throttle ?? entity.error) !== undefined;
  return (flagged ? undefined : httpFailure(entity.http?.response?.status)) ?? progress(entity);
}

/** Everything that went wrong with one entity: several may have. */
export interface Failures {
  readonly error: boolean;
  readonly throttle: boolean;
  readonly fault: boolean;
}

/** By its flags, or by its HTTP status when it carries no flag. What was throttled is an error too. */
export function failuresOf(entity: Pick<Entity, 'error' | 'throttle' | 'fault' | 'http'>): Failures {
  const { error, throttle, fault } = entity;
  if ((fault ?? throttle ?? error) !== undefined) {
    return { error: error === true || throttle === true, throttle: throttle === true, fault: fault === true };
  }
  const failure = httpFailure(entity.http?.response?.status);
  return {
    error: failure === 'error' || failure === 'throttle',
    throttle: failure === 'throttle',
    fault: failure === 'fault',
  };
}

export function worstStatus(statuses: Iterable<EntityStatus>): EntityStatus {
  const seen = new Set(statuses);
  return WORST_FIRST.find((status) => seen.has(status)) ?? 'ok';
}

/** X-Ray has no end for it yet, whether or not its sender says so. */
export function isInProgress(entity: Pick<Entity, 'end_time' | 'in_progress'>): boolean {
  return entity.end_time === undefined || entity.in_progress === true;
}

function httpFailure(status: number | undefined): EntityStatus | undefined {
  if (status === undefined || status < 400 || status > 599) return undefined;
  if (status === 429) return 'throttle';
  return status >= 500 ? 'fault' : 'error';
}

function progress(entity: Entity): EntityStatus {
  return isInProgress(entity) ? 'in_progress' : 'ok';
}
