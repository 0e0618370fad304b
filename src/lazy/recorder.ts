/* Loaded where something is recorded. */
export { createPipelineRecorder } from '../telemetry/record-invocation.ts';
