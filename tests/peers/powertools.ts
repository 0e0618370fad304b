import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { Subject } from '../contract/subject.ts';

const tracer = new Tracer({ serviceName: 'peer' });

/** Powertools for AWS Lambda (TypeScript), used as its documentation shows. */
export const powertools: Subject = {
  name: '@aws-lambda-powertools/tracer',
  sendsUnfinished: true,
  middleware: () => captureLambdaHandler(tracer, { captureResponse: false }),
  trace: (name, fn) => {
    const parent = tracer.getSegment();
    const subsegment = parent?.addNewSubsegment(name);
    if (subsegment !== undefined) tracer.setSegment(subsegment);
    const end = (): void => {
      try {
        subsegment?.close();
      } catch (error) {
        console.warn('The subsegment could not be closed', error);
      }
      if (parent !== undefined) tracer.setSegment(parent);
    };
    const failed = (error: unknown): never => {
      tracer.addErrorAsMetadata(error as Error);
      end();
      throw error;
    };
    let result;
    try {
      result = fn();
    } catch (error) {
      return failed(error);
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.then((value: unknown) => {
      end();
      return value;
    }, failed) as typeof result;
  },
  annotate: (key, value) => tracer.putAnnotation(key, value as string),
  addMetadata: (key, value) => tracer.putMetadata(key, value),
  recordError: (error) => tracer.addErrorAsMetadata(error as Error),
  observeClient: (client) => tracer.captureAWSv3Client(client),
  fetch,
};
