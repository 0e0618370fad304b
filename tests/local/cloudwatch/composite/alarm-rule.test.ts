import { describe, expect, it } from 'vitest';
import { parseAlarmRule } from '../../../../local/cloudwatch/composite/alarm-rule.ts';
import type { AlarmState } from '../../../../local/cloudwatch/view.ts';

const states: Readonly<Record<string, AlarmState>> = {
  a: 'ALARM',
  b: 'OK',
  c: 'INSUFFICIENT_DATA',
  'd (e)': 'ALARM',
};
function holds(rule: string): boolean {
  return parseAlarmRule(rule).holds((name) => states[name]);
}

describe('the rule of a composite alarm', () => {
  it.each([
    ['ALARM(a)', true],
    ['ALARM("a")', true],
    ["ALARM('a')", true],
    ['ALARM( a )', true],
    ['OK(a)', false],
    ['INSUFFICIENT_DATA(c)', true],
    ['ALARM(arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a)', true],
    ['ALARM("d (e)")', true],
    ['TRUE', true],
    ['FALSE', false],
    ['NOT FALSE', true],
    ['NOT ALARM(a)', false],
    ['ALARM(a) AND OK(b)', true],
    ['OK(a) OR OK(b)', true],
    ['TRUE OR TRUE AND FALSE', true],
    ['(TRUE OR TRUE) AND FALSE', false],
    ['NOT (OK(a) OR ALARM(b))', true],
    ['NOT OK(a) AND NOT ALARM(b)', true],
    ['ALARM(a)\n  AND\n  (OK(b) OR ALARM(c))', true],
  ])('%s: %s', (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  it('says which alarms it names', () => {
    expect(parseAlarmRule('ALARM(a) OR (NOT OK("b") AND ALARM(a))').alarms).toEqual(['a', 'b']);
  });

  it.each([
    ['', 'expected ALARM(name), OK(name)'],
    ['ALARM(a) OR', 'got the end.'],
    ['ALARM(a) ALARM(b)', 'expected AND, OR or the end, got ALARM.'],
    ['(ALARM(a)', 'expected ")", got the end.'],
    ['alarm(a)', 'alarm(a) is not understood.'],
    ['ALARM()', 'is not understood.'],
    ['ALARM(x) OR ALARM(a)', 'The rule names the alarm x, which is not there.'],
    [
      Array.from({ length: 101 }, (_, index) => `ALARM(a${index})`).join(' OR '),
      'names 101 alarms, 100 are allowed',
    ],
    [`ALARM("${'a'.repeat(10_240)}")`, 'characters, 10240 are allowed'],
  ])('refuses %s', (rule, message) => {
    expect(() => holds(rule)).toThrow(message);
  });
});
