import { describe, expect, it } from 'vitest';
import {
  MAX_BAGGAGE_BYTES,
  MAX_BAGGAGE_MEMBERS,
  formatBaggage,
  parseBaggage,
} from '../../../src/propagation/baggage.ts';
import { fc } from '../../helpers/fast-check.ts';

function member(key: string, value: string, ...properties: string[]) {
  return { key, value, properties };
}

describe('parseBaggage', () => {
  it('reads members with blanks around them, encoded values and properties', () => {
    expect(parseBaggage('user=Am%C3%A9lie, tenant = shop ;ttl=60; hidden ,order=a=b')).toEqual([
      member('user', 'Amélie'),
      member('tenant', 'shop', 'ttl=60', 'hidden'),
      member('order', 'a=b'),
    ]);
  });

  it('skips members of the wrong form and keeps the others', () => {
    const wrong = [
      '',
      'novalue',
      '=x',
      'a b=c',
      'k="quoted"',
      'k=a b',
      'k=é',
      'k=v;bad prop',
      'k=v;=x',
      'k=\u0007',
    ];
    expect(parseBaggage(['first=1', ...wrong, 'last=2'].join(','))).toEqual([
      member('first', '1'),
      member('last', '2'),
    ]);
  });

  it('puts the replacement character where octets are not UTF-8, and leaves a percent sign alone', () => {
    expect(parseBaggage('a=%ff%41,b=100%,c=%zz')).toEqual([
      member('a', '\ufffdA'),
      member('b', '100%'),
      member('c', '%zz'),
    ]);
  });

  it('reads no more members and no more bytes than the limits, and cuts between members', () => {
    const many = Array.from({ length: 70 }, (_, index) => `k${index}=v`).join(',');
    expect(parseBaggage(many)).toHaveLength(MAX_BAGGAGE_MEMBERS);

    const long = Array.from({ length: 20 }, (_, index) => `k${index}=${'v'.repeat(1000)}`).join(',');
    const read = parseBaggage(long);
    expect(read).toHaveLength(8);
    expect(read.every(({ value }) => value.length === 1000)).toBe(true);
    expect(parseBaggage(`k=${'v'.repeat(MAX_BAGGAGE_BYTES)}`)).toEqual([]);
    expect(parseBaggage(`a=1,${'x'.repeat(10_000_000)}`)).toEqual([member('a', '1')]);
  });

  it('gives nothing for what is not text', () => {
    for (const header of [undefined, null, 7, {}, ['a=1']]) expect(parseBaggage(header)).toEqual([]);
  });
});

describe('formatBaggage', () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
  const members = fc.array(
    fc.record({
      key: token,
      value: fc.string({ unit: 'binary', maxLength: 20 }),
      properties: fc.array(
        fc.oneof(
          token,
          fc.tuple(token, token).map(([key, value]) => `${key}=${value}`),
        ),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 20 },
  );

  it('writes what parseBaggage reads back', () => {
    fc.assert(
      fc.property(members, (original) => {
        expect(parseBaggage(formatBaggage(original))).toEqual(original);
      }),
    );
  });

  it('stays within the limits, whatever was read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20_000 }), (text) => {
        expect(formatBaggage(parseBaggage(text)).length).toBeLessThanOrEqual(MAX_BAGGAGE_BYTES);
      }),
    );
    const many = Array.from({ length: 100 }, (_, index) => member(`k${index}`, 'é'.repeat(50)));
    const written = formatBaggage(many);
    expect(written.length).toBeLessThanOrEqual(MAX_BAGGAGE_BYTES);
    expect(parseBaggage(written)[0]).toEqual(many[0]);
  });
});
