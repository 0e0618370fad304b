import { describe, expect, it } from 'vitest';
import { invocationOf } from '../../../local/console/details/invocation.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { storyteller, trace, traceId } from '../../fixtures/console/entities.ts';

const AT = 1_790_000_000;
const { segment, subsegment } = storyteller(AT);
const id = traceId(1);
function aws(requestId: string) {
  return { aws: { request_id: requestId } };
}

const timeline = buildTimeline(
  [
    trace(id, [
      segment(
        id,
        { id: 1, name: 'stage', from: 0, to: 900 },
        { origin: 'AWS::ApiGateway::Stage', ...aws('of the API') },
      ),
      segment(
        id,
        { id: 2, name: 'pay', from: 100, to: 800.5 },
        {
          origin: 'AWS::Lambda::Function',
          ...aws('of Lambda'),
          subsegments: [
            subsegment(
              { id: 3, name: 'handler', from: 110, to: 700 },
              {
                subsegments: [
                  subsegment(
                    { id: 4, name: 'DynamoDB', from: 120, to: 130 },
                    { namespace: 'aws', ...aws('of DynamoDB') },
                  ),
                ],
              },
            ),
          ],
        },
      ),
      segment(id, { id: 5, name: 'slow', from: 200 }, { origin: 'AWS::Lambda', ...aws('still running') }),
    ]),
  ],
  AT + 1,
);

function of(name: string) {
  const row = timeline.rows.find((each) => each.name === name);
  return row && invocationOf(row, timeline.rows);
}

describe('the invocation of a row', () => {
  it('is the nearest of Lambda above it, whatever ids other services have given', () => {
    for (const name of ['pay', 'handler', 'DynamoDB']) {
      expect(of(name)).toEqual({ requestId: 'of Lambda', from: AT * 1000 + 100, to: AT * 1000 + 801 + 100 });
    }
  });

  it('is none where no function ran', () => {
    expect(of('stage')).toBeUndefined();
  });

  it('may go on as long as Lambda lets it, while it has not ended', () => {
    expect(of('slow')).toMatchObject({ requestId: 'still running', from: AT * 1000 + 200 });
    expect((of('slow')?.to ?? 0) - AT * 1000).toBeGreaterThanOrEqual(15 * 60_000);
  });
});
