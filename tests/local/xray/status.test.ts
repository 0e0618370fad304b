import { describe, expect, it } from 'vitest';
import { entityStatus, worstStatus } from '../../../local/xray/status.ts';
import { begun, segment } from './fixtures.ts';

function answered(status: number) {
  return { http: { response: { status } } };
}

describe('entityStatus', () => {
  it.each([
    ['fault before the others', { fault: true, throttle: true, error: true }, 'fault'],
    ['throttle before error', { throttle: true, error: true }, 'throttle'],
    ['error', { error: true }, 'error'],
    ['ok without flags', {}, 'ok'],
    ['fault for a status of 503 without flags', answered(503), 'fault'],
    ['throttle for a status of 429 without flags', answered(429), 'throttle'],
    ['error for a status of 404 without flags', answered(404), 'error'],
    ['ok for a status of 204', answered(204), 'ok'],
    ['ok for a status that HTTP does not have', answered(900), 'ok'],
    ['what the flags say, where they differ from the status', { fault: false, ...answered(503) }, 'ok'],
  ])('says %s', (_what, fields, status) => {
    expect(entityStatus(segment(1, fields))).toBe(status);
  });

  it('says in progress while nothing has failed', () => {
    expect(entityStatus(begun(segment(1)))).toBe('in_progress');
    expect(entityStatus(begun(segment(1, { error: true })))).toBe('error');
  });
});

describe('worstStatus', () => {
  it('finds the worst, whatever the order', () => {
    expect(worstStatus(['ok', 'in_progress', 'error', 'throttle', 'fault'])).toBe('fault');
    expect(worstStatus(['error', 'throttle', 'ok'])).toBe('throttle');
    expect(worstStatus(['ok', 'error', 'in_progress'])).toBe('error');
    expect(worstStatus(['ok', 'in_progress'])).toBe('in_progress');
    expect(worstStatus([])).toBe('ok');
  });
});
