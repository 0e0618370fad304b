/* Loaded with the first line of a log. */
export { RedactingLogFormatter } from '../telemetry/redacting-log-formatter.ts';
