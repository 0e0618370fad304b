import type { Segment, SegmentDocument, Subsegment } from '../../../local/xray/document.ts';

export const TRACE_ID = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';

export function traceId(number: number): string {
  return `1-5f84c7a1-${number.toString(16).padStart(24, '0')}`;
}

export function entityId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** A complete segment that lasts a second. */
export function segment(number: number, fields: Partial<Segment> = {}): Segment {
  return {
    id: entityId(number),
    name: `segment-${number}`,
    start_time: 1000 + number,
    end_time: 1001 + number,
    trace_id: TRACE_ID,
    ...fields,
  };
}

/** A complete subsegment as it travels alone. */
export function subsegment(
  number: number,
  parent: number,
  fields: Partial<Subsegment> = {},
): Extract<SegmentDocument, { type: 'subsegment' }> {
  return {
    id: entityId(number),
    name: `subsegment-${number}`,
    start_time: 1000 + number,
    end_time: 1001 + number,
    ...fields,
    type: 'subsegment',
    trace_id: TRACE_ID,
    parent_id: entityId(parent),
  };
}

/** A complete subsegment as it stands inside its parent. */
export function embedded(number: number, fields: Partial<Subsegment> = {}): Subsegment {
  return {
    id: entityId(number),
    name: `subsegment-${number}`,
    start_time: 1000 + number,
    end_time: 1001 + number,
    ...fields,
  };
}

/** Without its end. */
export function begun<D extends SegmentDocument>(document: D): D {
  const copy: Omit<D, 'end_time'> & { end_time?: unknown } = { ...document, in_progress: true };
  delete copy.end_time;
  return copy as unknown as D;
}
