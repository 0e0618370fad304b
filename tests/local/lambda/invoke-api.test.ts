import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { InvokeCommandInput } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LambdaApi } from '../../../local/lambda/lambda-api.ts';
import { until } from '../../helpers/until.ts';
import { functionDefinition } from './definition.ts';
import { sharedService } from './harness.ts';

const functions = [functionDefinition(), functionDefinition({ name: 'none-free', reservedConcurrency: 0 })];
const harness = sharedService(functions);

async function startApi(retryDelaysMs: readonly number[] = [1, 1]) {
  const dropped: string[] = [];
  const api = new LambdaApi({
    invoke: harness.service.invoke,
    functions,
    retryDelaysMs,
    port: 0,
    onConfigurationChanged: () => undefined,
    onDropped: (message) => dropped.push(message),
  });
  const { url: endpoint } = await api.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint, credentials, region: 'eu-central-1', maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
  });
  const invoke = (event: unknown, input: Partial<InvokeCommandInput> = {}) =>
    client.send(
      new InvokeCommand({ FunctionName: 'shop-local-actions', Payload: JSON.stringify(event), ...input }),
    );
  return { ...harness, api, invoke, dropped, endpoint };
}

describe('the Lambda API, called by the AWS SDK', () => {
  it('invokes a function by its name, its ARN and a qualified ARN', async () => {
    const { invoke } = await startApi();
    const { arn } = functionDefinition();
    for (const FunctionName of [
      'shop-local-actions',
      arn,
      `${arn}:$LATEST`,
      '000000000000:function:shop-local-actions',
    ]) {
      const result = await invoke({ orderId: 7 }, { FunctionName });
      expect(result).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(result.FunctionError).toBeUndefined();
      expect(JSON.parse(result.Payload?.transformToString() ?? '')).toMatchObject({ event: { orderId: 7 } });
    }
  });

  it('returns the function’s error and the end of its log', async () => {
    const { invoke } = await startApi();
    const result = await invoke({ action: 'throw' }, { LogType: 'Tail' });
    expect(result).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(result.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'TypeError' });
    const log = Buffer.from(result.LogResult ?? '', 'base64').toString();
    expect(log).toContain(`START RequestId: ${result.$metadata.requestId ?? 'none'}`);
    expect(log).toContain('the order has no items');
    expect(log).toContain('REPORT');
  });

  it('passes on the client context and the caller’s trace', async () => {
    const { invoke, endpoint, segments } = await startApi();
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const result = await invoke({ action: 'context' }, { ClientContext });
    expect(JSON.parse(result.Payload?.transformToString() ?? '')).toMatchObject({
      clientContext: { custom: { a: 1 } },
    });
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const url = `${endpoint}/2015-03-31/functions/shop-local-actions/invocations`;
    const response = await fetch(url, { method: 'POST', headers: { 'X-Amzn-Trace-Id': traceHeader } });
    expect(await response.json()).toMatchObject({ event: {} });
    expect(segments()[2]).toMatchObject({
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
    });
  });

  it('checks a dry run and runs nothing', async () => {
    const { invoke, reports } = await startApi();
    expect(await invoke({}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
    expect(reports).toEqual([]);
  });

  it.each([
    ['ResourceNotFoundException', 404, { FunctionName: 'other' }],
    ['TooManyRequestsException', 429, { FunctionName: 'none-free' }],
    ['InvalidRequestContentException', 400, { Payload: '{oops' }],
    ['RequestTooLargeException', 413, { Payload: `"${'x'.repeat(6_291_456)}"` }],
    [
      'RequestTooLargeException',
      413,
      { Payload: `"${'x'.repeat(1_048_576)}"`, InvocationType: 'Event' as const },
    ],
  ])('answers %s', async (name, httpStatusCode, input) => {
    const { invoke } = await startApi();
    await expect(invoke({}, input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it('refuses what a page in a browser could send, and operations that it does not have', async () => {
    const { endpoint, reports } = await startApi();
    const url = `${endpoint}/2015-03-31/functions/shop-local-actions/invocations`;
    const headers = { Origin: 'https://evil.example' };
    expect((await fetch(url, { method: 'POST', headers })).status).toBe(403);
    expect((await fetch(`${endpoint}/2015-03-31/layers`)).status).toBe(404);
    expect(reports).toEqual([]);
  });
});

describe('an asynchronous invocation', () => {
  const event = { InvocationType: 'Event' as const };

  it('is answered at once and runs', async () => {
    const { invoke, reports } = await startApi();
    const result = await invoke({ action: 'wait', milliseconds: 1 }, event);
    expect(result.StatusCode).toBe(202);
    await until(() => reports.length === 1, 'the invocation');
    expect(reports[0]?.requestId).toBe(result.$metadata.requestId);
  });

  it('is retried twice in the same trace with the same request id, then given up', async () => {
    const { invoke, reports, dropped } = await startApi();
    await invoke({ action: 'throw' }, event);
    await until(() => dropped.length === 1, 'the event to be given up');
    expect(reports).toHaveLength(3);
    expect(new Set(reports.map(({ requestId, traceId }) => `${requestId} ${traceId}`)).size).toBe(1);
    expect(dropped[0]).toContain('the order has no items');
  });

  it('is given up when Lantern stops before its retry', async () => {
    const { invoke, reports, dropped, api } = await startApi([60_000, 120_000]);
    await invoke({ action: 'throw' }, event);
    await until(() => reports.length === 1, 'the invocation');
    await api.stop();
    expect(dropped).toHaveLength(1);
    expect(dropped[0]).toContain(`${reports[0]?.requestId} for shop-local-actions`);
  });

  it('waits while it is throttled', async () => {
    const { invoke, dropped, api, documents } = await startApi();
    await invoke({}, { ...event, FunctionName: 'none-free' });
    await until(() => documents.length === 1, 'the segment');
    expect(dropped).toEqual([]);
    await api.stop();
    expect(dropped).toHaveLength(1);
  });
});
