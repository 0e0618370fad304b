import type { EventSource } from '../event-source.ts';
import { elements, member, property } from '../property.ts';

/** Change streams of Amazon DocumentDB: a document carries an id only if the application stores one. */
export const documentDb: EventSource = {
  name: 'documentdb',
  matches: (event) => property(event, 'eventSource') === 'aws:docdb',
  read: () => ({}),
  batch: {
    records: (event) => elements(property(event, 'events')),
    owns: (record) => typeof property(property(record, 'event'), 'operationType') === 'string',
    read: (record, key) => ({
      correlationId: member(property(property(record, 'event'), 'fullDocument'), key),
    }),
  },
};
