import { Targets } from '../../local/events/targets.ts';
import type { TargetsOptions } from '../../local/events/targets.ts';
import { AsyncInvocations } from '../../local/lambda/async-invocations.ts';
import type { AsyncInvocationsOptions } from '../../local/lambda/async-invocations.ts';

type Options = { readonly messagingUrl?: string } & Partial<AsyncInvocationsOptions> &
  Pick<AsyncInvocationsOptions, 'invoke'> &
  Partial<TargetsOptions>;

/** Targets whose functions are called as they are in a stack; there are no queues, topics and buses unless they are given. */
export function targetsOf({
  messagingUrl = 'http://127.0.0.1:1',
  putEvent = () => undefined,
  ...options
}: Options): Targets {
  const invocations = new AsyncInvocations({ onDropped: () => undefined, ...options });
  return new Targets({
    queuesUrl: messagingUrl,
    topicsUrl: messagingUrl,
    putEvent,
    accept: (event) => invocations.accept(event),
    ...options,
  });
}
