import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../../local/xray/assemble.ts';
import { parseEntitySelector } from '../../../../local/xray/filter/parse-filter.ts';
import type { TimeSeriesStatistics } from '../../../../local/xray/graph/time-series.ts';
import { timeSeriesStatistics } from '../../../../local/xray/graph/time-series.ts';
import type { TraceGraph } from '../../../../local/xray/graph/trace-graph.ts';
import { graphOf } from '../../../../local/xray/graph/trace-graph.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { embedded, segment, traceId } from '../fixtures.ts';
import { traces } from './random-traces.ts';

/** An API that calls a table, at some time. */
function request(
  number: number,
  start: number,
  failure: { fault?: boolean; error?: boolean } = {},
): TraceGraph {
  const id = traceId(number);
  const call = embedded(2, {
    name: 'DynamoDB',
    namespace: 'aws',
    aws: { table_name: 'orders' },
    start_time: start + 0.5,
    end_time: start + 0.75,
    ...failure,
  });
  const api = segment(1, { name: 'api', start_time: start, end_time: start + 1, subsegments: [call] });
  return graphOf(assembleTrace(id, [{ ...api, trace_id: id }]));
}

const graphs = [
  request(1, 600),
  request(2, 659, { fault: true }),
  request(3, 660, { error: true }),
  request(4, 899),
];

function total({
  EdgeSummaryStatistics,
  ServiceSummaryStatistics,
}: TimeSeriesStatistics): number | undefined {
  return (EdgeSummaryStatistics ?? ServiceSummaryStatistics)?.TotalCount;
}

describe('statistics over time', () => {
  it('of a service, window by window', () => {
    const selector = parseEntitySelector('service("orders")');
    const [first, second, third, ...others] = timeSeriesStatistics(graphs, { from: 0, to: 900, selector });
    expect(others).toEqual([]);
    expect(first).toEqual({
      Timestamp: 600,
      ServiceSummaryStatistics: {
        OkCount: 1,
        ErrorStatistics: { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 },
        FaultStatistics: { OtherCount: 1, TotalCount: 1 },
        TotalCount: 2,
        TotalResponseTime: 0.5,
      },
      ResponseTimeHistogram: [{ Value: 0.25, Count: 2 }],
    });
    expect(second).toMatchObject({
      Timestamp: 660,
      ServiceSummaryStatistics: { ErrorStatistics: { OtherCount: 1 } },
    });
    expect(third).toMatchObject({ Timestamp: 840 });
  });

  it('of an edge, and of all edges', () => {
    const selector = parseEntitySelector('edge("api", id(type: "AWS::DynamoDB::Table"))');
    const period = 300;
    expect(timeSeriesStatistics(graphs, { from: 0, to: 900, period, selector })).toMatchObject([
      { Timestamp: 600, EdgeSummaryStatistics: { TotalCount: 4 } },
    ]);
    // From the client to the API, and from there to the table.
    expect(timeSeriesStatistics(graphs, { from: 0, to: 900, period }).map(total)).toEqual([8]);
    expect(
      timeSeriesStatistics(graphs, { from: 0, to: 900, selector: parseEntitySelector('edge("x", "y")') }),
    ).toEqual([]);
  });

  it('from the beginning of the range until before its end', () => {
    const selector = parseEntitySelector('service("api")');
    const count = (from: number, to: number): (number | undefined)[] =>
      timeSeriesStatistics(graphs, { from, to, selector }).map(total);
    expect(count(600, 660)).toEqual([2]);
    expect(count(600.5, 660.5)).toEqual([1, 1]);
    expect(count(660, 660)).toEqual([]);
  });

  it('add up to the same, however long the windows are', () => {
    fc.assert(
      fc.property(traces(1), traces(2), (one, other) => {
        const both = [graphOf(one), graphOf(other)];
        const sums = [60, 300].map((period) =>
          timeSeriesStatistics(both, { from: 0, to: 1e6, period, selector: { kind: 'service' } })
            .map((each) => total(each) ?? 0)
            .reduce((sum, each) => sum + each, 0),
        );
        const ended = both.flatMap(({ requests }) => requests).filter(({ end }) => end !== undefined);
        expect(sums).toEqual([ended.length, ended.length]);
      }),
      runs(100),
    );
  });
});
