/**
 * What a user may import from `lambda-lantern/redaction/opentelemetry`: redaction for the spans of any service.
 */
export {};
