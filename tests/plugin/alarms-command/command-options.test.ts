import { describe, expect, it } from 'vitest';
import { formatFrom, learningFrom, trafficFrom } from '../../../plugin/alarms-command/command-options.ts';

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

describe('learning', () => {
  it('takes two weeks unless told otherwise', () => {
    expect(learningFrom({})).toBeUndefined();
    expect(learningFrom({ learn: true })).toMatchObject({ days: 14, write: false, anomaly: false });
    expect(learningFrom({ learn: true, days: '3', write: true, anomaly: true, 'aws-profile': 'me' })).toEqual(
      {
        days: 3,
        write: true,
        anomaly: true,
        profile: 'me',
      },
    );
  });

  it.each(['0', '16', '1.5', '', 'all'])('refuses %j days', (days) => {
    expect(() => learningFrom({ learn: true, days })).toThrow(
      `--days: expected a whole number from 1 to 15, as CloudWatch keeps minutes no longer, got ${JSON.stringify(days)}`,
    );
  });

  it.each([
    [{ days: '3' }, '--days is an option of learning: give --learn as well.'],
    [{ write: true }, '--write is an option of learning: give --learn as well.'],
    [{ learn: true, cost: true }, '--learn and --cost are different questions'],
    [{ learn: true, anomaly: true }, '--anomaly says what is written: give --write as well.'],
  ])('refuses %j', (options, message) => {
    expect(() => learningFrom(options)).toThrow(message);
  });
});
