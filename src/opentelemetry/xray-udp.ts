/**
 * What a user may import from `lambda-lantern/opentelemetry/xray-udp`: OpenTelemetry's SDK, sending to the X-Ray daemon.
 */
export {};
