import { runWithCorrelation } from '../propagation/correlation.ts';
import { extractRecordCorrelation, toCorrelationContext } from '../propagation/extract-correlation.ts';
import { parseTraceHeader } from '../propagation/trace-header.ts';
import { tracer } from './current-tracer.ts';

/**
 * Handles one record of a batch in a scope of its own: its log lines and outgoing calls carry the correlation id
 * that came with the record, and the timeline shows it as a unit that names the trace it came
 * from.
 *
 * @param record as Lambda delivers it. One that carries no id gets a new one.
 * @returns what `fn` returns; what it throws is thrown on.
 *
 * @example
 * processPartialResponse(event, (record) => withRecord(record, () => fulfil(record)), processor);
 */
export function withRecord<R>(record: unknown, fn: () => R): R {
  const context = toCorrelationContext(extractRecordCorrelation(record));
  return runWithCorrelation(context, () =>
    tracer.trace('record', () => {
      tracer.annotate('CorrelationId', context.correlationId);
      const { root, parent } = parseTraceHeader(context.incoming?.traceHeader);
      // X-Ray links the traces of a batch by itself; this says which record came from which.
      if (root !== undefined) tracer.addMetadata('lantern', 'link', { trace_id: root, id: parent });
      return fn();
    }),
  );
}
