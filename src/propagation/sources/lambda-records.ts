import type { Batch, EventSource } from '../event-source.ts';
import { elements, property } from '../property.ts';

/** What differs between the sources that deliver `{ Records: [...] }`. */
export interface RecordsSource {
  readonly name: string;
  /** The `eventSource` of each record. SNS alone writes its name with a capital. */
  readonly eventSource: string;
  /** What one record carries. */
  readonly read: Batch['read'];
}

/** A source that delivers `{ Records: [...] }`, each record with its `eventSource`. */
export function recordsSource({ name, eventSource, read }: RecordsSource): EventSource {
  const owns = (record: unknown): boolean =>
    (property(record, 'eventSource') ?? property(record, 'EventSource')) === eventSource;
  const records = (event: unknown): readonly unknown[] => elements(property(event, 'Records'));
  return {
    name,
    matches: (event) => owns(records(event)[0]),
    read: () => ({}),
    batch: { records, owns, read },
  };
}
