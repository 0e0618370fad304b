/** An error as EventBridge Scheduler's API answers it. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly status: number;
  /** The exception of the API model, for example `ResourceNotFoundException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.type = type;
  }
}

export function invalid(message: string): SchedulerError {
  return new SchedulerError(400, 'ValidationException', message);
}
