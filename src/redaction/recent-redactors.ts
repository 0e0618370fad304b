import type { RedactionPolicy } from './policy/policy.ts';

/** Redacts values by one policy. Never throws, never changes the value. */
export type Redactor = (value: unknown) => unknown;

/** Policies that a program uses in turn without keeping a redactor; more than this take turns. */
const MOST = 8;

interface Recent {
  /** A copy: the caller may change its policy afterwards. */
  readonly policy: unknown;
  readonly mode: string | undefined;
  readonly pseudonymKey: string | undefined;
  readonly redactor: Redactor;
}

/**
 * Remembers the redactors of the last policies, so that `redact(value, policy)` need not check the same policy and learn
 * the same keys for each value. What a policy says counts, not which object says it, and so does what the environment
 * says now: a redactor depends on nothing else.
 */
export class RecentRedactors {
  readonly #create: (policy: RedactionPolicy) => Redactor;
  readonly #recent: Recent[] = [];

  constructor(create: (policy: RedactionPolicy) => Redactor) {
    this.#create = create;
  }

  /** @throws TypeError when the policy has an unknown or wrong option. */
  of(policy: RedactionPolicy): Redactor {
    const { LANTERN_REDACTION: mode, LANTERN_PSEUDONYM_KEY: pseudonymKey } = process.env;
    for (const recent of this.#recent) {
      if (recent.mode === mode && recent.pseudonymKey === pseudonymKey && says(policy, recent.policy)) {
        return recent.redactor;
      }
    }
    const redactor = this.#create(policy);
    this.#recent.unshift({ policy: copyOf(policy), mode, pseudonymKey, redactor });
    this.#recent.length = Math.min(this.#recent.length, MOST);
    return redactor;
  }
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
