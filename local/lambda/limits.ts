/** Numbers of the Lambda service, each with the page of the AWS Lambda developer guide (or API) it comes from. */

/** Bytes of an event given to a function by a synchronous call ("Lambda quotas", invocation payload: 6 MB). */
export const MAX_REQUEST_PAYLOAD = 6_291_456;

/** Bytes of an event given to a function by an asynchronous call ("Lambda quotas", invocation payload: 1 MB). */
export const MAX_ASYNC_PAYLOAD = 1_048_576;

/** Bytes of a buffered response: 6 MB and the 100 bytes that the service leaves for its own wrapping. */
export const MAX_RESPONSE_PAYLOAD = 6_291_556;

/** Invocations at once of all functions of a region, until more is asked for ("Lambda quotas", concurrent executions). */
export const ACCOUNT_CONCURRENCY = 1000;

/** Milliseconds of the init phase ("Lambda execution environment lifecycle", Init phase). */
export const INIT_TIMEOUT_MS = 10_000;

/** Characters of one string in a segment document ("X-Ray segment documents"). */
export const MAX_SEGMENT_NAME = 200;

/** Bytes of one log event ("Lambda quotas" and "CloudWatch Logs quotas": 256 KB); a longer line becomes several. */
export const MAX_LOG_EVENT = 262_144;

/** Bytes of the log that `X-Amz-Log-Type: Tail` returns ("Invoke" in the API reference). */
export const LOG_TAIL_BYTES = 4096;

/** Milliseconds before the first and the second retry of an asynchronous call ("Error handling for asynchronous invocation"). */
export const ASYNC_RETRY_DELAYS_MS: readonly number[] = [60_000, 120_000];

/** Milliseconds after which an event is not tried again, the same page: 6 hours. */
export const ASYNC_MAX_EVENT_AGE_MS = 6 * 60 * 60 * 1000;

/** Milliseconds between tries while Lambda cannot run an event, the same page: 1 second, doubled up to 5 minutes. */
export const ASYNC_BACKOFF_MS = { first: 1000, max: 5 * 60 * 1000 } as const;

/** How often a function is invoked in one chain before the next time is dropped ("Use Lambda recursive loop detection": about 16). */
export const MAX_CHAINED_INVOCATIONS = 16;

/** Bytes of the message in a dead letter's attributes ("Adding a dead-letter queue"). */
export const MAX_DEAD_LETTER_MESSAGE = 1024;

/** Characters of an exception's message and frames of its stack: ours, so that a document stays far below 64 kB. */
export const MAX_EXCEPTION_MESSAGE = 4096;
export const MAX_STACK_FRAMES = 50;

/** Bytes of a streamed response ("Response streaming for Lambda functions": 200 MB). */
export const MAX_STREAMED_RESPONSE = 209_715_200;

/** Tags of one function, and characters of their keys and values ("Using tags on Lambda functions"). */
export const MAX_TAGS = 50;
export const MAX_TAG_KEY = 128;
export const MAX_TAG_VALUE = 256;

/** Bytes of all environment variables of a function as JSON ("Lambda quotas": 4 KB; the refusal quotes the text it measured). */
export const MAX_ENVIRONMENT = 4096;

/** What is measured against it. */
export function sizeOfEnvironment(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(variables));
}

/** Layers of one function ("Lambda quotas"). */
export const MAX_LAYERS = 5;

/** Bytes of a function's code and its layers, unpacked ("Lambda quotas": 250 MB; the refusal says the number). */
export const MAX_UNPACKED = 262_144_000;

/**
 * What a function's configuration may be ("UpdateFunctionConfiguration" in the API reference): seconds and MB. On Lambda Managed
 * Instances asynchronous calls and most event sources have longer ("Lambda quotas", 2026).
 */
export const TIMEOUT_RANGE = { least: 1, most: 1800 } as const;
export const MANAGED_TIMEOUT_RANGE = { least: 1, most: 5400 } as const;
export const MEMORY_RANGE = { least: 128, most: 10_240 } as const;

/** Bytes of a request that changes a configuration or tags: far more than 4 KB of variables need. */
export const MAX_CONFIGURATION_REQUEST = 65_536;

/** Functions in one answer of ListFunctions (the same reference). */
export const MAX_LISTED_FUNCTIONS = 50;

/** Milliseconds between accepting a configuration and running with it. Ours: Lambda takes a second or so. */
export const UPDATE_DURATION_MS = 250;
