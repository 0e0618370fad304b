import type { Fields } from './injector.ts';
import { injectEach } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { byteLength, SIZE_LIMITS } from './size-limits.ts';

/** What a time counts for, whatever it is ("Calculating PutEvents event entry size"). */
const TIME_BYTES = 14;

export const injectPutEvents = injectEach(
  'Entries',
  payloadMessages('Detail', SIZE_LIMITS.eventBridge, entrySize),
);

/** "Calculating PutEvents event entry size" of the EventBridge user guide. */
function entrySize({ Time, Source, DetailType, Detail, Resources }: Fields): number {
  const resources = Array.isArray(Resources) ? (Resources as unknown[]) : [];
  return [Source, DetailType, Detail, ...resources].reduce<number>(
    (sum, value) => sum + byteLength(value),
    Time === undefined ? 0 : TIME_BYTES,
  );
}
