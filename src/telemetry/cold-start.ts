let first = process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'provisioned-concurrency';

/** Whether this is the first invocation of the process, and somebody waited for its initialisation. */
export function takeColdStart(): boolean {
  const isFirst = first;
  first = false;
  return isFirst;
}
