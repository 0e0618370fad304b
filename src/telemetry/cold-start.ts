import { currentInvocation } from '../propagation/correlation.ts';

/** Memory that comes with a whole processor, in MB (AWS Lambda developer guide, "Configure Lambda function memory"). */
const MEMORY_OF_A_PROCESSOR = 1769;

let first: object | undefined;

/**
 * Whether an invocation is the first of its process, and somebody waited until that was initialised: as Powertools has it,
 * only where Lambda says `on-demand`. Environments of provisioned concurrency or from a snapshot, and processes that are none of
 * Lambda's, have no cold start. The same for all pipelines of an invocation.
 *
 * @param invocation what stands for the invocation; see `OpenedScope.invocation`.
 */
export function isColdStart(invocation: object): boolean {
  first ??= invocation;
  return invocation === first && process.env.AWS_LAMBDA_INITIALIZATION_TYPE?.trim() === 'on-demand';
}

/**
 * Adds Lambda's context to a Powertools Logger, whose `cold_start` is then that of the running invocation. Its own is true for
 * the first context that this logger sees, which may be that of a later invocation, or of a pipeline within another.
 */
export function addContextTo<C>(
  logger: { addContext(context: C): void },
  context: C,
  coldStart = isColdStart(currentInvocation() ?? logger),
): void {
  // What it looks at, and sets to false, as it is given a context.
  Reflect.set(logger, 'coldStart', coldStart);
  logger.addContext(context);
}

/**
 * Whether what only some invocations need is better loaded while the environment is initialised: where nobody waits for that, or
 * where the function has a share of a processor later, and a whole one then. Elsewhere it takes as long when it is needed, and most
 * cold starts are spared it.
 */
export function isInitialisedFaster(): boolean {
  const { AWS_LAMBDA_INITIALIZATION_TYPE: type, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory } = process.env;
  return (type !== undefined && type.trim() !== 'on-demand') || Number(memory) < MEMORY_OF_A_PROCESSOR;
}
