import { describe, expect, it } from 'vitest';
import { targetInput } from '../../../local/events/target-input.ts';
import type { RuleTargetDefinition } from '../../../local/template/service.ts';

const event = {
  id: 'e-1',
  source: 'shop',
  time: '2026-11-30T12:00:00Z',
  detail: {
    orderId: 'o-1',
    total: 12.5,
    note: 'say "hi"\nand <b>',
    'odd-key': true,
    none: null,
    lines: [{ sku: 'tea' }, { sku: 'pot' }],
    id: 'a/b',
  },
};
const rule = { name: 'on-order', arn: 'arn:rule' };

function inputOf(target: Partial<RuleTargetDefinition>): string {
  return targetInput({ id: '1', arn: 'arn:target', ...target }, event, rule);
}

function filled(template: string, paths: Record<string, string>): string {
  return inputOf({ inputTransformer: { paths, template } });
}

describe('the input of a target', () => {
  it('is the event, or what the rule has in its place', () => {
    expect(JSON.parse(inputOf({}))).toEqual(event);
    expect(inputOf({ input: '{"fixed":1}' })).toBe('{"fixed":1}');
  });

  it.each<[string, unknown]>([
    ['$', event],
    ['$.detail.orderId', 'o-1'],
    ['$.detail.odd-key', true],
    ["$.detail['odd-key']", true],
    ['$.detail.lines[1].sku', 'pot'],
    ['$.detail.lines[*].sku', ['tea', 'pot']],
    ['$.detail.lines.*.sku', ['tea', 'pot']],
    ['$.detail.none', null],
    ['$.detail.lines[7]', null],
    ['$.detail.missing.deeper', null],
    ['$.detail.toString', null],
    ['$.detail.lines.length', null],
    ['detail', null],
    ['$..orderId', null],
  ])('is the part of the event at %s', (inputPath, expected) => {
    expect(JSON.parse(inputOf({ inputPath }))).toEqual(expected);
  });

  it.each<[string, string, Record<string, string>, unknown]>([
    [
      'values as JSON',
      '{"id":<id>,"total":<total>,"all":<lines>}',
      { id: '$.detail.orderId', total: '$.detail.total', lines: '$.detail.lines' },
      { id: 'o-1', total: 12.5, all: event.detail.lines },
    ],
    [
      'values in texts',
      '{"text":"order <id> of <total>"}',
      { id: '$.detail.orderId', total: '$.detail.total' },
      { text: 'order o-1 of 12.5' },
    ],
    [
      'what JSON has to escape',
      '{"a":<note>,"b":"<note>","c":"\\"<id>\\""}',
      { note: '$.detail.note', id: '$.detail.orderId' },
      { a: event.detail.note, b: event.detail.note, c: '"o-1"' },
    ],
    [
      'an object in a text',
      '{"a":"<lines>"}',
      { lines: '$.detail.lines' },
      { a: JSON.stringify(event.detail.lines) },
    ],
    [
      'nothing where the event has nothing',
      '{"a":"x<gone>","b":<gone>}',
      { gone: '$.detail.gone' },
      { a: 'x', b: '' },
    ],
    ['a text of its own', '"order <id>"', { id: '$.detail.orderId' }, 'order o-1'],
    ['one variable alone', '<all>', { all: '$.detail.lines' }, event.detail.lines],
    [
      'the rule and the event',
      '{"rule":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>","at":<aws.events.event.ingestion-time>,"event":<aws.events.event.json>}',
      {},
      { rule: 'on-order', arn: 'arn:rule', at: event.time, event },
    ],
    [
      'the event without its detail',
      '<aws.events.event>',
      {},
      { id: 'e-1', source: 'shop', time: event.time },
    ],
    ['what is no variable as it is', '{"a":"<b>"}', {}, { a: '<b>' }],
  ])('is a template with %s', (_what, template, paths, expected) => {
    expect(JSON.parse(filled(template, paths))).toEqual(expected);
  });

  it('may be a text that is no JSON', () => {
    expect(filled('<id> is placed', { id: '$.detail.orderId' })).toBe('o-1 is placed');
  });
});
