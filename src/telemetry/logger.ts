import { Logger } from '@aws-lambda-powertools/logger';
import { CorrelatedLogFormatter } from './log-formatter.ts';

/** The logger of the service: JSON lines, each with the correlation id of the work it was written for. */
export const logger = new Logger({ logFormatter: new CorrelatedLogFormatter() });
