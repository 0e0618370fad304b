import { describe, expect, it } from 'vitest';
import { parseMinutes } from '../../../plugin/tracing/duration.ts';
import { checkTracingSettings } from '../../../plugin/tracing/tracing-settings.ts';

const keys = ['create-order', 'take-payment', 'on-alarm'];

describe('the settings of tracing', () => {
  it('may be left out, or name the switch, the longest time and functions that are never traced', () => {
    expect(checkTracingSettings({}, keys)).toEqual([]);
    const settings = { onAlarm: 'on-alarm', longest: '15m', never: ['create-order'] };
    expect(checkTracingSettings(settings, keys)).toEqual([]);
  });

  it('are refused with their path, and the name that was probably meant', () => {
    expect(
      checkTracingSettings({ onAlarm: 'on-alram', longest: '3 days', never: ['take-paymnet'] }, keys),
    ).toEqual([
      'custom.lantern.tracing.onAlarm: there is no function on-alram; did you mean on-alarm?',
      'custom.lantern.tracing.longest: expected minutes or hours, such as 15m or 1h, from 1m to 24h, but got 3 days',
      'custom.lantern.tracing.never.0: there is no function take-paymnet; did you mean take-payment?',
    ]);
  });
});

describe('a duration', () => {
  it.each([
    ['15m', 15],
    ['2h', 120],
    ['24h', 1440],
    ['25h', undefined],
    ['0m', undefined],
    ['15', undefined],
    ['-1h', undefined],
    [15, undefined],
  ])('%s is %s minutes', (text, minutes) => {
    expect(parseMinutes(text)).toBe(minutes);
  });
});
