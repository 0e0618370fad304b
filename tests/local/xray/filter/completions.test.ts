import { describe, expect, it } from 'vitest';
import type { KnownValues } from '../../../../local/xray/filter/completions.ts';
import { completionsAt } from '../../../../local/xray/filter/completions.ts';
import { wantedAfter } from '../../../../local/xray/filter/parse-filter.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { expressions } from './expressions.ts';

const known: KnownValues = {
  services: [
    { name: 'shop-api', type: 'AWS::ApiGateway::Stage', accountId: '111111111111' },
    { name: 'create-order', type: 'AWS::Lambda::Function' },
    { name: 'with "quotes"' },
  ],
  annotationKeys: ['orderId', 'aws.responseLatency'],
  annotationValues: (key) => (key === 'orderId' ? ['o-1', 'o-2', 7, true] : []),
  users: ['alice', 'bob'],
  correlationIds: ['c-77'],
  groups: ['slow'],
  textsOf: (keyword) => (keyword === 'http.url' ? ['https://shop.example.com/orders'] : []),
};

/** The options at the `|` in the text, and the text that the first one makes of it. */
function at(marked: string): {
  readonly options: string[];
  readonly first: string;
  readonly replaced: string;
} {
  const position = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, options } = completionsAt(text, position, known);
  const [first] = options;
  return {
    options: options.map((option) => option.text),
    first: first === undefined ? text : text.slice(0, from) + first.text + text.slice(to),
    replaced: text.slice(from, to),
  };
}

describe('completions', () => {
  it.each<[marked: string, some: string[], none: string[]]>([
    [
      '|',
      ['fault', 'http.url', 'service(', 'edge(', 'annotation.orderId', 'coldstart', 'rootcause.fault.entity'],
      ['AND', 'root', 'coverage'],
    ],
    ['fault |', ['AND', 'OR', '=', '!='], ['fault', 'CONTAINS', 'NOT']],
    ['fault AND |', ['error', 'annotation[aws.responseLatency]'], ['AND']],
    ['http.url |', ['=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH', 'AND'], ['<']],
    ['duration |', ['<', '>=', 'OR'], ['CONTAINS']],
    ['duration > |', [], ['AND', 'true', 'fault']],
    ['ok = |', ['true', 'false'], ['fault']],
    ['user = |', ['"alice"', '"bob"'], ['fault']],
    ['correlationid = |', ['"c-77"'], []],
    ['http.method = |', ['"GET"', '"POST"'], []],
    ['http.url CONTAINS |', ['"https://shop.example.com/orders"'], []],
    ['annotation.orderId |', ['=', '>', 'CONTAINS'], []],
    ['annotation.orderId = |', ['"o-1"', '7', 'true'], ['"alice"']],
    ['annotation.orderId > |', ['7'], ['"o-1"', 'true']],
    ['service(|', ['"shop-api"', '"with \\"quotes\\""', 'id('], ['fault']],
    ['service("shop-api") |', ['AND', 'OR'], ['fault']],
    [
      'service("shop-api") { |',
      ['fault', 'root', 'name', 'coldstart', 'annotation.orderId'],
      ['service(', 'group.name'],
    ],
    ['service("shop-api") { fault |', ['AND', 'OR'], []],
    ['service(id(|', ['name:', 'type:', 'account.id:'], ['"shop-api"']],
    ['service(id(name: |', ['"shop-api"'], []],
    ['service(id(type: |', ['"AWS::Lambda::Function"'], ['"shop-api"']],
    ['service(id(account.id: |', ['"111111111111"'], []],
    ['edge("shop-api", |', ['"create-order"', 'id('], []],
    [
      'edge("a", "b") { |',
      ['source.annotation.orderId', 'destination.annotation.orderId', 'error'],
      ['root'],
    ],
    ['rootcause.responsetime.entity { |', ['coverage', 'remote', 'last'], ['type', 'fault']],
    ['rootcause.fault.exception { |', ['message', 'name'], ['coverage', 'remote']],
    ['group.name = |', ['"slow"'], []],
    ['(fault or |', ['error'], []],
    ['fualt AND |', [], ['error']],
    ['fault ) |', [], ['AND']],
  ])('at %s', (marked, some, none) => {
    const { options, replaced } = at(marked);
    expect(options).toEqual(expect.arrayContaining(some));
    expect(options.filter((option) => none.includes(option))).toEqual([]);
    expect(new Set(options).size).toBe(options.length);
    expect(replaced).toBe('');
  });

  it.each<[marked: string, options: string[], first: string]>([
    ['fau|', ['fault', 'rootcause.fault.service'], 'fault'],
    ['FAU|', ['fault'], 'fault'],
    ['ok AND resp|', ['responsetime'], 'ok AND responsetime'],
    ['sta|', ['http.status'], 'http.status'],
    ['ok AND fau| OR error', ['fault'], 'ok AND fault OR error'],
    ['fa|ul AND ok', ['fault'], 'fault AND ok'],
    ['service("cre|', ['"create-order"'], 'service("create-order"'],
    ['service("cre|") { fault }', ['"create-order"'], 'service("create-order") { fault }'],
    ['service("order|', ['"create-order"'], 'service("create-order"'],
    ['service(id(na|', ['name:'], 'service(id(name:'],
    ['user = "al|"', ['"alice"'], 'user = "alice"'],
    ['user c|', ['CONTAINS'], 'user CONTAINS'],
    ['ok a|', ['AND'], 'ok AND'],
    ['annotation.or|', ['annotation.orderId'], 'annotation.orderId'],
    ['annotation[aws|', ['annotation[aws.responseLatency]'], 'annotation[aws.responseLatency]'],
    ['annotation.orderId = "o-|', ['"o-1"', '"o-2"'], 'annotation.orderId = "o-1"'],
    ['user = "a|\\"b" AND ok', ['"alice"'], 'user = "alice"\\"b" AND ok'],
    ['zzz|', [], 'zzz'],
    ['user = "fault AND |', [], 'user = "fault AND '],
  ])('of what is begun at %s', (marked, options, first) => {
    const found = at(marked);
    expect(found.options.slice(0, options.length || 1)).toEqual(options);
    expect(found.first).toBe(first);
  });

  it('are there for long texts too', () => {
    const text = `user = "${'x'.repeat(3_000_000)}" AND fau`;
    const { from, options } = completionsAt(text, text.length, known);
    expect([text.slice(from), options[0]?.text]).toEqual(['fau', 'fault']);
  });

  it('say what they mean', () => {
    const { options } = completionsAt('cold', 4, known);
    expect(options).toEqual([
      { text: 'coldstart', detail: expect.stringContaining('only in Lantern') as string },
    ]);
    for (const { detail } of completionsAt('', 0, known).options) expect(detail).not.toBe('');
  });

  it('lie around the position, wherever that is, and fit what stands before', () => {
    fc.assert(
      fc.property(fc.oneof(expressions, fc.string({ unit: 'binary' })), fc.nat(300), (text, position) => {
        const { from, to, options } = completionsAt(text, position, known);
        const end = Math.min(position, text.length);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(end);
        expect(to).toBeGreaterThanOrEqual(end);
        expect(to).toBeLessThanOrEqual(text.length);
        // Whatever is chosen, the expression can go on from there.
        const [option] = options;
        if (option !== undefined)
          expect(wantedAfter(`${text.slice(0, from)}${option.text} `)).not.toEqual([]);
      }),
      runs(500),
    );
  });
});
