import { correlationHeader, runWithCorrelation } from '../propagation/correlation.ts';
import { extractRecordCorrelation, toCorrelationContext } from '../propagation/extract-correlation.ts';
import { inSpan } from './trace-scope.ts';

/**
 * Handles one record of a batch in a scope of its own: its log lines and outgoing calls carry the correlation id
 * that came with the record, and the timeline shows it as a unit that links to the trace it came from.
 *
 * @param record as Lambda delivers it. One that carries no id gets a new one.
 * @returns what `fn` returns; what it throws is thrown on.
 *
 * @example
 * processPartialResponse(event, (record) => withRecord(record, () => fulfil(record)), processor);
 */
export function withRecord<R>(record: unknown, fn: () => R): R {
  const context = toCorrelationContext(extractRecordCorrelation(record, correlationHeader()));
  const { correlationId, incoming } = context;
  return runWithCorrelation(context, () =>
    inSpan(
      { name: 'record', kind: 'consumer', ...(incoming !== undefined && { links: [incoming] }) },
      (span) => {
        span?.annotate('CorrelationId', correlationId);
        return fn();
      },
    ),
  );
}
