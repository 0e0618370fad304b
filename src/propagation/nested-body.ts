import { CORRELATION_ID_KEY } from './correlation-id.ts';
import type { Carried } from './carried.ts';
import { carriedIn, orElse } from './carried.ts';
import { member, property } from './property.ts';
import { isEventBridgeEvent, readEventBridgeEvent } from './sources/eventbridge.ts';

/**
 * Longer bodies are not parsed. Nothing that polls delivers more: 6 MB is the largest event of a synchronous invocation
 * (Lambda quotas).
 */
export const MAX_BODY_LENGTH = 6 * 1024 * 1024;

/** An EventBridge event in an SNS envelope in an SQS body takes two; one more is generous. */
export const MAX_BODY_DEPTH = 3;

/** Only a JSON object that mentions a name under which something is carried is worth parsing. */
const JSON_OBJECT = /^\s*\{/;
const CARRYING_NAME = /correlation-id|traceparent|baggage/i;

/**
 * What a body carries that may itself be an event: an SNS envelope, an EventBridge event, or any JSON object with the id
 * as a top-level member. S3 events have no place for an id.
 */
export function readNestedBody(body: unknown, depth = MAX_BODY_DEPTH): Carried {
  if (typeof body !== 'string' || body.length > MAX_BODY_LENGTH || depth === 0) return {};
  if (!JSON_OBJECT.test(body) || !CARRYING_NAME.test(body)) return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  return orElse(
    { correlationId: member(value, CORRELATION_ID_KEY) },
    isEventBridgeEvent(value) ? readEventBridgeEvent(value) : readSnsMessage(value, depth - 1),
  );
}

/** {@link readNestedBody} of base64, as Kinesis and Firehose deliver data. */
export function readBase64Body(data: unknown): Carried {
  if (typeof data !== 'string' || data.length > (MAX_BODY_LENGTH * 4) / 3 + 4) return {};
  return readNestedBody(Buffer.from(data, 'base64').toString('utf8'));
}

/** What an SNS message carries: its attributes first, then its text. Envelopes and records name both alike. */
export function readSnsMessage(message: unknown, depth = MAX_BODY_DEPTH): Carried {
  return orElse(
    carriedIn(property(message, 'MessageAttributes'), snsAttributeText),
    readNestedBody(property(message, 'Message'), depth),
  );
}

/** The text of an attribute; a binary one has none. */
function snsAttributeText(attribute: unknown): unknown {
  return property(attribute, 'Type') === 'Binary' ? undefined : property(attribute, 'Value');
}
