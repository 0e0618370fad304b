import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { summarizeTrace } from '../../../local/xray/summary.ts';
import type { TraceSummary } from '../../../local/xray/trace.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID } from './fixtures.ts';

function summarize(...documents: SegmentDocument[]): TraceSummary {
  return summarizeTrace(assembleTrace(TRACE_ID, documents, { revision: 7, dropped: 0 }), []);
}

describe('summarizeTrace', () => {
  it('tells the root, the times, the services and the size of a trace', () => {
    const http = { request: { method: 'POST', url: 'http://localhost/orders' }, response: { status: 201 } };
    const summary = summarize(
      segment(5, { name: 'worker', end_time: 1010 }),
      segment(2, { name: 'create-order', parent_id: entityId(1) }),
      segment(1, { name: 'shop', end_time: 1003.5, http }),
      subsegment(3, 2),
    );
    expect(summary).toEqual({
      id: TRACE_ID,
      revision: 7,
      name: 'shop',
      startTime: 1001,
      duration: 9,
      responseTime: 2.5,
      http: { method: 'POST', url: 'http://localhost/orders', status: 201 },
      status: 'ok',
      isPartial: false,
      coldStart: false,
      services: ['shop', 'create-order', 'worker'],
      entityCount: 4,
      linkedTraceIds: [],
    });
  });

  it('takes the oldest entity for its name while there is no segment', () => {
    const summary = summarize(subsegment(4, 3), subsegment(3, 2));
    expect(summary).toMatchObject({ name: 'subsegment-3', isPartial: true, services: [] });
    expect(summary).not.toHaveProperty('responseTime');
  });

  it('takes a segment whose caller does not report for the root, and calls the trace partial', () => {
    const summary = summarize(segment(2, { name: 'called', parent_id: entityId(1) }));
    expect(summary).toMatchObject({ name: 'called', responseTime: 1, isPartial: true });
  });

  it('has no response time while the root is in progress', () => {
    const summary = summarize(begun(segment(1)), subsegment(2, 1));
    expect(summary).toMatchObject({ isPartial: true, status: 'in_progress', duration: 2 });
    expect(summary).not.toHaveProperty('responseTime');
  });

  it('shows the worst that happened anywhere, handled or not', () => {
    const summary = summarize(
      segment(1),
      subsegment(2, 1, { subsegments: [embedded(3, { throttle: true })] }),
    );
    expect(summary.status).toBe('throttle');
  });

  it.each(['Init', 'Initialization'])('knows a cold start by the subsegment %s of a function', (name) => {
    const inner = subsegment(2, 1, { name });
    expect(summarize(segment(1, { origin: 'AWS::Lambda::Function' }), inner).coldStart).toBe(true);
    expect(summarize(segment(1, { origin: 'AWS::Lambda' }), inner).coldStart).toBe(false);
  });

  it('knows a cold start by the annotation that Powertools writes', () => {
    expect(summarize(subsegment(2, 1, { annotations: { ColdStart: true } })).coldStart).toBe(true);
    expect(summarize(subsegment(2, 1, { annotations: { ColdStart: false } })).coldStart).toBe(false);
  });

  it('does not count time backwards when a clock was set back', () => {
    expect(summarize(segment(1, { end_time: 900 }))).toMatchObject({ duration: 0, responseTime: 0 });
  });
});
