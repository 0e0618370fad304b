import { unicodePattern } from '../../redaction/first-use.ts';

/** Longest document X-Ray takes, in bytes: "64 kB" (X-Ray developer guide, "X-Ray segment documents"), read strictly. */
export const MAX_DOCUMENT_BYTES = 64_000;

/** Bytes of documents that one trace may hold (AWS General Reference, "AWS X-Ray endpoints and quotas": 500 kB). */
export const MAX_TRACE_BYTES = 500_000;

/** What the document of a subsegment has at least, in bytes: ids, times, a short name and their keys. */
export const MIN_DOCUMENT_BYTES = 250;

/** Longest name of a segment or subsegment, in characters (X-Ray developer guide, "X-Ray segment documents"). */
export const MAX_NAME_LENGTH = 200;

/** What a name may not hold: all but letters, numbers, white space and these symbols (the same page). */
export const invalidNameCharacters = unicodePattern(String.raw`[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]`, 'gu');
