/*
 * What a user may import from `lambda-lantern/opentelemetry/xray-udp/exporter`: spans to the X-Ray daemon from a provider of one's own,
 * whichever OpenTelemetry SDK it is of. It needs `@opentelemetry/api` alone.
 */
export { XRayUdpSpanExporter } from './xray-udp/exporter.ts';
export type { EndedSpan, XRayUdpExporterOptions } from './xray-udp/exporter.ts';
export { XRayUdpSpanProcessor } from './xray-udp/span-processor.ts';
