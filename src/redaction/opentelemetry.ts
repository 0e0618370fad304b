/*
 * What a user may import from `lambda-lantern/redaction/opentelemetry`: redaction for the spans of any service, with nothing of Lambda, and
 * nothing of OpenTelemetry that has to be installed for it.
 */
export { redactSpans } from './spans/redact-spans.ts';
export type { SpanProcessorLike } from './spans/redact-spans.ts';
export type { RedactionPolicy } from './policy/policy.ts';
