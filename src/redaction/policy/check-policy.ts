import { checkDetector } from '../detectors/check-detector.ts';
import { CATEGORIES } from '../detectors/detector.ts';
import { isPath, stepsOf } from './allowed-paths.ts';
import { MODES } from './policy.ts';
import type { DenyPolicy, RedactionBudget, RedactionPolicy, ReplacementForm } from './policy.ts';

/*
 * Small on purpose, and held to it by an arrow of the linter: a pipeline that is built checks its policies with this
 * alone, and may load what redacts with the first value that there is to redact.
 */

/** Throws where a value is wrong; `option` is the path to it, such as `budget.bytes`. */
type Check = (owner: string, option: string, value: unknown) => void;

const FORMS: readonly ReplacementForm[] = ['label', 'partial', 'pseudonym'];

/** What each option takes; the compiler holds it to the type of the policy. */
const POLICY = options<RedactionPolicy>({
  mode: oneOf(MODES),
  allow: (owner, option, value) => {
    strings(owner, option, value);
    for (const path of (value as string[]).filter(isPath)) stepsOf(path, owner);
  },
  fieldNames: strings,
  messages: oneOf(['shape', 'values']),
  deny: options<DenyPolicy>({
    extend: members(byCategory(strings)),
    without: (owner, option, value) => {
      strings(owner, option, value);
      for (const category of value as string[]) oneOf(CATEGORIES)(owner, option, category);
    },
  }),
  detectors: (owner, option, value) => {
    if (!Array.isArray(value)) throw wrong(owner, option, 'an array', value);
    for (const detector of value as unknown[]) checkDetector(detector);
  },
  replace: members(byCategory(oneOf(FORMS))),
  budget: options<RedactionBudget>({
    bytes: limit,
    depth: limit,
    items: limit,
    keys: limit,
    stringLength: limit,
  }),
});

/**
 * Checks the form of a policy: that its options exist, and are of the type that they take. How fast a detector of the
 * user's is does not show in its form; `resolvePolicy` tries that.
 *
 * @param owner what the messages call the policy, such as `redaction policy`.
 * @throws TypeError that names the option which is unknown or wrong, what it takes, and what came.
 */
export function checkPolicy(owner: string, policy: unknown): void {
  POLICY(owner, '', policy);
}

/** An object of which every member may be absent. */
function options<Options>(checks: Readonly<Record<keyof Options, Check>>): Check {
  const optional = Object.entries<Check>(checks).map(([name, check]): [string, Check] => [
    name,
    (owner, option, value) => value === undefined || check(owner, option, value),
  ]);
  return members(Object.fromEntries(optional));
}

function members(checks: Readonly<Record<string, Check>>): Check {
  return (owner, option, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(owner, option === '' ? 'policy' : option, 'an object', value);
    }
    const path = (name: string): string => (option === '' ? name : `${option}.${name}`);
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(checks, name));
    if (unknown !== undefined) {
      const known = Object.keys(checks).join(', ');
      throw new TypeError(`The ${owner} has no option "${path(unknown)}"; it has ${known}`);
    }
    for (const [name, member] of Object.entries(value)) checks[name]?.(owner, path(name), member);
  };
}

function byCategory(check: Check): Readonly<Record<string, Check>> {
  return Object.fromEntries(CATEGORIES.map((category) => [category, check]));
}

function oneOf(words: readonly string[]): Check {
  return (owner, option, value) => {
    if (!words.some((word) => word === value)) throw wrong(owner, option, words.join(', '), value);
  };
}

function strings(owner: string, option: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw wrong(owner, option, 'an array of strings', value);
  }
}

function limit(owner: string, option: string, value: unknown): void {
  if (value !== Infinity && !(Number.isInteger(value) && (value as number) >= 1)) {
    throw wrong(owner, option, 'a whole number of 1 or more', value);
  }
}

function wrong(owner: string, option: string, expected: string, value: unknown): TypeError {
  const came =
    typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'an array' : typeof value;
  return new TypeError(`The option "${option}" of the ${owner} takes ${expected}, but got ${came}`);
}
