import middy from '@middy/core';
import { expect, vi } from 'vitest';
import type { SegmentDocument, Subsegment } from '../../../local/xray/document.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import type { Recorder } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';

/** The clients of a process that records by this recorder, or does not, and a pipeline to call them in, with the id `order-1` unless told otherwise. */
export async function loadClients(recorder: Recorder | 'none') {
  vi.resetModules();
  process.env.POWERTOOLS_TRACE_ENABLED = String(recorder !== 'none');
  process.env.LANTERN_RECORDER = recorder === 'none' ? '' : recorder;
  const { observeClient } = await import('../../../src/clients/observe-client.ts');
  const { observedFetch, createObservedFetch } = await import('../../../src/clients/observed-fetch.ts');
  const { observeDispatcher } = await import('../../../src/clients/observe-dispatcher.ts');
  const { observedHttp, observedHttps } = await import('../../../src/clients/observed-http.ts');
  const { observability } = await import('../../../src/middlewares/observability.ts');
  const { traced } = await import('../../../src/telemetry/traced.ts');
  const stack = observability({ tracing: { name: '## handler' } });
  const invoke = async <R>(call: () => R, correlationId = 'order-1'): Promise<Awaited<R>> => {
    let result!: Awaited<R>;
    await middy()
      .use(stack)
      .handler(async () => {
        result = await call();
        return {};
      })({ httpMethod: 'GET', headers: { 'x-correlation-id': correlationId } }, lambdaContext());
    return result;
  };
  return {
    observeClient,
    observedFetch,
    createObservedFetch,
    observeDispatcher,
    observedHttp,
    observedHttps,
    traced,
    invoke,
  };
}

export type Clients = Awaited<ReturnType<typeof loadClients>>;

/** Runs calls in a sampled invocation, and returns its documents: those of `count` calls, and the handler's. */
export async function documentsOfCalls(
  { invoke }: Clients,
  daemon: DocumentReceiver,
  count: number,
  call: () => unknown,
): Promise<readonly SegmentDocument[]> {
  const { header, traceId } = sampledTrace();
  process.env._X_AMZN_TRACE_ID = header;
  await invoke(call);
  const own = (all: readonly SegmentDocument[]) => all.filter(({ trace_id }) => trace_id === traceId);
  return own(await daemon.until((all) => own(all).length >= count + 1));
}

/** The documents without the handler's. */
export function callsIn(documents: readonly SegmentDocument[]): Subsegment[] {
  return documents.filter(({ name }) => !name.startsWith('## ')) as Subsegment[];
}

/** The one call to the web server, which was answered with two bytes, and of whose query nothing was recorded. */
export function answeredCall(
  documents: readonly SegmentDocument[],
  request: { readonly method: string; readonly url: string },
): ReturnType<typeof only> {
  const call = only(documents, '127.0.0.1');
  expect(call).toMatchObject({
    namespace: 'remote',
    traced: true,
    parent_id: only(documents, '## handler').id,
    http: { request, response: { status: 200, content_length: 2 } },
  });
  expect(JSON.stringify(documents)).not.toContain('secret');
  return call;
}
