/* Loaded with the first line of a log. */
export { LogLines } from '../telemetry/log-line.ts';
