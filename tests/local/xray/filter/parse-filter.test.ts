import { describe, expect, it } from 'vitest';
import type { FilterExpression } from '../../../../local/xray/filter/expression.ts';
import { FilterError } from '../../../../local/xray/filter/expression.ts';
import { keywordsIn, OPERATORS } from '../../../../local/xray/filter/keywords.ts';
import {
  MAX_FILTER_DEPTH,
  parseEntitySelector,
  parseFilter,
} from '../../../../local/xray/filter/parse-filter.ts';
import { printFilter } from '../../../../local/xray/filter/write-filter.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { expressions } from './expressions.ts';

function flag(keyword: string, value = true): FilterExpression {
  return { kind: 'comparison', field: { keyword }, operator: '=', value };
}

function refusal(text: string): FilterError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`${text} was read.`);
}

describe('what is read', () => {
  it.each<[text: string, written: string]>([
    ['', ''],
    [' \n ', ''],
    ['responsetime > 5', 'responsetime > 5'],
    ['RESPONSETIME>5', 'responsetime > 5'],
    ['duration >= 5 AND duration <= 8', 'duration >= 5 AND duration <= 8'],
    ['ok !partial duration <3', 'ok AND !partial AND duration < 3'],
    ['ok = false', 'ok = false'],
    ['ok != true', 'ok = false'],
    ['fault != "false"', 'fault'],
    ['http.url AND responseTime > 2', 'http.url AND responsetime > 2'],
    ['error or fault and partial', 'error OR fault AND partial'],
    ['(error or fault) partial', '(error OR fault) AND partial'],
    ['((error))', 'error'],
    ['!(!(error))', 'error'],
    ['! ( error AND (fault AND ok) )', '!(error AND fault AND ok)'],
    ['!!ok', 'ok'],
    ['NOT ok', '!ok'],
    ['!http.status = 200', '!(http.status = 200)'],
    ['http.status != 2e2', 'http.status != 200'],
    ['responsetime > -.5E1', 'responsetime > -5'],
    ['user contains ""', 'user CONTAINS ""'],
    ['user = "a\\"b\\\\c\\u0041\\n"', 'user = "a\\"b\\\\cA\\n"'],
    ['annotation.age', 'annotation.age'],
    ['!Annotation.Age', '!annotation.Age'],
    ['annotation.age > 29', 'annotation.age > 29'],
    ['annotation.gameid = "817DL6VO"', 'annotation.gameid = "817DL6VO"'],
    ['annotation.vip = true', 'annotation.vip = true'],
    ['annotation.vip != true', 'annotation.vip != true'],
    ['annotation[age]=1', 'annotation.age = 1'],
    ['annotation [ aws.responseLatency ] > 1', 'annotation[aws.responseLatency] > 1'],
    ['annotation.aws.responseLatency > 1', 'annotation[aws.responseLatency] > 1'],
    ['annotation["with \\"quotes\\" ]"] = 1', 'annotation["with \\"quotes\\" ]"] = 1'],
    ['service("api.example.com") { fault }', 'service("api.example.com") { fault }'],
    ['service(){fault}', 'service() { fault }'],
    ['service("data-plane") {root = true and fault = true}', 'service("data-plane") { root AND fault }'],
    ['service("a"){}', 'service("a")'],
    [
      'service(id(type:"AWS::Lambda::Function",name: "f", account.id:"1")) { error }',
      'service(id(name: "f", type: "AWS::Lambda::Function", account.id: "1")) { error }',
    ],
    ['edge("a", id(type: "remote")) { error }', 'edge("a", id(type: "remote")) { error }'],
    ['edge("a","b"){source.annotation.x = 1}', 'edge("a", "b") { source.annotation.x = 1 }'],
    [
      'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")',
      'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")',
    ],
    [
      'group.name = "high_response_time" AND user = "alice"',
      'group.name = "high_response_time" AND user = "alice"',
    ],
    [
      'GROUP.ARN != "arn:aws:xray:eu-west-1:1:group/a/b"',
      'group.arn != "arn:aws:xray:eu-west-1:1:group/a/b"',
    ],
    [
      'rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }',
      'rootcause.responsetime.entity { remote AND coverage > 0.7 AND name = "traces" }',
    ],
    [
      'rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB" }',
      'rootcause.fault.service { inferred AND name = "traces" AND type = "AWS::DynamoDB" }',
    ],
    ['rootcause.fault.service { index > 5 }', 'rootcause.fault.service { index > 5 }'],
    [
      'rootcause.fault.exception{last and message="no"}',
      'rootcause.fault.exception { last AND message = "no" }',
    ],
    ['rootcause.error.entity', 'rootcause.error.entity'],
    [
      'rootcause.json = #[ {"Services": [ { "Name": "a]}\\"", "EntityPath": [{"Name":"b"}] } ]} ]',
      'rootcause.json = #[{"Services":[{"Name":"a]}\\"","EntityPath":[{"Name":"b"}]}]}]',
    ],
    ['coldstart correlationid = "c-1"', 'coldstart AND correlationid = "c-1"'],
  ])('%s', (text, written) => {
    expect(printFilter(parseFilter(text))).toBe(written);
  });

  it('binds AND, written or not, closer than OR', () => {
    expect(parseFilter('ok OR error fault')).toEqual({
      kind: 'or',
      operands: [flag('ok'), { kind: 'and', operands: [flag('error'), flag('fault')] }],
    });
  });

  it('marks the keywords that only Lantern knows, and no other', () => {
    expect(parseFilter('coldstart')).toMatchObject({ field: { keyword: 'coldstart', ours: true } });
    expect(parseFilter('correlationid')).toMatchObject({ field: { ours: true } });
    expect(parseFilter('annotation.coldstart')).toEqual({
      kind: 'set',
      field: { keyword: 'annotation', key: 'coldstart' },
    });
  });

  it('every keyword in its scope with every operator of its type', () => {
    const scopes = [
      ['trace', (filter: string) => filter],
      ['service', (filter: string) => `service("s") { ${filter} }`],
      ['edge', (filter: string) => `edge("s", "t") { ${filter} }`],
      ['cause service', (filter: string) => `rootcause.error.service { ${filter} }`],
      ['cause entity', (filter: string) => `rootcause.fault.entity { ${filter} }`],
      ['cause exception', (filter: string) => `rootcause.fault.exception { ${filter} }`],
      ['response time entity', (filter: string) => `rootcause.responsetime.entity { ${filter} }`],
    ] as const;
    const values = { boolean: 'false', number: '1.5', string: '"t"', annotation: '"t"' };
    for (const [scope, within] of scopes) {
      for (const { name, type } of keywordsIn(scope)) {
        const field = type === 'annotation' ? `${name}.key` : name;
        expect(() => parseFilter(within(field))).not.toThrow();
        for (const operator of OPERATORS[type]) {
          const value = type === 'annotation' && /[<>]/.test(operator) ? '1' : values[type];
          const text = within(`${field} ${operator} ${value}`);
          const expression = parseFilter(text);
          expect(parseFilter(printFilter(expression))).toEqual(expression);
        }
      }
    }
  });
});

