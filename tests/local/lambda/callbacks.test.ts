import { describe, expect, it } from 'vitest';
import { functionDefinition } from './definition.ts';
import { sharedService } from './harness.ts';

const RUNTIMES = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x'];

const ENDINGS: ReadonlyArray<readonly [handler: string, payload: unknown]> = [
  ['callback', { by: 'callback' }],
  ['succeed', { by: 'succeed' }],
  ['done', [1, 2]],
  ['resolves', { by: 'promise', length: 'function' }],
  // What is returned without a promise is no answer.
  ['returns', null],
  ['nothing', null],
  ['neverSettles', null],
  ['twice', 'first'],
  ['waits', { after: 'done' }],
  ['doesNotWait', { after: 'not yet' }],
];

const FAILURES: ReadonlyArray<readonly [handler: string, errorType: string, errorMessage: string]> = [
  ['callbackError', 'RangeError', 'too far'],
  ['callbackText', 'string', 'no'],
  ['fail', 'TypeError', 'wrong kind'],
  ['failWithNothing', 'string', 'handled'],
  ['doneError', 'RangeError', 'done for'],
  ['throws', 'SyntaxError', 'thrown at once'],
  ['rejects', 'RangeError', 'rejected'],
];

const handlers = [...ENDINGS, ...FAILURES].map(([handler]) => handler);

function named(handler: string, runtime: string): string {
  return `${handler}-${runtime.replace('.', '-')}`;
}

describe('a handler of a runtime that has callbacks', () => {
  const { service } = sharedService(
    RUNTIMES.flatMap((runtime) =>
      handlers.map((handler) =>
        functionDefinition({ name: named(handler, runtime), handler: `callbacks.${handler}`, runtime }),
      ),
    ),
  );
  const invoke = (handler: string, runtime: string) =>
    service.invoke({ functionName: named(handler, runtime), payload: '{}' });

  it.each(ENDINGS)('answers by %s, at the second invocation of its process too', async (handler, payload) => {
    for (const runtime of RUNTIMES) {
      for (const round of [1, 2]) {
        const response = await invoke(handler, runtime);
        expect(response, `${runtime}, ${round}`).not.toHaveProperty('functionError');
        expect(JSON.parse(response.payload), `${runtime}, ${round}`).toEqual(payload);
      }
    }
  });

  it.each(FAILURES)('fails by %s, and goes on', async (handler, errorType, errorMessage) => {
    for (const runtime of RUNTIMES) {
      for (const round of [1, 2]) {
        const response = await invoke(handler, runtime);
        expect(response.functionError, `${runtime}, ${round}`).toBe('Unhandled');
        expect(JSON.parse(response.payload)).toMatchObject({ errorType, errorMessage });
      }
    }
  });
});

describe('a handler of nodejs24.x', () => {
  const { service } = sharedService(
    ['callback', 'resolves'].map((handler) =>
      functionDefinition({ name: handler, handler: `callbacks.${handler}` }),
    ),
  );
  const invoke = (functionName: string) => service.invoke({ functionName, payload: '{}' });

  it('is refused where it takes a callback, even if it is async', async () => {
    for (const handler of ['callback', 'resolves']) {
      const { payload } = await invoke(handler);
      expect(JSON.parse(payload)).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
    }
  });
});
