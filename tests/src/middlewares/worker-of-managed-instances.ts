/** What Lambda Managed Instances start for each vCPU: a thread with the function in it, which takes many invocations at once. */
import { parentPort, workerData } from 'node:worker_threads';
import { InvokeStore, InvokeStoreBase } from '@aws/lambda-invoke-store';
import middy from '@middy/core';
import { getCorrelationId, logger, observability, traced } from '../../../src/index.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';

interface Call {
  readonly id: string;
  readonly header: string;
}

const { REQUEST_ID, X_RAY_TRACE_ID } = InvokeStoreBase.PROTECTED_KEYS;
const invokeStore = await InvokeStore.getInstanceAsync();
const { calls } = workerData as { readonly calls: readonly Call[] };

/** Nobody ends before all have begun. */
const begun = Promise.withResolvers<undefined>();
let count = 0;
const handler = middy()
  .use(observability())
  .handler(async () => {
    count += 1;
    if (count === calls.length) begun.resolve(undefined);
    await begun.promise;
    logger.info('in');
    return traced('step', () => Promise.resolve(getCorrelationId()))();
  });

const logs = captureLogs();
const seen = await Promise.all(
  calls.map(({ id, header }) =>
    invokeStore.run({ [REQUEST_ID]: id, [X_RAY_TRACE_ID]: header }, () =>
      handler({ 'x-correlation-id': id }, { awsRequestId: id, functionName: 'pay' } as never),
    ),
  ),
);
parentPort?.postMessage({ seen, lines: logs.restore() });
