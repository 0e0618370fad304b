import { describe, expect, it } from 'vitest';
import { matchesEventPattern } from '../../../../local/cloudwatch/actions/event-pattern.ts';

const event = {
  source: 'aws.cloudwatch',
  resources: ['arn:1', 'arn:2'],
  detail: { alarmName: 'shop-local-pay', state: { value: 'ALARM', count: 5 } },
};

describe('an event pattern', () => {
  it.each([
    [{ source: ['aws.cloudwatch'] }, true],
    [{ source: ['aws.s3', 'aws.cloudwatch'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ resources: ['arn:2'] }, true],
    [{ detail: { state: { value: ['ALARM', 'OK'] } } }, true],
    [{ detail: { state: { value: ['OK'] } } }, false],
    [{ detail: { alarmName: [{ prefix: 'shop-' }] } }, true],
    [{ detail: { alarmName: [{ suffix: '-pay' }] } }, true],
    [{ detail: { alarmName: [{ wildcard: 'shop-*-pay' }] } }, true],
    [{ detail: { alarmName: [{ wildcard: 'shop-*-get' }] } }, false],
    [{ detail: { alarmName: [{ 'equals-ignore-case': 'SHOP-LOCAL-PAY' }] } }, true],
    [{ detail: { state: { value: [{ 'anything-but': ['OK', 'INSUFFICIENT_DATA'] }] } } }, true],
    [{ detail: { state: { value: [{ 'anything-but': 'ALARM' }] } } }, false],
    [{ detail: { alarmName: [{ 'anything-but': { prefix: 'shop' } }] } }, false],
    [{ detail: { state: { count: [{ numeric: ['>', 3, '<=', 5] }] } } }, true],
    [{ detail: { state: { count: [{ numeric: ['>', 5] }] } } }, false],
    [{ detail: { state: { missing: [{ exists: false }], value: [{ exists: true }] } } }, true],
    [{ detail: { state: { value: [{ exists: false }] } } }, false],
    [{ $or: [{ source: ['aws.s3'] }, { resources: ['arn:1'] }] }, true],
    [{ $or: [{ source: ['aws.s3'] }, { resources: ['arn:3'] }] }, false],
    [{ detail: { missing: { deeper: ['x'] } } }, false],
    [{ detail: { alarmName: [{ unknown: 'x' }] } }, false],
  ])('%j: %s', (pattern, expected) => {
    expect(matchesEventPattern(pattern, event)).toBe(expected);
  });
});
