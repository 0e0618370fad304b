export { observeClient } from './clients/observe-client.ts';
export type { ObservableClient, ObserveClientOptions } from './clients/observe-client.ts';
export { observeDispatcher } from './clients/observe-dispatcher.ts';
export type { ObserveDispatcherOptions } from './clients/observe-dispatcher.ts';
export { createObservedFetch, observedFetch } from './clients/observed-fetch.ts';
export type { ObservedFetchOptions } from './clients/observed-fetch.ts';
export { observedHttp, observedHttps } from './clients/observed-http.ts';
export { correlationId } from './middlewares/correlation-id.ts';
export type { CorrelationIdOptions } from './middlewares/correlation-id.ts';
export type { LoggingOptions } from './middlewares/log-context.ts';
export { observability } from './middlewares/observability.ts';
export type { ObservabilityOptions } from './middlewares/observability.ts';
export { recordRoute } from './middlewares/record-route.ts';
export type { RoutedRequest } from './middlewares/record-route.ts';
export { responseCapture } from './middlewares/response-capture.ts';
export type { ResponseCaptureOptions } from './middlewares/response-capture.ts';
export { tracing } from './middlewares/tracing.ts';
export type { TracingOptions } from './middlewares/tracing.ts';
export { correlationLogKeys, getCorrelationId, runWithCorrelation } from './propagation/correlation.ts';
export type { CorrelationContext } from './propagation/correlation.ts';
export type { IncomingTrace } from './propagation/incoming-trace.ts';
export { extractCorrelation } from './propagation/extract-correlation.ts';
export type {
  ExtractedCorrelation,
  ExtractionOptions,
  RecordCorrelation,
} from './propagation/extract-correlation.ts';
export type { TextGuard } from './redaction/text-guard.ts';
export { createRedactor, redact } from './redaction/redact.ts';
export type { RedactionBudget, RedactionMode, RedactionPolicy, Redactor } from './redaction/redact.ts';
export { logger } from './telemetry/logger.ts';
export type {
  RedactingLogFormatterConstructor,
  RedactingLogFormatterOptions,
} from './telemetry/redacting-log-formatter.ts';
export { RedactingLogFormatter } from './telemetry/redacting-log-formatter.ts';
export type { PipelineLogger } from './telemetry/process-logger.ts';
export { annotate, putMetadata, recordError, traced } from './telemetry/traced.ts';
export type { TracedOptions } from './telemetry/traced.ts';
export type {
  AnnotationValue,
  CallData,
  InvocationAttributes,
  InvocationDescription,
  InvocationTrace,
  Span,
  SpanDescription,
  SpanKind,
  Tracer,
} from './telemetry/tracer.ts';
export { withRecord } from './telemetry/with-record.ts';
