import { describe, expect, it } from 'vitest';
import { comparisonSign } from '../../../local/console/chart/plot.ts';
import { linkedText } from '../../../local/console/format/text.ts';
import { formatMetricValue } from '../../../local/console/format/metric-value.ts';
import { tracingText } from '../../../local/console/shell/tracing-text.ts';
import { HOSTILE_TEXT } from '../../fixtures/console/alarms.ts';
import { shopService } from '../../fixtures/console/entities.ts';

describe('the text of an alarm', () => {
  const links = (text: string) => linkedText(text).flatMap(({ href }) => href ?? []);

  it('is followed where it says https, without the punctuation of its sentence', () => {
    expect(linkedText('See https://a.example/x?y=1#z. Then\n(https://b.example/).')).toEqual([
      { text: 'See ' },
      { text: 'https://a.example/x?y=1#z', href: 'https://a.example/x?y=1#z' },
      { text: '. Then\n(' },
      { text: 'https://b.example/', href: 'https://b.example/' },
      { text: ').' },
    ]);
  });

  it.each([
    'http://a.example/',
    'javascript:alert(1)',
    'JAVASCRIPT://https',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://',
    'https://user:secret@a.example/',
    'https://bank.example@evil.example/',
    HOSTILE_TEXT,
    '',
  ])('stays words in %j', (text) => {
    expect(links(text)).toEqual([]);
    expect(
      linkedText(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('ends an address where markup would begin', () => {
    expect(links('https://a.example/"onclick="x')).toEqual(['https://a.example/']);
    expect(links('https://a.example/<b>')).toEqual(['https://a.example/']);
  });

  it('takes no time over long texts without an address', () => {
    expect(linkedText(`https://${'a.'.repeat(50_000)}`)).toHaveLength(2);
  });
});

describe('a value with its unit', () => {
  it.each([
    [4800, 'Milliseconds', '4.8 s'],
    [0, 'Milliseconds', '0 ms'],
    [90, 'Seconds', '1 min 30 s'],
    [12.345, 'Percent', '12.3 %'],
    [0, 'Count', '0'],
    [999, 'Count', '999'],
    [1234, 'Count', '1.23 k'],
    [2_500_000, undefined, '2.5 M'],
    [92, 'Megabytes', '92 MB'],
    [30, 'Count/Second', '30/s'],
    [1500, 'Bytes/Second', '1.5 kB/s'],
    [2048, 'Megabytes', '2048 MB'],
    [-2, 'None', '−2'],
    [-50, 'Milliseconds', '−50 ms'],
    [NaN, 'Count', '–'],
    [7, 'constructor', '7'],
  ])('%d %s is written %s', (value, unit, expected) => {
    expect(formatMetricValue(value, unit)).toBe(expected);
  });
});

describe('a comparison', () => {
  it('is a sign where there is one', () => {
    expect(comparisonSign('GreaterThanOrEqualToThreshold')).toBe('≥');
    expect(comparisonSign('GreaterThanUpperThreshold')).toBe('GreaterThanUpperThreshold');
    expect(comparisonSign('toString')).toBe('toString');
  });
});

describe('what the top bar says of tracing', () => {
  const traced = (...keys: readonly string[]) => ({
    ...shopService,
    tracing: keys.length > 0,
    functions: ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => ({
      key,
      name: `shop-${key}`,
      tracing: keys.includes(key),
    })),
  });

  it.each([
    [[], 'tracing off'],
    [['b'], 'tracing on: b'],
    [['a', 'b', 'c', 'd', 'e'], 'tracing on: a, b, c and 2 more'],
    [['a', 'b', 'c', 'd', 'e', 'f'], 'tracing on'],
  ])('with %j is %j', (keys, expected) => {
    expect(tracingText(traced(...keys))).toBe(expected);
  });

  it('says that no template asks for it', () => {
    const all = traced('a', 'b', 'c', 'd', 'e', 'f');
    expect(tracingText({ ...all, isTracedHereOnly: true })).toBe('tracing on, here only');
  });
});
