import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { createOrder } from './order.ts';
import type { TraceFunction } from './order.ts';

/* As Powertools' own documentation has it: its middlewares, and a subsegment by hand for each inner function. */
const logger = new Logger();
const tracer = new Tracer();

const trace: TraceFunction =
  (name, fn) =>
  async (...args) => {
    const parent = tracer.getSegment();
    const subsegment = parent?.addNewSubsegment(`### ${name}`);
    if (parent === undefined || subsegment === undefined) return await fn(...args);
    tracer.setSegment(subsegment);
    try {
      return await fn(...args);
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      throw error;
    } finally {
      subsegment.close();
      tracer.setSegment(parent);
    }
  };

export const handler = middy()
  .use(captureLambdaHandler(tracer))
  .use(injectLambdaContext(logger))
  .use(httpJsonBodyParser())
  .handler(createOrder(logger, trace));
