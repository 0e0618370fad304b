import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import {
  filterForAnnotation,
  filterForDuration,
  filterForEdge,
  filterForService,
  quote,
} from '../../../../local/xray/filter/write-filter.ts';
import { fc } from '../../../helpers/fast-check.ts';

const names = fc.string({ unit: 'binary' });

describe('a filter for what a reader points at', () => {
  it.each([
    [filterForService({ name: 'shop-api' }), 'service("shop-api")'],
    [
      filterForService({ name: 'a', type: 'client' }, 'fault'),
      'service(id(name: "a", type: "client")) { fault }',
    ],
    [filterForService({}), 'service()'],
    [filterForEdge({ name: 'a' }, { type: 'remote' }, 'error'), 'edge("a", id(type: "remote")) { error }'],
    [filterForAnnotation('orderId', 'say "hi"'), 'annotation.orderId = "say \\"hi\\""'],
    [filterForAnnotation('aws.responseLatency', 1.5), 'annotation[aws.responseLatency] = 1.5'],
    [filterForAnnotation('odd ]key"', false), 'annotation["odd ]key\\""] = false'],
    [filterForDuration({ least: 0.25, most: 2 }), 'duration >= 0.25 AND duration <= 2'],
    [filterForDuration({ most: 1e-7 }, 'responsetime'), 'responsetime <= 1e-7'],
    [filterForDuration({}), ''],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
    expect(() => parseFilter(written)).not.toThrow();
  });

  it('keeps whatever names and values there are', () => {
    const values = fc.oneof(names, fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        names.filter((key) => key !== ''),
        names,
        values,
        (key, name, value) => {
          expect(parseFilter(filterForService({ name }))).toEqual({ kind: 'service', service: { name } });
          expect(parseFilter(filterForEdge({ name, type: key }, { name: key, accountId: name }))).toEqual({
            kind: 'edge',
            source: { name, type: key },
            destination: { name: key, accountId: name },
          });
          expect(parseFilter(filterForAnnotation(key, value))).toEqual({
            kind: 'comparison',
            field: { keyword: 'annotation', key },
            operator: '=',
            value: value === 0 ? 0 : value,
          });
          expect(parseFilter(`user = ${quote(name)}`)).toHaveProperty('value', name);
        },
      ),
    );
  });
});
