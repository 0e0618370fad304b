import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { createOrder, untraced } from './order.ts';

/* What the others are measured against: Middy, Powertools' Logger with Lambda's context, and a body parser. */
const logger = new Logger();

export const handler = middy()
  .use(injectLambdaContext(logger))
  .use(httpJsonBodyParser())
  .handler(createOrder(logger, untraced));
