import { Logger } from '@aws-lambda-powertools/logger';
import { RedactingLogFormatter } from './redacting-log-formatter.ts';

/**
 * The logger of the service: JSON lines, each with the correlation id of the work it was written for, and with nothing
 * personal in it. For a policy of your own, make a logger with a {@link RedactingLogFormatter} of your own.
 */
export const logger = new Logger({ logFormatter: new RedactingLogFormatter() });
