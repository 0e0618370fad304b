export { handler } from './base.ts';

/** Loads what records, beside a logger that is there already: the Tracer, and with it the X-Ray SDK. */
export async function loadRecorder(): Promise<unknown> {
  const { Tracer } = await import('@aws-lambda-powertools/tracer');
  return new Tracer();
}
