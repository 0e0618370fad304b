/** API Gateway's numbers. Source, unless said otherwise: "Amazon API Gateway quotas and important notes". */

/** Milliseconds a REST API waits for the function. */
export const REST_INTEGRATION_TIMEOUT = 29_000;

/** Milliseconds an HTTP API waits for the function. */
export const HTTP_INTEGRATION_TIMEOUT = 30_000;

/** Milliseconds that the URL of a function waits: none of its own, so longer than any function runs. */
export const FUNCTION_URL_TIMEOUT = 16 * 60_000;

/** Bytes of a request's body, both kinds of API. */
export const MAX_REQUEST_BODY = 10 * 1024 * 1024;

/** Bytes of a request's line and the values of its headers together, both kinds of API. */
export const MAX_REQUEST_HEAD = 10_240;

/** Characters of a string in a segment document. Source: "AWS X-Ray segment documents". */
export const MAX_SEGMENT_STRING = 250;
