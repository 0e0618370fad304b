import { describe, expect, it } from 'vitest';
import { recordFilter } from '../../../local/events/filter-criteria.ts';

describe('the filters of an event source', () => {
  it('let everything pass where there are none, and what one of them fits where there are', () => {
    expect(recordFilter([])({ eventName: 'INSERT' })).toBe(true);
    const filter = recordFilter([{ eventName: ['INSERT'] }, { eventName: ['REMOVE'] }]);
    expect(['INSERT', 'MODIFY', 'REMOVE'].map((eventName) => filter({ eventName }))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each<[string, unknown, boolean]>([
    ['{"kind":"order"}', { kind: ['order'] }, true],
    ['{"kind":"refund"}', { kind: ['order'] }, false],
    ['[{"kind":"order"}]', { kind: ['order'] }, true],
    // A filter of JSON passes no text, and a filter of texts no JSON.
    ['order', { kind: ['order'] }, false],
    ['order', ['order'], true],
    ['order-7', [{ prefix: 'order' }], true],
    ['{"kind":"order"}', [{ prefix: '{' }], false],
    ['7', [{ prefix: '7' }], true],
  ])('look into a body that is JSON: %s by %j: %s', (body, pattern, passes) => {
    expect(recordFilter([{ body: pattern }], 'body')({ body })).toBe(passes);
  });

  it('may ask for attributes, whatever the body is', () => {
    const filter = recordFilter([{ messageAttributes: { tenant: { stringValue: ['a'] } } }], 'body');
    expect(filter({ body: 'x', messageAttributes: { tenant: { stringValue: 'a' } } })).toBe(true);
    expect(filter({ body: '{}', messageAttributes: {} })).toBe(false);
  });
});
