import type { DeliveredEvent } from './runtime-client.ts';

/** The context object that a handler gets with an event. */
export function invocationContext(
  env: NodeJS.ProcessEnv,
  event: DeliveredEvent,
  clientContext: unknown,
): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    identity: undefined,
    invokedFunctionArn: event.functionArn,
    awsRequestId: event.requestId,
    getRemainingTimeInMillis: () => event.deadline - Date.now(),
  };
}

export function parseClientContext(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
