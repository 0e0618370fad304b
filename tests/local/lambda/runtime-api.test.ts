import { request as httpRequest } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer } from '../../../local/lambda/runtime-answer.ts';
import { RuntimeApi } from '../../../local/lambda/runtime-api.ts';

const invocation = {
  requestId: 'request-1',
  payload: '{"a":1}',
  deadline: 1_800_000_000_000,
  functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:f',
  traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
  clientContext: '{"custom":"ü"}',
};

async function startApi() {
  const answers: Answer[] = [];
  const initErrors: Answer[] = [];
  const api: RuntimeApi = new RuntimeApi({
    onNext: () => api.deliver(invocation),
    onAnswer: (answer) => answers.push(answer),
    onInitError: (answer) => initErrors.push(answer),
  });
  const address = await api.listen();
  onTestFinished(() => api.close());
  const base = `http://${address}/2018-06-01/runtime`;
  const post = async (path: string, body = '{}', headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}/${path}`, { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  };
  return { answers, initErrors, address, next: () => fetch(`${base}/invocation/next`), post };
}

describe('the Runtime API', () => {
  it('hands over an event with its headers, and takes the response', async () => {
    const { next, post, answers } = await startApi();
    const event = await next();
    expect(event.status).toBe(200);
    expect(await event.json()).toEqual({ a: 1 });
    expect(Object.fromEntries(event.headers)).toMatchObject({
      'lambda-runtime-aws-request-id': 'request-1',
      'lambda-runtime-deadline-ms': '1800000000000',
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': invocation.traceHeader,
      'lambda-runtime-client-context': Buffer.from(invocation.clientContext).toString('latin1'),
    });
    expect(await post('invocation/request-1/response', '"done"')).toEqual({
      status: 202,
      body: { status: 'OK' },
    });
    expect(answers).toEqual([{ kind: 'response', payload: '"done"' }]);
    expect((await next()).status).toBe(200);
  });

  it('takes errors of an invocation and of init', async () => {
    const { next, post, answers, initErrors } = await startApi();
    expect((await post('init/error', '{"errorType":"A"}')).status).toBe(202);
    expect(initErrors).toEqual([{ kind: 'error', payload: '{"errorType":"A"}' }]);
    expect((await next()).status).toBe(403);
    expect(answers).toEqual([]);
  });

  it('refuses another request id, a second answer, and a second event before the answer', async () => {
    const { next, post, answers } = await startApi();
    const invalidState = { status: 403, body: { errorType: 'InvalidStateTransition' } };
    const invalidId = { status: 400, body: { errorType: 'InvalidRequestID' } };
    expect(await post('invocation/request-1/response')).toMatchObject(invalidId);
    await next();
    expect(await post('invocation/request-2/response')).toMatchObject(invalidId);
    expect((await next()).status).toBe(403);
    expect(await post('init/error')).toMatchObject(invalidState);
    expect((await post('invocation/request-1/error')).status).toBe(202);
    expect(await post('invocation/request-1/response')).toMatchObject(invalidState);
    expect(answers).toHaveLength(1);
  });

  it('refuses a response above the limit, which fails the invocation', async () => {
    const { next, post, answers } = await startApi();
    await next();
    const refused = await post('invocation/request-1/response', 'x'.repeat(6_291_557));
    expect(refused).toMatchObject({ status: 413, body: { errorType: 'RequestEntityTooLarge' } });
    expect(answers).toMatchObject([{ kind: 'error' }]);
    expect(answers[0]?.payload).toContain('Function.ResponseSizeTooLarge');
  });

  it('answers 404 to unknown paths, and 403 to another host', async () => {
    const { post, address } = await startApi();
    expect(await post('invocation/request-1/other')).toMatchObject({ status: 404 });
    const status = await new Promise((resolve) => {
      const url = `http://${address}/2018-06-01/runtime/invocation/next`;
      httpRequest(url, { headers: { Host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });
});
