import { endingContract } from './endings.ts';
import { errorContract } from './errors-and-children.ts';
import { failureContract } from './failures.ts';
import { limitContract } from './limits.ts';
import { overlapContract } from './overlap.ts';
import { parallelContract } from './parallel.ts';
import type { Check } from './subject.ts';
import { timeoutAndHeaderContract } from './timeout-and-headers.ts';
import { functionContract } from './traced-functions.ts';

/** Everything that tracing promises, as checks that any tracing stack can be held against. */
export const contract: readonly Check[] = [
  ...endingContract,
  ...errorContract,
  ...parallelContract,
  ...overlapContract,
  ...timeoutAndHeaderContract,
  ...limitContract,
  ...failureContract,
  ...functionContract,
];
