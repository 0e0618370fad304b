import type { ServerResponse } from 'node:http';
import { messageOf } from '../message-of.ts';
import { sendJson } from './answer.ts';
import { RequestError } from './request-error.ts';

/** An error as an API of AWS answers it. */
export class AwsApiError extends Error {
  override readonly name = 'AwsApiError';
  readonly status: number;
  /** The exception of the API's model, for example `ResourceNotFoundException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.type = type;
  }
}

/** What several APIs answer to an input that they do not take. */
export function validationException(message: string, options?: ErrorOptions): AwsApiError {
  return new AwsApiError(400, 'ValidationException', message, options);
}

/** What an API calls what goes wrong with every operation. */
export interface AwsErrorTypes {
  readonly tooLarge: string;
  readonly malformed: string;
  /** Of what is the server's own fault. */
  readonly fault: string;
}

/** What went wrong, in the terms of one API. */
export function toAwsApiError(error: unknown, { tooLarge, malformed, fault }: AwsErrorTypes): AwsApiError {
  if (error instanceof AwsApiError) return error;
  const options = { cause: error };
  if (!(error instanceof RequestError)) {
    return new AwsApiError(500, fault, messageOf(error), options);
  }
  const type = { foreign: 'AccessDeniedException', 'too-large': tooLarge, malformed, 'cut-off': malformed }[
    error.flaw
  ];
  return new AwsApiError(error.status, type, error.message, options);
}

/** Answers as the JSON protocols of AWS do: some clients read the header, others the body. */
export function sendAwsError(response: ServerResponse, { status, type, message }: AwsApiError): void {
  response.setHeader('x-amzn-errortype', type);
  sendJson(response, status, { __type: type, Type: status < 500 ? 'User' : 'Service', Message: message });
}