describe('what is refused', () => {
  it.each<[text: string, position: number, length: number, says: RegExp, expected: string]>([
    ['fualt', 0, 5, /fualt is no keyword.*did you mean fault\?/, 'a condition'],
    ['ok AND respnsetime > 1', 7, 11, /did you mean responsetime/, 'a condition'],
    ['rootcause.fault { ok }', 0, 15, /did you mean rootcause\.fault\.service/, 'a condition'],
    ['responsetime >', 14, 0, /Expected a number; the text ends here/, 'a number'],
    ['responsetime > "5"', 15, 3, /Expected a number; got "5"/, 'a number'],
    ['responsetime > 5s', 15, 2, /no unit.*seconds/, 'a number'],
    ['duration > 1e999', 11, 5, /too large/, 'a smaller number'],
    ['duration CONTAINS "1"', 9, 8, /duration is compared by =, !=, <, <=, > or >=, not by CONTAINS/, '='],
    ['http.url > "a"', 9, 1, /not by >/, 'CONTAINS'],
    ['ok > true', 3, 1, /ok is compared by = or !=/, '='],
    ['ok = 1', 5, 1, /Expected true or false; got 1/, 'true or false'],
    ['user = alice', 7, 5, /double quotes: "alice"/, 'a text in double quotes'],
    ["user = 'alice'", 7, 1, /double quotes/, ''],
    ['user = "alice', 7, 6, /no closing quote/, '"'],
    ['user = "a\\qb"', 9, 2, /backslash/, '\\"'],
    ['user == "a"', 5, 2, /written =/, ''],
    ['ok && fault', 3, 2, /AND/, ''],
    ['duration 5', 9, 1, /Expected =.*got 5/, '>='],
    ['user "a"', 5, 3, /Expected.*CONTAINS.*got "a"/, 'BEGINSWITH'],
    ['ok AND', 6, 0, /the text ends here/, 'a condition'],
    ['AND ok', 0, 3, /AND is no keyword/, 'a condition'],
    ['ok OR OR fault', 6, 2, /OR is no keyword/, 'a condition'],
    ['(ok', 3, 0, /Expected.*\)/, ')'],
    ['ok)', 2, 1, /got \)/, 'AND'],
    ['!', 1, 0, /Expected/, 'a condition'],
    ['service("a") { fault', 20, 0, /ends here/, '}'],
    ['service("a" { fault }', 12, 1, /Expected \); got \{/, ')'],
    ['service(api) { fault }', 8, 3, /double quotes: "api"/, 'id('],
    ['service(id())', 11, 1, /Expected name:/, 'type:'],
    ['service(id(name: "a", name: "b"))', 22, 4, /name stands twice/, 'type:'],
    ['service(id(naem: "a"))', 11, 4, /Expected name:, type: or account\.id:/, 'name:'],
    ['edge("a")', 8, 1, /Expected ,; got \)/, ','],
    ['service("a") { service("b") }', 15, 7, /service is not known in service/, ''],
    ['coverage > 0.5', 0, 8, /coverage is not known outside.*rootcause\.responsetime\.entity/, ''],
    ['rootcause.fault.entity { coverage > 0.5 }', 25, 8, /rootcause\.responsetime\.entity/, ''],
    ['rootcause.fault.service { remote }', 26, 6, /remote is not known/, ''],
    ['name = "a"', 0, 4, /service\("…"\) finds/, ''],
    ['service("a") { message = "m" }', 15, 7, /rootcause.*exception/, ''],
    ['root', 0, 4, /service/, ''],
    ['annotation', 0, 10, /annotation\.key or annotation\[key\]/, 'annotation[key]'],
    ['annotation. = 1', 0, 10, /key is missing/, 'annotation.key'],
    ['annotation[a = 1', 0, 11, /not closed/, 'annotation[key]'],
    ['annotation.a > "1"', 15, 3, /Expected a number/, 'a number'],
    ['annotation.a CONTAINS 1', 22, 1, /Expected a text/, 'a text in double quotes'],
    ['group.name', 10, 0, /Expected = or !=/, '='],
    ['group.name CONTAINS "a"', 11, 8, /compared by = or !=/, '='],
    ['rootcause.json = [{}]', 17, 1, /means nothing/, ''],
    ['rootcause.json = #{}', 17, 1, /#\[/, '#[{ "Services": […] }]'],
    ['rootcause.json = #[{]', 17, 4, /not closed|no JSON/, ']'],
    [
      'rootcause.json = #[{"Service":[]}]',
      17,
      17,
      /Service is no member there; ClientImpacting, Services/,
      '#[…]',
    ],
    ['rootcause.json = #[1]', 17, 4, /list of objects/, ''],
    ['ok ; fault', 3, 1, /";" means nothing/, ''],
    ['true', 0, 4, /true is no keyword/, ''],
    ['rootcause.fault.exception { last and message = "Access Denied" ', 63, 0, /ends here/, '}'],
  ])('%s', (text, position, length, says, expected) => {
    const error = refusal(text);
    expect(error.message).toMatch(says);
    expect(error.message).toContain(`Character ${position + 1}:`);
    expect(error).toMatchObject({ position, length });
    expect(error.expected.join(' ')).toContain(expected);
  });

  it('what is nested too deeply, instead of running out of stack', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}ok${')'.repeat(depth)}`;
    expect(parseFilter(nested(MAX_FILTER_DEPTH))).toEqual(flag('ok'));
    expect(refusal(nested(10_000)).message).toMatch(/nested more than 200 deep/);
    expect(refusal('('.repeat(10_000)).message).toMatch(/nested/);
    expect(refusal(`rootcause.json = #${'['.repeat(10_000)}`).message).toMatch(/nested/);
    expect(parseFilter(`${'!'.repeat(10_001)}ok`)).toEqual({ kind: 'not', operand: flag('ok') });
    const wide = parseFilter(Array.from({ length: 10_000 }, () => '(ok or fault)').join(' '));
    expect(wide).toMatchObject({ kind: 'and', operands: { length: 10_000 } });
  });

  it('by a message that a person can read, however long what is wrong may be', () => {
    const long = 'x'.repeat(3_000_000);
    const texts = [
      `user = "${long}`,
      `rootcause.json = #[{"Services":[{"Name":"${long}`,
      `rootcause.json = #[{"Services":[{"Nome":"${long}"}]}]`,
      `ok = ${long}`,
      `user = ${long}`,
      `service(${long})`,
      `duration = 1${long}`,
      `${long} AND ok`,
    ];
    for (const text of texts) expect(refusal(text).message.length).toBeLessThan(300);
    expect(parseFilter(`rootcause.json = #[{"Services":[{"Name":"${long}"}]}]`)).toHaveProperty(
      'kind',
      'rootcause.json',
    );
    expect(parseFilter(`user = "${long}\n"`)).toHaveProperty('value', `${long}\n`);
  });

  it('only by FilterError, with a place inside of the text, whatever the text is', () => {
    const pieces = fc.constantFrom(
      ...[
        'ok',
        'http.url',
        'annotation',
        'annotation.',
        '[',
        ']',
        '.a',
        ' ',
        '=',
        '!=',
        '<',
        '"',
        '\\',
        '(',
        ')',
        '{',
      ],
      ...[
        '}',
        ',',
        'service(',
        'edge(',
        'id(',
        'name:',
        'AND',
        'OR',
        '!',
        '1',
        '-',
        'e5',
        '#[',
        '{}',
        'true',
        '__proto__',
      ],
      ...[
        'constructor',
        'rootcause.json',
        'rootcause.fault.entity',
        'group.name',
        '\u{1F600}',
        '\uD800',
        '\0',
      ],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
      fc.tuple(expressions, fc.nat(200)).map(([text, end]) => text.slice(0, end)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          const { position, length } = error as FilterError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position + length).toBeLessThanOrEqual(text.length);
        }
      }),
      runs(1000),
    );
  });
});

describe('what is written', () => {
  it('is read as the same expression again', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const expression = parseFilter(text);
        expect(parseFilter(printFilter(expression))).toEqual(expression);
      }),
      runs(1000),
    );
  });
});

describe('an entity selector', () => {
  it.each([
    ['service("a")', { kind: 'service', service: { name: 'a' } }],
    ['service()', { kind: 'service' }],
    ['id(name: "a", type: "client")', { kind: 'service', service: { name: 'a', type: 'client' } }],
    [
      'edge("a", id(type: "remote"))',
      { kind: 'edge', source: { name: 'a' }, destination: { type: 'remote' } },
    ],
  ])('%s', (text, selector) => {
    expect(parseEntitySelector(text)).toEqual(selector);
  });

  it.each([
    ['fault', 0, /Expected service\(, edge\( or id\(/],
    ['service("a") { fault }', 13, /got \{/],
    ['', 0, /Expected service/],
  ])('is not %s', (text, position, says) => {
    expect(() => parseEntitySelector(text)).toThrow(expect.objectContaining({ position }));
    expect(() => parseEntitySelector(text)).toThrow(says);
  });
});
