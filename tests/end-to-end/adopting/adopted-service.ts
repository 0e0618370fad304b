import { until } from '../../helpers/until.ts';
import type { LocalStack } from '../../helpers/local-stack.ts';

/** A service of `tests/fixtures/services` as a team has it that adds nothing but the plugin; each in a file of its own. */
export interface AdoptedService {
  /** Its folder, which is its name too. */
  readonly name: string;
  readonly kind: string;
  /** What each archive of a deployment holds, by its name in `.serverless`. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** The kinds of resource that have alarms. */
  readonly alarmed: readonly string[];
  /** What is said at start of what cannot run or be checked here. */
  readonly named?: readonly RegExp[];
  /** Uses the service as its users do, looks at what it answers and does, and at the traces of that. */
  readonly use: (stack: LocalStack) => Promise<void>;
}

/** Name and origin of the segments of the first trace that a segment of this name is in. */
export async function segmentsOf(stack: LocalStack, name: string): Promise<(string | undefined)[][]> {
  return until(async () => {
    for (const { id } of (await stack.traces()).traces) {
      const { segments } = (await stack.trace(id)).trace;
      // Both segments of Lambda are there when an invocation is over.
      if (segments.filter((segment) => segment.name === name).length < 2) continue;
      return segments.map((segment) => [segment.name, segment.origin]);
    }
    return undefined;
  }, `a trace with ${name}`);
}
