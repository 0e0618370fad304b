import { describe, expect, it, vi } from 'vitest';
import { CORRELATION_ID_KEY } from '../../../src/propagation/correlation-id.ts';
import * as nestedBody from '../../../src/propagation/nested-body.ts';

const { MAX_BODY_LENGTH } = nestedBody;
function readNestedBody(body: unknown) {
  return nestedBody.readNestedBody(body, CORRELATION_ID_KEY);
}
function readBase64Body(data: unknown) {
  return nestedBody.readBase64Body(data, CORRELATION_ID_KEY);
}

const event = { 'detail-type': 'OrderCreated', source: 'shop', detail: { 'X-Correlation-Id': 'id-1' } };
function envelope(message: string, attributes = {}) {
  return JSON.stringify({ Type: 'Notification', Message: message, MessageAttributes: attributes });
}

function base64(text: string) {
  return Buffer.from(text).toString('base64');
}

describe('readNestedBody', () => {
  it.each([
    ['a JSON object with the member', JSON.stringify({ 'x-correlation-id': 'id-1' })],
    ['an EventBridge event', JSON.stringify(event)],
    ['an SNS envelope', envelope('{}', { 'X-Correlation-Id': { Type: 'String', Value: 'id-1' } })],
    ['an SNS envelope around JSON with the member', envelope('{"x-correlation-id":"id-1"}')],
    ['an EventBridge event in an SNS envelope', envelope(JSON.stringify(event))],
    ['JSON that begins with blanks', '\n  {"x-correlation-id":"id-1"}'],
  ])('finds the id in %s', (_what, body) => {
    expect(readNestedBody(body)).toMatchObject({ correlationId: 'id-1' });
    expect(readBase64Body(base64(body))).toMatchObject({ correlationId: 'id-1' });
  });

  it('prefers the attribute of an envelope to what is in its message', () => {
    const body = envelope(JSON.stringify(event), { 'x-correlation-id': { Type: 'String', Value: 'outer' } });
    expect(readNestedBody(body)).toMatchObject({ correlationId: 'outer' });
  });

  it('does not read a binary attribute', () => {
    const body = envelope('{}', { 'x-correlation-id': { Type: 'Binary', Value: 'AAAA' } });
    expect(readNestedBody(body).correlationId).toBeUndefined();
  });

  it.each([
    ['text', 'x-correlation-id'],
    ['an array', '[{"x-correlation-id":"id-1"}]'],
    ['JSON that is cut off', '{"x-correlation-id":"id-1"'],
    ['a member that is further down', '{"a":{"x-correlation-id":"id-1"}}'],
    ['nothing', ''],
    ['what is not text', 7],
  ])('finds nothing in %s', (_what, body) => {
    expect(readNestedBody(body).correlationId).toBeUndefined();
    expect(readBase64Body(typeof body === 'string' ? base64(body) : body).correlationId).toBeUndefined();
  });

  it('goes only so deep', () => {
    const nested = (depth: number): string =>
      depth === 0 ? '{"x-correlation-id":"id-1"}' : envelope(nested(depth - 1));
    expect(readNestedBody(nested(2)).correlationId).toBe('id-1');
    expect(readNestedBody(nested(3)).correlationId).toBeUndefined();
  });

  it('parses no body that carries nothing by name, and none that is longer than any poller delivers', () => {
    const parse = vi.spyOn(JSON, 'parse');
    try {
      readNestedBody(`{"data":"${'x'.repeat(1_000_000)}"}`);
      readNestedBody(`{"x-correlation-id":"id-1","data":"${'x'.repeat(MAX_BODY_LENGTH)}"}`);
      readBase64Body(base64(`{"x-correlation-id":"id-1","data":"${'x'.repeat(MAX_BODY_LENGTH)}"}`));
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });
});
