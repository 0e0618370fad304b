import type { Request } from '@middy/core';
import { whenAnswered } from '../lifecycle/observe-body.ts';
import type { Follower, Followers } from '../lifecycle/request-ending.ts';
import { attempt } from './guarded-span.ts';
import type { InvocationScope } from './trace-scope.ts';

/** Ends a record. The response may be replaced by one whose body is watched, unless it has been taken already. */
export type Finish = (canReplaceResponse: boolean) => Promise<void> | undefined;

/** What `tracing()` keeps of an invocation. */
export class InvocationRecord implements Follower {
  readonly owner: Followers<InvocationRecord>;
  readonly #finish: Finish;

  constructor(owner: Followers<InvocationRecord>, finish: Finish) {
    this.owner = owner;
    this.#finish = finish;
  }

  finish(canReplaceResponse: boolean): Promise<void> | undefined {
    return attempt('end the record', () => this.#finish(canReplaceResponse));
  }

  /** By then Middy has taken the response; watching a body that it reads itself would take chunks away from it. */
  whenSkipped(): void {
    void this.finish(false);
  }
}

/** Where nothing is recorded: calls send on the header that came in. */
export function passOn(
  request: Request,
  { opened }: InvocationScope,
  incomingHeader: string | undefined,
): Finish {
  opened.set({ incomingHeader });
  return (canReplaceResponse) =>
    whenAnswered(request, canReplaceResponse, () => {
      opened.leave();
      return undefined;
    });
}
