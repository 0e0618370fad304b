/** SQS message ids are UUIDs, the sequence numbers of Kinesis and DynamoDB Streams are digits. */
const ITEM_IDENTIFIER = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{20,60})$/i;
const LOOKS_LIKE_JSON = /^[\uFEFF\s]{0,64}[{[]\s{0,64}["{[]/;

/** A status says nothing about a person (RFC 9110, section 15). */
export function isHttpStatus(value: number): boolean {
  return Number.isInteger(value) && value >= 100 && value <= 599;
}

/** Whether a text names a record of a batch, as `batchItemFailures` does. */
export function isItemIdentifier(text: string): boolean {
  return ITEM_IDENTIFIER.test(text);
}

/** Whether a text starts like an object or an array in JSON, whole or not. */
export function looksLikeJson(text: string): boolean {
  // Most strings start with a letter or a digit.
  return !startsWithWord(text) && LOOKS_LIKE_JSON.test(text);
}

/** Whether a text starts with an ASCII letter or digit, as no JSON with something inside does. */
export function startsWithWord(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 0x61 && first <= 0x7a) || (first >= 0x30 && first <= 0x5a);
}
