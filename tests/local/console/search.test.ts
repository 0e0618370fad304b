import { describe, expect, it } from 'vitest';
import {
  conditionsOf,
  filterProblem,
  splitDuration,
  withCondition,
  withDuration,
  withoutCondition,
} from '../../../local/console/search/conditions.ts';
import { examplesOf, NOTHING_KNOWN } from '../../../local/console/search/known-values.ts';
import { isPlainText, meaningsOf } from '../../../local/console/search/meanings.ts';
import { searchOptions } from '../../../local/console/search/search-options.ts';
import type { KnownTerms } from '../../../local/xray/trace.ts';

const known: KnownTerms = {
  services: ['payments.example.com', 'take-payment'],
  texts: [
    { keyword: 'correlationid', values: ['c-77'] },
    { keyword: 'requestid', values: ['4f2a-77'] },
    { keyword: 'http.url', values: ['https://shop/77'] },
  ],
  annotations: [
    { key: 'CorrelationId', values: ['c-77'] },
    { key: 'orderId', values: ['o-177', 'o-77'] },
    { key: 'aws.size', values: [77] },
  ],
};

/** What somebody may type, or a trace may be called. */
const HOSTILE = ['"', '\\', 'a\nb', '<img src=x>', ' ', '] }', '\u0000', '😀', '\ud800', 'ok'];

describe('the conditions of a search', () => {
  it.each([
    ['', 'fault', 'fault'],
    ['fault', 'fault', 'fault'],
    ['ok AND user = "a"', 'user = "a"', 'ok AND user = "a"'],
    ['ok or error', 'service("a")', '(ok OR error) AND service("a")'],
    ['service("a")', 'ok OR error', 'service("a") AND (ok OR error)'],
    ['duration > 1', 'fault AND duration > 1', 'duration > 1 AND fault'],
    ['this is nonsense', 'fault', 'fault'],
  ])('of %j with %j are %j', (filter, condition, expected) => {
    expect(withCondition(filter, condition)).toBe(expected);
  });

  it('can each be removed by themselves, whatever they are', () => {
    const conditions = [
      'ok OR error',
      '!service("a") { fault }',
      'edge("a", "b") { responsetime > 2 AND ok }',
      'annotation["a ] key"] = "a \\"text\\""',
      'duration < 3',
      'NOT (fault AND user)',
      'rootcause.json = #[{"Services":[]}]',
      'group.name != "slow"',
    ];
    const all = conditions.reduce(withCondition, '');
    expect(conditionsOf(all)).toHaveLength(conditions.length);
    for (const condition of conditionsOf(all)) {
      const rest = withoutCondition(all, condition);
      expect(conditionsOf(rest)).toEqual(conditionsOf(all).filter((each) => each !== condition));
    }
    expect(conditions.reduce(withCondition, all)).toBe(all);
  });

  it.each([
    ['', {}, ''],
    ['fault', { least: 0.3, below: 1 }, 'fault AND duration >= 0.3 AND duration < 1'],
    ['duration > 5 AND fault', { below: 0.001 }, 'fault AND duration < 0.001'],
    ['a.nonsense', { least: 1 }, 'duration >= 1'],
    ['ok OR duration > 2', { least: 1 }, '(ok OR duration > 2) AND duration >= 1'],
    ['duration >= 1 AND duration < 2', {}, ''],
  ])('of %j are within %j when a part of the histogram is chosen', (filter, bounds, expected) => {
    const written = withDuration(filter, bounds);
    expect(written).toBe(expected);
    expect(splitDuration(written).bounds).toEqual(Object.keys(bounds).length === 0 ? undefined : bounds);
    expect(splitDuration(written).within).toBe(splitDuration(filter).within);
  });

  it('take the narrowest of several bounds', () => {
    expect(splitDuration('duration > 1 AND duration >= 2 AND duration < 9 AND duration <= 7 AND ok')).toEqual(
      {
        within: 'ok',
        bounds: { least: 2, below: 7 },
      },
    );
    expect(splitDuration('duration = 3').bounds).toBeUndefined();
  });
});

