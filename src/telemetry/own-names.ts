/** Namespace of the metadata that Lantern writes for itself, whatever records it. */
export const OWN_NAMESPACE = 'lantern';

/** Keys of the annotations that Lantern makes itself. */
export const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['ColdStart', 'CorrelationId', 'Service', 'TenantId'],
  ...['HttpMethod', 'HttpPath', 'HttpRoute'],
]);

/** The attribute of a span of OpenTelemetry that has not ended by itself; its value says why. */
export const UNFINISHED = 'lantern.unfinished';
