import { afterAll, afterEach } from 'vitest';
import type { Subsegment } from '../../local/xray/document.ts';
import type { Tracer } from '../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from './document-receiver.ts';
import { receiveDocuments } from './document-receiver.ts';

/** The real X-Ray tracer, sending to a real socket. */
export interface TracerUnderTest {
  readonly tracer: Tracer;
  readonly daemon: DocumentReceiver;
}

/** Must be called before anything else loads the X-Ray SDK, which reads the daemon's address as it loads. */
export async function startTracer(): Promise<TracerUnderTest> {
  const daemon = await receiveDocuments();
  process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
  const { createXRayTracer } = await import('../../src/telemetry/xray/xray-tracer.ts');
  return { tracer: createXRayTracer(), daemon };
}

/** {@link startTracer} for the tests of a file, each of which begins without documents. */
export async function tracerOfTests(): Promise<TracerUnderTest> {
  const underTest = await startTracer();
  afterEach(() => underTest.daemon.clear());
  afterAll(() => underTest.daemon.stop());
  return underTest;
}

/** The one document of that name. */
export function only(documents: readonly unknown[], name: string): Subsegment & { parent_id: string } {
  const found = (documents as Array<Subsegment & { parent_id: string }>).filter((each) => each.name === name);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`Expected one document named ${name}, got ${found.length}: ${JSON.stringify(documents)}`);
  }
  return found[0];
}
