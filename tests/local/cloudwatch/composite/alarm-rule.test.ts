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
    ['AT_LEAST(2, ALARM, (a, b, "d (e)"))', true],
    ['AT_LEAST(3, ALARM, (a, b, "d (e)"))', false],
    ["AT_LEAST( 1 ,NOT OK,( 'b' , c ))", true],
    ['AT_LEAST(2, NOT OK, (b, c))', false],
    ['AT_LEAST(50%, OK, (b, c))', true],
    ['AT_LEAST(51%, OK, (b, c))', false],
    ['AT_LEAST(34%, ALARM, (a, b, c))', false],
    ['AT_LEAST(33%, ALARM, (a, b, c))', true],
    ['AT_LEAST(1, ALARM, (arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a))', true],
    ['NOT (AT_LEAST(1, ALARM, (b)) OR OK(a)) AND ALARM(a)', true],
    ['ALARM(a)\n  AND\n  (OK(b) OR ALARM(c))', true],
  ])('%s: %s', (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  it('says which alarms it names', () => {
    expect(parseAlarmRule('ALARM(a) OR (NOT OK("b") AND ALARM(a))').alarms).toEqual(['a', 'b']);
  });

  it('says which alarms it counts', () => {
    expect(parseAlarmRule('AT_LEAST(1, OK, (a, "d (e)")) OR ALARM(b)').alarms).toEqual(['a', 'd (e)', 'b']);
  });

  it.each([
    ['AT_LEAST(3, ALARM, (a, b))', 'AT_LEAST() takes a number from 1 to 2, or from 1% to 100%, got 3.'],
    ['AT_LEAST(0, ALARM, (a))', 'got 0.'],
    ['AT_LEAST(101%, ALARM, (a))', 'got 101%.'],
    ['AT_LEAST(1, ALARM, ())', 'expected the name of an alarm'],
    ['AT_LEAST(1, ALARM, (a,,b))', 'expected the name of an alarm, got ,b.'],
    ['AT_LEAST(1, ALARM, (a, x))', 'The rule names the alarm x, which is not there.'],
    ['AT_LEAST(1, BROKEN, (a))', 'is not understood.'],
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
