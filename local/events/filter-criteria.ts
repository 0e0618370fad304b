/** The filters of event source mappings: which records reach a function. One pattern that fits is enough. */
import type { JsonObject } from '../json.ts';
import { isObject, parseObject } from '../json.ts';
import { parseEventPattern } from './event-pattern.ts';

/**
 * Says which records pass; all of them, where there are no filters.
 *
 * @param data the member of a record that holds a text of the sender's, for example `body`: a filter of its fields looks into
 *   JSON, and a filter of texts passes nothing that is JSON ("Filtering with Amazon SQS" of Lambda's guide).
 * @throws EventPatternError
 */
export function recordFilter(filters: readonly JsonObject[], data?: string): (record: JsonObject) => boolean {
  if (filters.length === 0) return () => true;
  const passes = filters.map((filter) => {
    const matches = parseEventPattern(filter);
    return data === undefined || filter[data] === undefined
      ? matches
      : (record: JsonObject): boolean => {
          const parsed = parseData(record[data]);
          return isObject(filter[data])
            ? parsed !== undefined && matches({ ...record, [data]: parsed })
            : parsed === undefined && matches(record);
        };
  });
  return (record) => passes.some((pass) => pass(record));
}

/** Undefined where it is a plain text. */
function parseData(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const object = parseObject(value);
  if (object !== undefined) return object;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
