import { runWithCorrelation } from '../propagation/correlation.ts';
import { extractRecordCorrelation } from '../propagation/extract-correlation.ts';
import { tracer } from './current-tracer.ts';

/**
 * Handles one record of a batch in a scope of its own: its log lines and outgoing calls carry the correlation id
 * that came with the record, and the timeline shows it as a unit.
 *
 * @param record as Lambda delivers it. One that carries no id gets a new one.
 * @returns what `fn` returns; what it throws is thrown on.
 *
 * @example
 * processPartialResponse(event, (record) => withRecord(record, () => fulfil(record)), processor);
 */
export function withRecord<R>(record: unknown, fn: () => R): R {
  const { correlationId, source } = extractRecordCorrelation(record);
  return runWithCorrelation({ correlationId, source }, () =>
    tracer.trace('record', () => {
      tracer.annotate('CorrelationId', correlationId);
      return fn();
    }),
  );
}
