import { KeyBook } from './walk/key-book.ts';
import type { RedactionPolicy } from './policy/policy.ts';
import { resolvePolicy } from './policy/resolve-policy.ts';
import { RecentRedactors } from './recent-redactors.ts';
import type { Redactor } from './recent-redactors.ts';
import { TextMasker } from './texts/text-masker.ts';
import { Walk } from './walk/walk.ts';

export type { RedactionBudget, RedactionMode, RedactionPolicy } from './policy/policy.ts';
export type { Redactor } from './recent-redactors.ts';

const DEFAULT_POLICY: RedactionPolicy = {};
const recent = new RecentRedactors(createRedactor);

/**
 * A plain JSON value that is safe to show: how `value` is built, and of what it holds only what the policy lets through.
 * Strings that carry structure, such as the body of an API Gateway response, are opened and treated the same. The work
 * is bounded by the budget of the policy, not by the value. `undefined` when the policy's mode is `off`.
 *
 * Never throws because of `value`, never changes it.
 *
 * @throws TypeError when the policy has an unknown or wrong option.
 * @example
 * redact({ id: 'o-1', email: 'jane@example.com' }, { allow: ['id'] });
 * // { id: 'o-1', email: '<string, below 256 characters>' }
 */
export function redact(value: unknown, policy: RedactionPolicy = DEFAULT_POLICY): unknown {
  return recent.of(policy)(value);
}

/**
 * {@link redact} with a policy that is checked once: for many values. The policy and the environment are read now, not
 * again for each value.
 *
 * @throws TypeError when the policy has an unknown or wrong option.
 */
export function createRedactor(policy: RedactionPolicy = DEFAULT_POLICY): Redactor {
  const resolved = resolvePolicy(policy);
  if (resolved.mode === 'off') return () => undefined;
  const masker = new TextMasker(resolved);
  const keys = new KeyBook(resolved, masker);
  return (value) => {
    try {
      return new Walk(resolved, keys, masker).result(value);
    } catch {
      // The stack of the caller may be almost full; what cannot be read cannot be shown.
      return '<unreadable>';
    }
  };
}
