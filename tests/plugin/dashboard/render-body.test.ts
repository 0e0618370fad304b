import { describe, expect, it } from 'vitest';
import type { DashboardBody } from '../../../plugin/dashboard/body.ts';
import { joinTexts } from '../../../plugin/alarms/console-links.ts';
import { REGION } from '../../../plugin/dashboard/body.ts';
import { renderBody } from '../../../plugin/dashboard/render-body.ts';
import { fc } from '../../helpers/fast-check.ts';
import { resolveBody } from './resolve-body.ts';

function bodyWith(value: unknown): DashboardBody {
  return {
    start: '-PT3H',
    periodOverride: 'inherit',
    widgets: [{ type: 'text', x: 0, y: 0, width: 1, height: 1, properties: { value } }],
  };
}

/** What stands for the value in the body that CloudWatch gets. */
function arrivesAs(value: unknown): unknown {
  const body = JSON.parse(resolveBody(renderBody(bodyWith(value)))) as {
    widgets: [{ properties: { value: unknown } }];
  };
  return body.widgets[0].properties.value;
}

describe('the body in the template', () => {
  it.each([
    ['a reference', { Ref: 'Queue' }, 'Queue-ref'],
    ['the region', REGION, 'eu-west-1'],
    ['an attribute as a list', { 'Fn::GetAtt': ['Queue', 'QueueName'] }, 'Queue-name'],
    ['an attribute with a dot', { 'Fn::GetAtt': 'Queue.QueueName' }, 'Queue-name'],
    ['text of parts', joinTexts('a "quoted"\nline ', { Ref: 'Queue' }, ' $'), 'a "quoted"\nline Queue-ref $'],
    ['parts of parts', joinTexts('1', joinTexts('2', { Ref: 'Queue' }), '3'), '12Queue-ref3'],
    ['another delimiter', { 'Fn::Join': ['-', ['a', 'b']] }, 'a-b'],
    ['a substitution', { 'Fn::Sub': 'LambdaLantern/${Work}' }, 'LambdaLantern/Work-ref'],
    ['a selection', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'rule/paid'] }] }, 'paid'],
    ['an absent field', { kept: 1, left: undefined }, { kept: 1 }],
  ])('has %s as CloudWatch needs it', (_what, value, expected) => {
    expect(arrivesAs(value)).toEqual(expected);
  });

  it('names an expression once, however often it is needed', () => {
    const selection = { 'Fn::Select': [1, { 'Fn::Split': ['/', 'rule/paid'] }] };

    const rendered = renderBody(bodyWith([selection, joinTexts('x', selection), { 'Fn::Sub': 'y' }]));

    expect(rendered['Fn::Sub']).toHaveLength(2);
    expect(Object.values(rendered['Fn::Sub'][1] as object)).toEqual([selection, { 'Fn::Sub': 'y' }]);
  });

  it('is plain text to substitute where references are all there is', () => {
    expect(renderBody(bodyWith({ Ref: 'Queue' }))['Fn::Sub']).toContain('"${Queue}"');
  });

  it('brings any JSON through unchanged, whatever Fn::Sub would make of it', () => {
    const harmless = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !/"(Ref|Fn::[^"]*)":/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(harmless, fc.constantFrom('${', '${A}', '${!B}', '$', '\\', '"'), (value, text) => {
        const whole = { value, text };
        expect(arrivesAs(whole)).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });
});
