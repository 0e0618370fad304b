import type { Injector } from './injector.ts';
import { injectOne, LEFT_OUT, unchanged } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { SIZE_LIMITS } from './size-limits.ts';

const inject = injectOne(payloadMessages('input', SIZE_LIMITS.stepFunctions));

/**
 * A name makes the start idempotent: starting again under it succeeds only with the same input, and the id of the next
 * try may be another.
 */
export const injectStartExecution: Injector = (input, correlationId) =>
  input.name === undefined ? inject(input, correlationId) : unchanged(input, LEFT_OUT.idempotent);

/** Only express workflows run synchronously, and their names are not unique. */
export const injectStartSyncExecution = inject;
