import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** Lambda's context, as the runtime of today gives it: without the callbacks that its type still has. */
export function lambdaContext(overrides: Partial<Context> = {}): Context {
  const awsRequestId = randomUUID();
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'shop-test-create-order',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-test-create-order',
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: '/aws/lambda/shop-test-create-order',
    logStreamName: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    getRemainingTimeInMillis: () => 6000,
    ...overrides,
  } as Context;
}

/** A trace id and a header that continues it, as Lambda hands them to a sampled invocation. */
export function sampledTrace(): { traceId: string; parent: string; header: string } {
  const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const parent = randomBytes(8).toString('hex');
  return { traceId, parent, header: `Root=${traceId};Parent=${parent};Sampled=1;Lineage=1:abcdef01:0` };
}
