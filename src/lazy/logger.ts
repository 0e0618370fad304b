/* Loaded where the package itself has something to say, and the service does not use its logger. */
export { logger } from '../telemetry/logger.ts';
