import { xml } from './xml.ts';

/** An error as S3 answers it. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly status: number;
  /** For example `NoSuchKey`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  toXml(resource: string, requestId: string): string {
    return xml('Error', {
      Code: this.code,
      Message: this.message,
      Resource: resource,
      RequestId: requestId,
    });
  }
}

export function noSuchKey(key: string): S3Error {
  return new S3Error(404, 'NoSuchKey', `The specified key does not exist: ${key}`);
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error(
    412,
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${condition}`,
  );
}

/** Of what S3 has and this does not. */
export function notImplemented(what: string, instead: string): S3Error {
  return new S3Error(501, 'NotImplemented', `Lantern's S3 has no ${what}: ${instead}.`);
}
