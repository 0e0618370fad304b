import { MAX_BAGGAGE_BYTES } from './baggage.ts';

/** The value of a property that may not be there. */
export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** What API Gateway calls the request that it passes on; function URLs have it in the same place. */
export function gatewayRequestId(event: unknown): unknown {
  return property(property(event, 'requestContext'), 'requestId');
}

/** The value of a property of a JSON object whose name is `key` (lower case) whatever its case; arrays have none. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const exact = property(value, key);
  if (exact !== undefined) return exact;
  const name = Object.keys(value).find((candidate) => candidate.toLowerCase() === key);
  return name === undefined ? undefined : property(value, name);
}

/** The elements of a property that should be an array; none where it is not. */
export function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The elements of every array in an object: Kafka groups records by partition, RabbitMQ messages by queue. */
export function groupedElements(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(elements) : [];
}

/**
 * The text of bytes as Kafka and RabbitMQ deliver them: an array of numbers, signed or not. Baggage is the longest value
 * of interest; one byte more is enough to see that a value is too long.
 */
export function textOfBytes(bytes: unknown): string | undefined {
  if (!Array.isArray(bytes)) return undefined;
  return Buffer.from((bytes as number[]).slice(0, MAX_BAGGAGE_BYTES + 1)).toString('utf8');
}
