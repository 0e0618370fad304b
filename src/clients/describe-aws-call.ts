import type { CallData } from '../telemetry/tracer.ts';
import { describeResource } from './aws-resource.ts';

/** One call of an AWS SDK command. */
export interface AwsCall {
  /** The service as the X-Ray SDK names it, which is the client's name without its ending: `DynamoDB`, `SNS`, `SFN`. */
  readonly service: string;
  /** The operation: `PutItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string | undefined;
  /** Of an attempt after the first: how many came before. */
  readonly retry?: number;
}

/** What the AWS SDK knows of a call once it has an answer, from a response or from an error. */
export interface AwsAnswer {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly extendedRequestId?: string;
  readonly attempts?: number;
}

/** The `aws` and `http` blocks of the subsegment for one call. */
export function describeAwsCall(
  { service, operation, input, region, retry }: AwsCall,
  answer: AwsAnswer = {},
  contentLength?: number,
): CallData {
  const { httpStatusCode, requestId, extendedRequestId, attempts } = answer;
  // X-Ray counts repetitions, the SDK counts attempts.
  const retries = retry ?? (attempts === undefined ? undefined : Math.max(0, attempts - 1));
  return {
    aws: {
      operation,
      ...(region !== undefined && { region }),
      ...describeResource(service, input),
      ...(requestId !== undefined && { request_id: requestId }),
      ...(service === 'S3' && extendedRequestId !== undefined && { id_2: extendedRequestId }),
      ...(retries !== undefined && { retries }),
    },
    ...(httpStatusCode !== undefined && {
      http: {
        response: {
          status: httpStatusCode,
          ...(contentLength !== undefined && { content_length: contentLength }),
        },
      },
    }),
  };
}
