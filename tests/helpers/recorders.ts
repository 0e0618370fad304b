import { afterAll, afterEach } from 'vitest';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import type { Tracer } from '../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from './document-receiver.ts';
import { receiveDocuments } from './document-receiver.ts';
import { receiveSpans } from './span-receiver.ts';

/** What the package records by, in the words of `LANTERN_RECORDER`. */
export const RECORDERS = ['xray', 'opentelemetry'] as const;
export type Recorder = (typeof RECORDERS)[number];

const RECEIVERS: Readonly<Record<Recorder, () => Promise<DocumentReceiver>>> = {
  async xray() {
    const daemon = await receiveDocuments();
    process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
    return daemon;
  },
  // As X-Ray has it: what nobody has decided on is not recorded.
  opentelemetry: () =>
    Promise.resolve(receiveSpans(new ParentBasedSampler({ root: new AlwaysOffSampler() }))),
};

/**
 * Takes what a recorder sends, as documents of X-Ray: the words that tests of both are written in. Must be called before anything
 * else loads the X-Ray SDK, which reads the daemon's address as it loads, so once in a file for X-Ray.
 */
export function receiveFrom(recorder: Recorder): Promise<DocumentReceiver> {
  return RECEIVERS[recorder]();
}

/** For pipelines that name their recorder; those that do not are told by `LANTERN_RECORDER`, before the package loads. */
export async function tracerOf(
  recorder: Recorder,
  options: { readonly exceptionDetail?: 'full' | 'location' } = {},
): Promise<Tracer> {
  if (recorder === 'xray') {
    const { createXRayTracer } = await import('../../src/telemetry/xray/xray-tracer.ts');
    return createXRayTracer(options);
  }
  const { createOpenTelemetryTracer } = await import('../../src/opentelemetry/index.ts');
  return createOpenTelemetryTracer(options);
}

/** A recorder, and what it sends to, for the tests of a suite, each of which begins without documents. */
export async function recorderOfTests(
  recorder: Recorder,
): Promise<{ readonly tracer: Tracer; readonly daemon: DocumentReceiver }> {
  const daemon = await receiveFrom(recorder);
  afterEach(() => daemon.clear());
  afterAll(() => daemon.stop());
  return { tracer: await tracerOf(recorder), daemon };
}
