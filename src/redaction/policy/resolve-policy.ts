import { checkDetectorSpeed } from '../detectors/check-detector-speed.ts';
import { defaultDetectors } from '../detectors/default-detectors.ts';
import type { Detector } from '../detectors/detector.ts';
import { compilePaths, isPath } from './allowed-paths.ts';
import type { PathNode } from './allowed-paths.ts';
import { checkPolicy } from './check-policy.ts';
import { MODES } from './policy.ts';
import type { DenyPolicy, MessageMode, RedactionBudget, RedactionMode, RedactionPolicy } from './policy.ts';
import { createReplacer } from './replacement.ts';
import type { Replacer } from './replacement.ts';
import { unicodePattern } from '../first-use.ts';

/** A policy with every default in its place. */
export interface ResolvedPolicy {
  readonly mode: RedactionMode;
  readonly allowedKeys: ReadonlySet<string>;
  readonly allowedPaths: PathNode | undefined;
  /** In lower case: what the policy names, whole and by word. */
  readonly fieldNames: ReadonlySet<string>;
  readonly messages: MessageMode;
  readonly deny: DenyPolicy;
  readonly detectors: readonly Detector[];
  readonly replace: Replacer;
  readonly budget: Required<RedactionBudget>;
}

const DEFAULT_BUDGET: Required<RedactionBudget> = {
  bytes: 32_768,
  depth: 12,
  items: 100,
  keys: 60,
  stringLength: 256,
};
/** The walk is recursive: this many levels fit into the smallest stack that Lambda gives, whatever is asked. */
const MAX_DEPTH = 200;

/**
 * Checks a policy and fills in its defaults.
 *
 * @param environment where `LANTERN_REDACTION` and `LANTERN_PSEUDONYM_KEY` are looked up.
 * @throws TypeError that names the option which is unknown or wrong.
 */
export function resolvePolicy(
  policy: RedactionPolicy = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ResolvedPolicy {
  checkPolicy('redaction policy', policy);
  const {
    mode = 'shape',
    allow = [],
    fieldNames = [],
    messages = mode,
    deny = {},
    detectors = [],
    replace = {},
    budget = {},
  } = policy;
  for (const detector of detectors) checkDetectorSpeed(detector);
  const limits = { ...DEFAULT_BUDGET, ...withoutUndefined(budget) };
  return {
    mode: stricter(mode, environment.LANTERN_REDACTION),
    allowedKeys: new Set(allow.filter((entry) => !isPath(entry))),
    allowedPaths: compilePaths(allow.filter(isPath)),
    fieldNames: namesOf(fieldNames, allow),
    messages: stricter(messages, environment.LANTERN_REDACTION) === 'values' ? 'values' : 'shape',
    deny,
    detectors: detectors.length === 0 ? defaultDetectors : [...detectors, ...defaultDetectors],
    replace: createReplacer(replace, environment.LANTERN_PSEUDONYM_KEY),
    budget: { ...limits, depth: Math.min(limits.depth, MAX_DEPTH) },
  };
}

/** A word that is not known asks for nothing that could be trusted, so nothing but shapes is shown. */
function stricter(mode: RedactionMode, environment: string | undefined): RedactionMode {
  if (environment === undefined || environment === '') return mode;
  const word = environment.trim().toLowerCase();
  const asked = MODES.find((known) => known === word) ?? 'shape';
  return MODES.indexOf(asked) > MODES.indexOf(mode) ? asked : mode;
}

const wordsOfName = unicodePattern(String.raw`\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+`, 'gu');

/** What is allowed may be named: the steps of a path too, though not their words. */
function namesOf(fieldNames: readonly string[], allow: readonly string[]): ReadonlySet<string> {
  const words = fieldNames.flatMap((name) => name.match(wordsOfName()) ?? []);
  const steps = allow.flatMap((path) => path.split(/[.*[\]]+/));
  return new Set([...fieldNames, ...words, ...steps].filter(Boolean).map((name) => name.toLowerCase()));
}

function withoutUndefined(budget: RedactionBudget): RedactionBudget {
  return Object.fromEntries(Object.entries(budget).filter(([, limit]) => limit !== undefined));
}
