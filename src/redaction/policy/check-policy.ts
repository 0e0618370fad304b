import { checkOptions, isOptions, oneOf, texts } from '../../check-options.ts';
import type { Kind, KindsOf } from '../../check-options.ts';
import type { Detector, Category } from '../detectors/detector.ts';
import type { RedactionPolicy } from '../policy.ts';

/*
 * Small on purpose: a pipeline that is built checks its policies with this alone, and loads what redacts with the first
 * value that there is to redact.
 */

const CATEGORIES = [
  'credentials',
  'contact',
  'identity',
  'financial',
  'health',
  'location',
  'network',
] as const satisfies readonly Category[];

const limit: Kind<number> = [
  'a whole number of 1 or more',
  (value) => value === Infinity || (Number.isInteger(value) && (value as number) > 0),
];

/** What each option of a policy takes; the compiler holds it to the type. */
export const POLICY: KindsOf<RedactionPolicy> = {
  mode: oneOf('values', 'shape', 'off'),
  allow: texts,
  fieldNames: texts,
  deny: {
    extend: byCategory(texts),
    without: [
      `an array of ${CATEGORIES.join(', ')}`,
      (value) => Array.isArray(value) && value.every(isCategory),
    ],
  },
  detectors: ['an array of detectors', isDetectors],
  replace: byCategory(oneOf('label', 'partial', 'pseudonym')),
  budget: { bytes: limit, depth: limit, items: limit, keys: limit, stringLength: limit },
};

/** For options that are a policy, or `true` for one that holds elsewhere. */
export const policyOrFlag: Kind<boolean | RedactionPolicy> = [
  'true, false or a redaction policy',
  (value) => typeof value === 'boolean' || isOptions(value),
  POLICY as never,
];

/**
 * Checks the form of a policy: that its options exist, and are of the type that they take. What does not show in its form
 * (how fast a detector is, whether a path has steps) is seen when it is put to use.
 *
 * @param owner what the messages call it.
 * @throws TypeError that names the option which is unknown or wrong, what it takes, and what came.
 */
export function checkPolicy(owner: string, policy: RedactionPolicy): void {
  checkOptions(owner, policy, POLICY);
}

function byCategory<Tag>(kind: Kind<Tag>): Readonly<Record<Category, Kind<Tag>>> {
  return Object.fromEntries(CATEGORIES.map((category) => [category, kind])) as Record<Category, Kind<Tag>>;
}

function isCategory(value: unknown): boolean {
  return CATEGORIES.includes(value as Category);
}

function isDetectors(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    (value as ReadonlyArray<Partial<Detector> | null>).every(
      (each) =>
        typeof each?.hint === 'function' && each.pattern instanceof RegExp && isCategory(each.category),
    )
  );
}
