/** An expression of metric math that cannot be evaluated here: it is wrong, or uses what only CloudWatch has. */
export class MathError extends Error {
  override readonly name = 'MathError';
}
