import { describe, expect, it } from 'vitest';
import { functionDefinition } from './definition.ts';
import { startService } from './harness.ts';

function startStreaming(exportName: string) {
  return startService([functionDefinition({ handler: `streaming.${exportName}` })]);
}

describe('a streamed response', () => {
  it('of Middy becomes an HTTP response in one piece, each time', async () => {
    const { call, reports } = await startStreaming('page');
    const expected = {
      statusCode: 201,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Grüße</h1>',
      isBase64Encoded: false,
    };
    expect(await call()).toEqual(expected);
    expect(await call()).toEqual(expected);
    expect(reports.map(({ status, initDuration }) => [status, initDuration !== undefined])).toEqual([
      ['success', true],
      ['success', false],
    ]);
  });

  it('may be long', async () => {
    const { call } = await startStreaming('long');
    expect((await call()).body).toBe('ab'.repeat(100_000));
  });

  it('that is not text comes as base64', async () => {
    const { call } = await startStreaming('binary');
    expect(await call()).toMatchObject({ body: '/wD+', isBase64Encoded: true });
  });

  it.each([
    ['failsAtOnce', 'no page'],
    ['failsInTheMiddle', 'lost the rest'],
  ])('that fails is the function’s error: %s', async (exportName, errorMessage) => {
    const { invoke, messages } = await startStreaming(exportName);
    const response = await invoke();
    expect(response).toMatchObject({ functionError: 'Unhandled', failure: 'error' });
    expect(JSON.parse(response.payload)).toMatchObject({ errorType: 'TypeError', errorMessage });
    expect(messages(response.requestId, 'stdout').join('\n')).toContain('Invoke Error');
  });

  it('without HTTP metadata is the payload as it is', async () => {
    const { invoke } = await startStreaming('raw');
    const { payload, requestId } = await invoke();
    expect(payload).toBe(`{"id":"${requestId}"}`);
  });
});
