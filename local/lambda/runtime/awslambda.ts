import type { InvokeStore } from './invoke-store.ts';
import { HttpResponseStream } from './response-stream.ts';
import { MalformedStreamingHandler } from './runtime-errors.ts';

/** Lambda's runtime marks streaming handlers with these symbols, so libraries may too. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

type Marked = ((...parameters: never[]) => unknown) & { [STREAMING]?: unknown; [HIGH_WATER_MARK]?: unknown };

/**
 * Puts the global `awslambda` in place: what functions use to stream their responses, and to ask about their invocation. A
 * function may do without it by `AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA`.
 */
export function installAwslambda(invokeStore: InvokeStore): void {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? '')) return;
  const scope = globalThis as { awslambda?: object };
  scope.awslambda = { ...scope.awslambda, streamifyResponse, HttpResponseStream, InvokeStore: invokeStore };
}

/** What `streamifyResponse` noted on a handler; undefined for one that does not stream. */
export function streamingOf(handler: Marked): { readonly highWaterMark?: number } | undefined {
  const streaming = handler[STREAMING];
  if (streaming === undefined || streaming === null || streaming === false) return undefined;
  if (streaming !== 'response') throw new MalformedStreamingHandler();
  const highWaterMark = Number(handler[HIGH_WATER_MARK] ?? Number.NaN);
  return Number.isNaN(highWaterMark) ? {} : { highWaterMark };
}

function streamifyResponse(handler: Marked, options?: { readonly highWaterMark?: number }): Marked {
  handler[STREAMING] = 'response';
  if (typeof options?.highWaterMark === 'number')
    handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
  return handler;
}
