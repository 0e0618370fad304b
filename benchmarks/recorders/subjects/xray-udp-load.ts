export { handler } from './base.ts';

/** Loads OpenTelemetry's SDK and what sends its spans. */
export async function loadRecorder(): Promise<unknown> {
  const { registerXRayUdp } = await import('../../../src/opentelemetry/xray-udp.ts');
  return registerXRayUdp();
}
