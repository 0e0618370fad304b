import type { EventSource } from '../event-source.ts';
import { elements, member } from '../property.ts';
import { directInvoke } from './direct-invoke.ts';

/**
 * EventBridge Pipes: an array of records, also of a single one. Each is as its own source delivers it, but that a template
 * may have parsed its body; or it is what a template or an enrichment has made of it, which is read as a direct invocation.
 *
 * @param sources those of the records.
 */
export function createEventBridgePipes(sources: readonly EventSource[]): EventSource {
  const sourceOf = (record: unknown): EventSource | undefined =>
    sources.find(({ batch }) => batch?.owns(record));
  return {
    name: 'eventbridge-pipes',
    matches: (event, key) => {
      const records = elements(event);
      return (
        sourceOf(records[0]) !== undefined || records.some((record) => member(record, key) !== undefined)
      );
    },
    read: () => ({}),
    batch: {
      records: elements,
      // Seen alone it is a record of its own source.
      owns: () => false,
      kindOf: (record) => sourceOf(record)?.name ?? directInvoke.name,
      read: (record, key) => sourceOf(record)?.batch?.read(record, key) ?? directInvoke.read(record, key),
    },
  };
}
