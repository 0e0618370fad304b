import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../local/console/details/exceptions.ts';
import type { Entity } from '../../../local/xray/document.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { orderPage } from '../../fixtures/console/orders.ts';

function entity(id: string, cause?: Entity['cause']): Entity {
  return {
    id,
    name: id,
    start_time: 1,
    ...(cause !== undefined && { cause }),
  };
}

describe('the failure of an entity', () => {
  const { trace, linked } = orderPage(0);
  const entities = buildTimeline([trace, ...linked], 2).rows.map((row) => row.entity);
  const named = (name: string) => entities.find((each) => each.name === name) ?? entity('missing');

  it('is its own exception, followed by the one that caused it', () => {
    const failure = failureOf(named('chargeCard'), entities);
    expect(failure?.owner.name).toBe('chargeCard');
    expect(failure?.exceptions.map(({ type }) => type)).toEqual(['PaymentError', 'SocketError']);
  });

  it('is found through the id of the subsegment that owns the exception', () => {
    const failure = failureOf(named('## fulfil-order'), entities);
    expect(failure?.owner.name).toBe('chargeCard');
    expect(failure?.exceptions[0]?.message).toBe('The bank did not answer within 450 ms');
  });

  it('is found through the id of an exception', () => {
    const owner = entity('owner', { exceptions: [{ id: 'x', type: 'TypeError' }] });
    expect(failureOf(entity('caller', 'x'), [owner])?.exceptions).toEqual([{ id: 'x', type: 'TypeError' }]);
  });

  it('puts the outermost exception first, however they were sent', () => {
    const inner = { id: 'inner' };
    const outer = { id: 'outer', cause: 'inner' };
    expect(failureOf(entity('a', { exceptions: [inner, outer] }), [])?.exceptions).toEqual([outer, inner]);
  });

  it('ends where causes go round in a circle', () => {
    const one = { id: 'one', cause: 'two' };
    const two = { id: 'two', cause: 'one' };
    expect(failureOf(entity('a', { exceptions: [one, two] }), [])?.exceptions).toEqual([one, two]);
    const left = entity('left', { id: 'right', exceptions: [] });
    const right = entity('right', { id: 'left', exceptions: [] });
    expect(failureOf(left, [left, right])).toBeUndefined();
  });

  it('is none for what names no cause, or one that is not valid', () => {
    expect(failureOf(named('priceOrder'), entities)).toBeUndefined();
    const broken = JSON.parse('{"id":"a","name":"a","start_time":1,"cause":{"exceptions":"oops"}}') as Entity;
    expect(failureOf(broken, [broken])).toBeUndefined();
  });
});
