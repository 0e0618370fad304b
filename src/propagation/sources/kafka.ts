import type { Carried } from '../carried.ts';
import { carriedInEntries } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, groupedElements, property, textOfBytes } from '../property.ts';

/**
 * Amazon MSK and self-managed Kafka: records grouped by topic and partition, header values as arrays of bytes. EventBridge
 * Pipes write the partition as a text.
 */
export const kafka: EventSource = {
  name: 'kafka',
  matches: (event) => {
    const eventSource = property(event, 'eventSource');
    return eventSource === 'aws:kafka' || eventSource === 'SelfManagedKafka';
  },
  read: () => ({}),
  batch: {
    records: (event) => groupedElements(property(event, 'records')),
    owns: (record) =>
      typeof property(record, 'topic') === 'string' && /^\d+$/.test(String(property(record, 'partition'))),
    read: readKafkaRecord,
  },
};

/** Each header is an object of its own. Of two equal names the last counts, as in Kafka's own clients. */
function readKafkaRecord(record: unknown, key: string): Carried {
  const headers = elements(property(record, 'headers')).toReversed();
  return carriedInEntries(
    key,
    headers.flatMap((header) => Object.entries(header ?? {})),
    textOfBytes,
  );
}
