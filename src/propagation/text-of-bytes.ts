import { MAX_BAGGAGE_BYTES } from './baggage.ts';

/**
 * The text of bytes as Kafka and RabbitMQ deliver them: an array of numbers, signed or not. Baggage is the longest value
 * of interest; one byte more is enough to see that a value is too long.
 */
export function textOfBytes(bytes: unknown): string | undefined {
  if (!Array.isArray(bytes)) return undefined;
  return Buffer.from((bytes as number[]).slice(0, MAX_BAGGAGE_BYTES + 1)).toString('utf8');
}
