/** A filter pattern that CloudWatch Logs would refuse, or one that is not understood here. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
