import { describe, expect, it } from 'vitest';
import { formatFrom, trafficFrom } from '../../../plugin/alarms-command/command-options.ts';

describe('the traffic of an estimate', () => {
  it('is a million requests at five percent unless said otherwise', () => {
    expect(trafficFrom({ cost: true })).toEqual({ requestsPerMonth: 1_000_000, sampling: 0.05 });
    expect(trafficFrom({ cost: true, 'requests-per-month': '2e6', sampling: '0' })).toEqual({
      requestsPerMonth: 2_000_000,
      sampling: 0,
    });
  });

  it('is asked for by --cost alone', () => {
    expect(trafficFrom({})).toBeUndefined();
    expect(() => trafficFrom({ sampling: '1' })).toThrow(
      '--sampling is an option of the estimate: give --cost as well.',
    );
  });

  it.each(['-1', '1.5', 'many', '', '1e400', 'NaN'])('refuses %j requests', (text) => {
    expect(() => trafficFrom({ cost: true, 'requests-per-month': text })).toThrow(
      `--requests-per-month: expected a whole number from 0 on, got ${JSON.stringify(text)}`,
    );
  });

  it.each(['-0.1', '5', '5%', ' ', 'all'])('refuses a sampling of %j', (text) => {
    expect(() => trafficFrom({ cost: true, sampling: text })).toThrow(
      `--sampling: expected a share from 0 to 1, such as 0.05 for 5 %, got ${JSON.stringify(text)}`,
    );
  });
});

describe('--format', () => {
  it('is text or json', () => {
    expect([formatFrom({}), formatFrom({ format: 'json' })]).toEqual(['text', 'json']);
    expect(() => formatFrom({ format: 'yaml' })).toThrow('--format takes text or json, but got "yaml".');
  });
});
