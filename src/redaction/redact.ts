import type { RedactionPolicy } from './policy/policy.ts';
import { resolvePolicy } from './policy/resolve-policy.ts';
import { TextMasker } from './texts/text-masker.ts';
import { KeyBook } from './walk/key-book.ts';
import { Walk } from './walk/walk.ts';

export type { RedactionBudget, RedactionMode, RedactionPolicy } from './policy/policy.ts';

/*
 * The way of a value: `policy` says what may be shown, `names` what each key is, `walk` goes through the value, `texts`
 * decodes its strings and treats them, with the `detectors`.
 */

/** Redacts values by one policy. Never throws, never changes the value. */
export type Redactor = (value: unknown) => unknown;

const DEFAULT_POLICY: RedactionPolicy = {};
/** Policies that a program uses in turn without keeping a redactor; more than this take turns. */
const MOST_RECENT = 8;

/**
 * A plain JSON value that is safe to show: how `value` is built, and of what it holds only what the policy lets through.
 * Strings that carry structure, such as the body of an API Gateway response, are decoded and treated the same. The work
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
  return recentRedactor(policy)(value);
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

interface Recent {
  /** A copy: the caller may change its policy afterwards. */
  readonly policy: unknown;
  readonly mode: string | undefined;
  readonly pseudonymKey: string | undefined;
  readonly redactor: Redactor;
}

const recents: Recent[] = [];

/**
 * The redactor of one of the last policies, so that `redact(value, policy)` need not check the same policy and learn the
 * same keys for each value. What a policy says counts, not which object says it, and so does what the environment says
 * now: a redactor depends on nothing else.
 */
function recentRedactor(policy: RedactionPolicy): Redactor {
  const { LANTERN_REDACTION: mode, LANTERN_PSEUDONYM_KEY: pseudonymKey } = process.env;
  for (const recent of recents) {
    if (recent.mode === mode && recent.pseudonymKey === pseudonymKey && says(policy, recent.policy)) {
      return recent.redactor;
    }
  }
  const redactor = createRedactor(policy);
  recents.unshift({ policy: copyOf(policy), mode, pseudonymKey, redactor });
  recents.length = Math.min(recents.length, MOST_RECENT);
  return redactor;
}

/** Whether two policies say the same. What is not plain, such as a function or a pattern, is compared by identity. */
function says(policy: unknown, copy: unknown): boolean {
  if (policy === copy) return true;
  if (!isPlain(policy) || !isPlain(copy)) return false;
  if (Array.isArray(policy) !== Array.isArray(copy)) return false;
  let members = 0;
  for (const key in policy) {
    if (!Object.hasOwn(copy, key) || !says(policy[key], copy[key])) return false;
    members += 1;
  }
  return members === Object.keys(copy).length;
}

function copyOf(policy: unknown): unknown {
  if (Array.isArray(policy)) return policy.map(copyOf);
  if (!isPlain(policy)) return policy;
  return Object.fromEntries(Object.entries(policy).map(([key, value]) => [key, copyOf(value)]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
