import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveDocuments } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';

const THREADS = 2;
/** As many as Lambda gives each vCPU of Node.js at once. */
const AT_ONCE = 64;

let daemon: DocumentReceiver;
beforeAll(async () => {
  daemon = await receiveDocuments();
});
afterAll(() => daemon.stop());

/** Runs a thread with its invocations. @returns the ids that they saw, and the lines of their log. */
async function run(calls: ReadonlyArray<{ readonly id: string; readonly header: string }>): Promise<Answer> {
  const worker = new Worker(new URL('./worker-of-managed-instances.ts', import.meta.url), {
    workerData: { calls },
    env: {
      ...process.env,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances',
      AWS_LAMBDA_MAX_CONCURRENCY: String(AT_ONCE),
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      POWERTOOLS_TRACE_ENABLED: 'true',
      POWERTOOLS_DEV: 'false',
    },
  });
  const [answer] = (await once(worker, 'message')) as [Answer];
  await worker.terminate();
  return answer;
}

interface Answer {
  readonly seen: readonly string[];
  readonly lines: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

describe('a function on managed instances', () => {
  it('keeps invocations apart that share a thread, and threads that share a process', async () => {
    const threads = Array.from({ length: THREADS }, (_, thread) =>
      Array.from({ length: AT_ONCE }, (_, index) => ({ id: `order-${thread}-${index}`, ...sampledTrace() })),
    );

    const results = await Promise.all(threads.map(run));

    for (const [thread, { seen, lines }] of results.entries()) {
      const ids = threads[thread]?.map(({ id }) => id) ?? [];
      expect(seen).toEqual(ids);
      // No environment of managed instances begins with an invocation.
      expect(lines.filter(({ message }) => message === 'in')).toEqual(
        expect.arrayContaining(
          ids.map(
            (id) =>
              expect.objectContaining({
                correlation_id: id,
                function_request_id: id,
                cold_start: false,
              }) as unknown,
          ),
        ),
      );
    }
    const all = threads.flat();
    const documents = await daemon.until(
      (received) => received.filter(({ name }) => name === 'step').length === all.length,
    );
    for (const { id, traceId, parent } of all) {
      const own = documents.filter(
        ({ trace_id, in_progress }) => trace_id === traceId && in_progress !== true,
      );
      const root = own.find(({ parent_id }) => parent_id === parent);
      expect(root).toMatchObject({ annotations: { CorrelationId: id, ColdStart: false } });
      expect(own.find(({ name }) => name === 'step')).toMatchObject({ parent_id: root?.id });
    }
  });
});
