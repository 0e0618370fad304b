import type { MiddyfiedHandler } from '@middy/core';
import { lambdaContext, sampledTrace } from '../helpers/lambda.ts';

/** How an invocation came out. */
export interface Invoked {
  readonly traceId: string;
  readonly parent: string;
  readonly response?: unknown;
  readonly thrown?: { readonly error: unknown };
}

/** Runs a pipeline once, in a sampled invocation of its own. */
export async function invoke(
  pipeline: MiddyfiedHandler,
  options: { readonly remaining?: () => number; readonly event?: unknown } = {},
): Promise<Invoked> {
  const { header, traceId, parent } = sampledTrace();
  process.env._X_AMZN_TRACE_ID = header;
  const context = lambdaContext(options.remaining && { getRemainingTimeInMillis: options.remaining });
  try {
    const response: unknown = await pipeline(options.event ?? {}, context);
    return { traceId, parent, response };
  } catch (error) {
    return { traceId, parent, thrown: { error } };
  } finally {
    delete process.env._X_AMZN_TRACE_ID;
  }
}