describe('words that are no expression', () => {
  it.each([
    ['o-77', true],
    ['take-payment', true],
    ['two words', true],
    ['1-5f84c7a1-4e1f2d3c4b5a69788796a5b4', true],
    ['', false],
    ['  ', false],
    ['user = "a"', false],
    ['service(', false],
    ['ok AND', false],
  ])('%j: %s', (text, expected) => {
    expect(isPlainText(text)).toBe(expected);
  });

  it('may mean everything that has them, what is the same first', () => {
    const filters = meaningsOf('o-77', known).map(({ find }) =>
      'filter' in find ? find.filter : find.traceId,
    );
    expect(filters[0]).toBe('annotation.orderId = "o-77"');
    expect(filters).toEqual(
      expect.arrayContaining([
        'correlationid = "c-77"',
        'requestid = "4f2a-77"',
        'annotation[aws.size] = 77',
        'http.url CONTAINS "o-77"',
      ]),
    );
    expect(filters).not.toContain('annotation.CorrelationId = "c-77"');
  });

  it.each([
    ['1-5F84C7A1-4e1f2d3c4b5a69788796a5b4', '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4'],
    ['5f84c7a14e1f2d3c4b5a69788796a5b4', '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4'],
  ])('may be the id of a trace: %s', (text, traceId) => {
    expect(meaningsOf(text, NOTHING_KNOWN)[0]?.find).toEqual({ traceId });
  });

  it('that nothing has may still arrive', () => {
    const finds = meaningsOf('a "quoted" id', NOTHING_KNOWN).map(({ find }) => find);
    expect(finds).toEqual([
      { filter: 'correlationid = "a \\"quoted\\" id"' },
      { filter: 'requestid = "a \\"quoted\\" id"' },
    ]);
  });

  it.each(HOSTILE)('are only ever taken for expressions that can be read: %j', (text) => {
    const found = { ...known, services: [text], annotations: [{ key: text, values: [text, true] }] };
    for (const { find } of meaningsOf(text, found)) {
      if ('filter' in find) expect(filterProblem(find.filter)?.message).toBeUndefined();
    }
    for (const { filter } of examplesOf(found)) expect(filterProblem(filter)?.message).toBeUndefined();
  });
});

describe('below the search box', () => {
  function textsOf(text: string, found = NOTHING_KNOWN): string[] {
    return searchOptions(text, text.length, known, found).map((option) => option.text);
  }

  it('keywords come before what a word may mean, where it begins one', () => {
    const [first] = textsOf('corr', known);
    expect(first).toBe('correlationid');
    expect(textsOf('annotation.').filter((text) => text.includes('"annotation."'))).toEqual([]);
    expect(textsOf('take', { ...NOTHING_KNOWN, services: ['take-payment'] })[0]).toBe(
      'service("take-payment")',
    );
  });

  it('nothing is said of words before it is known what has them', () => {
    expect(searchOptions('o-77', 4, known, undefined)).toEqual([]);
    expect(searchOptions('o-77', 4, known, NOTHING_KNOWN)).toHaveLength(2);
  });

  it('a completion takes the place of what is begun, and stands apart from what is before it', () => {
    const written = (text: string) => {
      const [option] = searchOptions(text, text.length, known, NOTHING_KNOWN);
      return option?.act.kind === 'write' ? option.act : undefined;
    };
    expect(written('fault AND corr')).toMatchObject({ text: 'fault AND correlationid', caret: 23 });
    expect(written('annotation.orderId = "o-7')?.text).toBe('annotation.orderId = "o-77"');
    expect(written('service("take')?.text).toBe('service("take-payment"');
  });
});

describe('the examples', () => {
  it('have values that there are, of what names one thing', () => {
    expect(examplesOf(known).map(({ filter }) => filter)).toEqual(
      expect.arrayContaining([
        'annotation.orderId = "o-177"',
        'correlationid = "c-77"',
        'service("take-payment")',
      ]),
    );
    expect(examplesOf(NOTHING_KNOWN).map(({ filter }) => filter)).toContain('fault');
  });
});
