import { AwsApiError } from '../http/aws-api-error.ts';

/** An error as EventBridge Scheduler's API answers it. */
export class SchedulerError extends AwsApiError {
  override readonly name = 'SchedulerError';
}

export function invalid(message: string): SchedulerError {
  return new SchedulerError(400, 'ValidationException', message);
}
