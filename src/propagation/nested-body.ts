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

function mentions(body: string, key: string): boolean {
  return CARRYING_NAME.test(body) || body.toLowerCase().includes(key);
}

/**
 * What a body carries that may itself be an event: an SNS envelope, an EventBridge event, or any JSON object with the id
 * as a top-level member. S3 events have no place for an id.
 *
 * @param body a text; or the object itself, where EventBridge Pipes have parsed it.
 * @param key that of the id, in lower case.
 */
export function readNestedBody(body: unknown, key: string, depth = MAX_BODY_DEPTH): Carried {
  if (depth === 0) return {};
  const value = typeof body === 'string' ? parsed(body, key) : body;
  return orElse(
    { correlationId: member(value, key) },
    isEventBridgeEvent(value) ? readEventBridgeEvent(value, key) : readSnsMessage(value, key, depth - 1),
  );
}

function parsed(body: string, key: string): unknown {
  if (body.length > MAX_BODY_LENGTH || !JSON_OBJECT.test(body) || !mentions(body, key)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** {@link readNestedBody} of base64, as Kinesis and Firehose deliver data. */
export function readBase64Body(data: unknown, key: string): Carried {
  if (typeof data !== 'string') return readNestedBody(data, key);
  if (data.length > (MAX_BODY_LENGTH * 4) / 3 + 4) return {};
  return readNestedBody(Buffer.from(data, 'base64').toString('utf8'), key);
}

/** What an SNS message carries: its attributes first, then its text. Envelopes and records name both alike. */
export function readSnsMessage(message: unknown, key: string, depth = MAX_BODY_DEPTH): Carried {
  return orElse(
    carriedIn(key, property(message, 'MessageAttributes'), snsAttributeText),
    readNestedBody(property(message, 'Message'), key, depth),
  );
}

/** The text of an attribute; a binary one has none. */
function snsAttributeText(attribute: unknown): unknown {
  return property(attribute, 'Type') === 'Binary' ? undefined : property(attribute, 'Value');
}
