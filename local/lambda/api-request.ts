/** What every operation of the local Lambda API does with a request before it is looked at. */
import type { IncomingMessage } from 'node:http';
import { AwsApiError, toAwsApiError } from '../http/aws-error.ts';
import { decodePercent } from '../http/target.ts';
import {
  InvalidRequestError,
  RecursiveInvocationError,
  RequestTooLargeError,
  ThrottledError,
  UnknownFunctionError,
} from './invocation.ts';

export interface FunctionReference {
  readonly name: string;
  /** A version or alias; undefined where none is named. */
  readonly qualifier?: string;
}

/** A name, `account:function:name`, or an ARN, each with a version or alias where there is one. */
export function functionReference(encoded: string): FunctionReference {
  const [name = '', qualifier] = decodePercent(encoded)
    .replace(/^.*:function:/, '')
    .split(':');
  return { name, ...(qualifier !== undefined && { qualifier }) };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** What went wrong, in the terms of the Lambda API. */
export function toLambdaError(error: unknown): AwsApiError {
  const options = { cause: error };
  if (error instanceof UnknownFunctionError)
    return new AwsApiError(404, 'ResourceNotFoundException', error.message, options);
  if (error instanceof ThrottledError)
    return new AwsApiError(429, 'TooManyRequestsException', error.message, options);
  if (error instanceof RecursiveInvocationError)
    return new AwsApiError(400, 'RecursiveInvocationException', error.message, options);
  if (error instanceof RequestTooLargeError)
    return new AwsApiError(413, 'RequestTooLargeException', error.message, options);
  if (error instanceof InvalidRequestError)
    return new AwsApiError(400, 'InvalidRequestContentException', error.message, options);
  return toAwsApiError(error, {
    tooLarge: 'RequestTooLargeException',
    malformed: 'InvalidRequestContentException',
    fault: 'ServiceException',
  });
}

/** What Lambda answers to a value that it does not take. */
export function invalidParameterValue(message: string): AwsApiError {
  return new AwsApiError(400, 'InvalidParameterValueException', message);
}
