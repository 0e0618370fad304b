/** Namespace of the metadata that Lantern writes for itself, whatever records it. */
export const OWN_NAMESPACE = 'lantern';

/** The attribute of a span of OpenTelemetry that has not ended by itself; its value says why. */
export const UNFINISHED = 'lantern.unfinished';
