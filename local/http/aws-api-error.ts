/** An error as an API of AWS answers it. */
export class AwsApiError extends Error {
  readonly status: number;
  /** The exception of the API's model, for example `ResourceNotFoundException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.type = type;
  }
}
