/**
 * `foreign`: not for whoever sends it. `cut-off`: the connection ended before the body did, and nobody is left to
 * answer.
 */
export type RequestFlaw = 'foreign' | 'too-large' | 'malformed' | 'cut-off';

/** Why a request is refused before any operation sees it; the message is for whoever sent it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly flaw: RequestFlaw;

  constructor(flaw: RequestFlaw, message: string, options?: ErrorOptions) {
    super(message, options);
    this.flaw = flaw;
  }

  /** Of the answer. */
  get status(): number {
    return { foreign: 403, 'too-large': 413, malformed: 400, 'cut-off': 400 }[this.flaw];
  }
}
