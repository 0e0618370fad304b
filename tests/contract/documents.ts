import assert from 'node:assert/strict';
import type { Cause, ExceptionData, SegmentDocument, Subsegment } from '../../local/xray/document.ts';

/** A subsegment as it travels. */
export type Sent = Subsegment & { readonly trace_id: string; readonly parent_id: string };

/** Whether a document is the one of the handler. */
export function isHandler({ name }: { readonly name: string }): boolean {
  return name.startsWith('## ');
}

/** Those documents of a trace that are complete. */
export function completeOf(documents: readonly SegmentDocument[], traceId?: string): readonly Sent[] {
  return (documents as readonly Sent[]).filter(
    ({ trace_id, in_progress }) => in_progress !== true && (traceId === undefined || trace_id === traceId),
  );
}

/** The one complete document of the handler. */
export function handlerOf(documents: readonly SegmentDocument[], traceId?: string): Sent {
  const handlers = completeOf(documents, traceId).filter(isHandler);
  assert.equal(handlers.length, 1, `one handler subsegment, got ${JSON.stringify(documents)}`);
  return handlers[0] as Sent;
}

/** The one complete document of that name. */
export function named(documents: readonly SegmentDocument[], name: string): Sent {
  const found = completeOf(documents).filter((document) => document.name === name);
  assert.equal(found.length, 1, `one subsegment ${name}, got ${JSON.stringify(documents)}`);
  return found[0] as Sent;
}

export function exceptionsOf({ cause }: Sent): readonly ExceptionData[] {
  assert.equal(typeof cause, 'object', `a cause with exceptions, got ${JSON.stringify(cause)}`);
  return (cause as Cause).exceptions ?? [];
}

const IDS = new Set(['id', 'trace_id', 'parent_id', 'cause', 'CorrelationId']);
/** Of a document, of a trace, of a request. */
const ID = /^(?:[0-9a-f]{16}|1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TIMES = new Set(['start_time', 'end_time']);

/** The text of documents without their ids and times, which may hold any few letters and digits by chance. */
export function textOf(documents: unknown): string {
  return JSON.stringify(documents, (key, value: unknown) => {
    const isMadeUp = TIMES.has(key) || (IDS.has(key) && typeof value === 'string' && ID.test(value));
    return isMadeUp ? undefined : value;
  });
}
