/**
 * What a user may import from `lambda-lantern/opentelemetry`: the recorder on `@opentelemetry/api`.
 */
export {};
