import type { Carried } from '../carried.ts';
import { carriedInEntries } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, groupedElements, property, textOfBytes } from '../property.ts';

/** Amazon MSK and self-managed Kafka: records grouped by topic and partition, header values as arrays of bytes. */
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
      typeof property(record, 'topic') === 'string' && typeof property(record, 'partition') === 'number',
    read: readKafkaRecord,
  },
};

/** Each header is an object of its own. Of two equal names the last counts, as in Kafka's own clients. */
function readKafkaRecord(record: unknown): Carried {
  const headers = elements(property(record, 'headers')).toReversed();
  return carriedInEntries(
    headers.flatMap((header) => Object.entries(header ?? {})),
    textOfBytes,
  );
}
