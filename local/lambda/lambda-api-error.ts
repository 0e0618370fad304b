import { AwsApiError } from '../http/aws-api-error.ts';
import {
  InvalidRequestError,
  RequestTooLargeError,
  ThrottledError,
  UnknownFunctionError,
} from './invocation.ts';

/** An error as the Lambda API answers it. */
export class LambdaApiError extends AwsApiError {
  override readonly name = 'LambdaApiError';
}

/** What went wrong, in the terms of the Lambda API. */
export function toApiError(error: unknown): LambdaApiError {
  if (error instanceof LambdaApiError) return error;
  const options = { cause: error };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnknownFunctionError)
    return new LambdaApiError(404, 'ResourceNotFoundException', message, options);
  if (error instanceof ThrottledError)
    return new LambdaApiError(429, 'TooManyRequestsException', message, options);
  if (error instanceof RequestTooLargeError)
    return new LambdaApiError(413, 'RequestTooLargeException', message, options);
  if (error instanceof InvalidRequestError)
    return new LambdaApiError(400, 'InvalidRequestContentException', message, options);
  return new LambdaApiError(500, 'ServiceException', message, options);
}
