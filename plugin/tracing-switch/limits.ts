/** Of these, what is remembered of alarms: a deployment needs room for tags of its own. */
export const MAX_ENTRIES = 16;

/** Minutes that tracing stays on at most, unless told otherwise, and the most and the least that can be told. */
export const LONGEST_MINUTES = { default: 60, least: 1, most: 24 * 60 } as const;

/** Milliseconds before the first and at most before any further try, before jitter. */
export const BACKOFF_MS = { first: 200, longest: 5000 } as const;

/** Milliseconds left when an invocation gives up: enough to fail with a reason, before Lambda ends it without one. */
export const TIME_TO_FAIL_MS = 1000;
