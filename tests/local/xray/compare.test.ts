import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import { changeOf, compareTimelines, differsInKind } from '../../../local/xray/compare.ts';
import type { SegmentDocument, Subsegment } from '../../../local/xray/document.ts';
import type { Timeline } from '../../../local/xray/timeline.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { fc } from '../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, traceId } from './fixtures.ts';
import { traces } from './graph/random-traces.ts';

function timelineOf(number: number, ...documents: SegmentDocument[]): Timeline {
  const id = traceId(number);
  return buildTimeline(
    [
      assembleTrace(
        id,
        documents.map((document) => ({ ...document, trace_id: id })),
      ),
    ],
    5000,
  );
}

function shop(...subsegments: Subsegment[]) {
  return segment(1, { name: 'shop', origin: 'AWS::Lambda::Function', subsegments });
}

function step(number: number, name: string, seconds = 1, fields: Partial<Subsegment> = {}) {
  return embedded(number, { name, start_time: 1000 + number, end_time: 1000 + number + seconds, ...fields });
}

/** Indented; `-` only before, `+` only after. */
function told(before: Timeline, after: Timeline): string[] {
  return compareTimelines(before, after).map(({ depth, before: left, after: right }) => {
    const mark = left === undefined ? '+' : right === undefined ? '-' : ' ';
    return `${mark}${'  '.repeat(depth)}${(left ?? right)?.name ?? ''}`;
  });
}

describe('two traces side by side', () => {
  it('have what only one of them did where it happened', () => {
    const before = timelineOf(1, shop(step(2, 'read'), step(3, 'check'), step(4, 'write')));
    const after = timelineOf(2, shop(step(2, 'read'), step(3, 'cache'), step(4, 'write'), step(5, 'notify')));
    expect(told(before, after)).toEqual([
      ' shop',
      '   read',
      '+  cache',
      '-  check',
      '   write',
      '+  notify',
    ]);
  });

  it('have calls of one name paired in their order, each with what is below it', () => {
    const before = timelineOf(
      1,
      shop(step(2, 'get', 1, { subsegments: [step(9, 'retry')] }), step(3, 'get')),
    );
    const after = timelineOf(2, shop(step(2, 'get'), step(3, 'get'), step(4, 'get')));
    expect(told(before, after)).toEqual([' shop', '   get', '-    retry', '   get', '+  get']);
  });

  it('begin where the later one begins, if that is further inside, whichever comes first', () => {
    const call = step(8, 'Lambda', 1, { namespace: 'aws' });
    const api = segment(7, { name: 'api', origin: 'AWS::ApiGateway::Stage', subsegments: [call] });
    const through = timelineOf(1, api, { ...shop(step(2, 'read')), parent_id: entityId(8) });
    const replayed = timelineOf(2, shop(step(2, 'read'), step(3, 'cache')));
    expect(told(through, replayed)).toEqual([
      '-api',
      '-  Lambda',
      '     shop',
      '       read',
      '+      cache',
    ]);
    expect(told(replayed, through)).toEqual([
      '+api',
      '+  Lambda',
      '     shop',
      '       read',
      '-      cache',
    ]);
  });

  it('tell how much longer it took, and whether it ended in another way', () => {
    const [row] = compareTimelines(
      timelineOf(1, segment(1)),
      timelineOf(2, segment(1, { end_time: 1003.5, fault: true })),
    );
    expect(row && changeOf(row)).toBeCloseTo(1.5);
    expect(row && differsInKind(row)).toBe(true);
    const [running] = compareTimelines(timelineOf(1, segment(1)), timelineOf(2, begun(segment(1))));
    expect(running && changeOf(running)).toBeUndefined();
  });

  it('have every row of both once, parents first, whatever the traces are', () => {
    fc.assert(
      fc.property(traces(1), traces(2), (one, other) => {
        const [before, after] = [buildTimeline([one], 2000), buildTimeline([other], 2000)];
        const rows = compareTimelines(before, after);
        for (const [side, timeline] of [
          ['before', before],
          ['after', after],
        ] as const) {
          const shown = rows.flatMap((row) => row[side] ?? []);
          expect(shown.map(({ key }) => key).sort()).toEqual(timeline.rows.map(({ key }) => key).sort());
          const seen = new Set<string>();
          for (const { key, parentKey } of shown) {
            if (parentKey !== undefined) expect(seen).toContain(parentKey);
            seen.add(key);
          }
        }
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
      }),
    );
  });

  it('do not differ from themselves', () => {
    fc.assert(
      fc.property(traces(1), (trace) => {
        const timeline = buildTimeline([trace], 2000);
        for (const row of compareTimelines(timeline, timeline)) {
          expect(differsInKind(row)).toBe(false);
          expect(row.before?.key).toBe(row.after?.key);
        }
      }),
    );
  });
});
