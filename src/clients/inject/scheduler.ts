import type { Fields, Injector } from './injector.ts';
import { injectOne, LEFT_OUT, unchanged, withMember } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { SIZE_LIMITS } from './size-limits.ts';

/**
 * Services whose target receives the input as its message. For others it is something else: the parameters of an API
 * call (`arn:aws:scheduler:::aws-sdk:...`), or overrides for an ECS task, where a member more is an error.
 */
const MESSAGE_TARGETS = /^arn:[^:]+:(lambda|states|events|sqs|sns|kinesis|firehose):/;

const injectTarget = injectOne(payloadMessages('Input', SIZE_LIMITS.scheduler));

export const injectSchedule: Injector = (input, correlationId) => {
  const { Target, ClientToken } = input;
  if (typeof Target !== 'object' || Target === null) return unchanged(input);
  const target = Target as Fields;
  if (typeof target.Arn !== 'string' || !MESSAGE_TARGETS.test(target.Arn)) return unchanged(input);
  if (ClientToken !== undefined) return unchanged(input, LEFT_OUT.idempotent);
  const injected = injectTarget(target, correlationId);
  return withMember(input, 'Target', injected.input, injected.leftOut);
};
