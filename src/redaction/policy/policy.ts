import { compilePaths } from './allowed-paths.ts';
import type { PathNode } from './allowed-paths.ts';
import { checkDetector } from '../detectors/check-detector.ts';
import { defaultDetectors } from '../detectors/default-detectors.ts';
import type { Category, Detector } from '../detectors/detector.ts';
import { createReplacer } from './replacement.ts';
import type { Replacer, ReplacementForm } from './replacement.ts';

/** Which categories of denied names apply, and which names belong to them. */
export interface DenyPolicy {
  /** Names to deny besides the known ones, by category. */
  readonly extend?: Partial<Record<Category, readonly string[]>>;
  /** Categories whose names are not denied. */
  readonly without?: readonly Category[];
}

/** How much may be shown. Work is bounded by it too, however large the value is. */
export interface RedactionBudget {
  /**
   * Bytes of the result as JSON in UTF-8.
   *
   * @default 32768: half of an X-Ray document (64 kB, AWS X-Ray "Segment documents"), which holds more than this
   */
  readonly bytes?: number;
  /**
   * Levels of nesting. JSON in a string is a level.
   *
   * @default 12, and never more than 200
   */
  readonly depth?: number;
  /**
   * Items shown of one array or set.
   *
   * @default 100
   */
  readonly items?: number;
  /**
   * Keys shown of one object.
   *
   * @default 60
   */
  readonly keys?: number;
  /**
   * Characters shown of one string.
   *
   * @default 256
   */
  readonly stringLength?: number;
}

/** What `redact` may show. */
export interface RedactionPolicy {
  /**
   * `shape`: keys and types, and values only where `allow` says so. `values`: every value that is neither denied by the
   * name of its key nor detected. `off`: nothing. The environment variable `LANTERN_REDACTION` takes the same words, and
   * the stricter of the two holds.
   *
   * @default 'shape'
   */
  readonly mode?: RedactionMode;
  /**
   * Names of keys (`status`), at any depth, or paths from the root (`body.order.id`, `items[].sku`, `orders.*.total`)
   * whose strings, numbers and booleans appear in `shape` mode. They still pass the deny list and the detectors.
   *
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * Names of fields that `shape` mode shows besides the words it knows, whole or by their words: names of your trade, or
   * of another language than English. Their values stay hidden. A key of an object that is not known as the name of a
   * field may be data (`{ "anna": … }`), and is counted but not shown.
   *
   * @default []
   */
  readonly fieldNames?: readonly string[];
  readonly deny?: DenyPolicy;
  /** Detectors of your own, which come before the known ones. */
  readonly detectors?: readonly Detector[];
  /**
   * What takes the place of a value, by category: its label (`[email]`), the label with the value's end, or the label
   * with a pseudonym: a keyed hash that is equal for equal values. The key of the pseudonyms is the environment
   * variable `LANTERN_PSEUDONYM_KEY`; without it the label stands alone.
   *
   * @default 'label' for every category
   */
  readonly replace?: Partial<Record<Category, ReplacementForm>>;
  readonly budget?: RedactionBudget;
}

export type RedactionMode = 'shape' | 'values' | 'off';

/** A policy with every default in its place. */
export interface ResolvedPolicy {
  readonly mode: RedactionMode;
  readonly allowedKeys: ReadonlySet<string>;
  readonly allowedPaths: PathNode | undefined;
  /** In lower case: what the policy names, whole and by word. */
  readonly fieldNames: ReadonlySet<string>;
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

/** From the one that shows most to the one that shows nothing. */
const MODES: readonly RedactionMode[] = ['values', 'shape', 'off'];
const FORMS: readonly ReplacementForm[] = ['label', 'partial', 'pseudonym'];
const CATEGORIES: readonly Category[] = [
  'credentials',
  'contact',
  'identity',
  'financial',
  'health',
  'location',
  'network',
];
const OPTIONS = ['mode', 'allow', 'fieldNames', 'deny', 'detectors', 'replace', 'budget'];

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
  checkNames('', policy, OPTIONS);
  const {
    mode = 'shape',
    allow = [],
    fieldNames = [],
    deny = {},
    detectors = [],
    replace = {},
    budget = {},
  } = policy;
  checkWord('mode', mode, MODES);
  checkStrings('allow', allow);
  checkStrings('fieldNames', fieldNames);
  checkDeny(deny);
  checkArray('detectors', detectors);
  for (const detector of detectors) checkDetector(detector);
  checkNames('replace', replace, CATEGORIES);
  for (const [category, form] of Object.entries(replace)) checkWord(`replace.${category}`, form, FORMS);
  checkNames('budget', budget, Object.keys(DEFAULT_BUDGET));
  for (const [name, limit] of Object.entries(budget)) checkLimit(`budget.${name}`, limit);

  const isPath = (entry: string): boolean => /[.*[\]]/.test(entry);
  const limits = { ...DEFAULT_BUDGET, ...withoutUndefined(budget) };
  return {
    mode: stricter(mode, environment.LANTERN_REDACTION),
    allowedKeys: new Set(allow.filter((entry) => !isPath(entry))),
    allowedPaths: compilePaths(allow.filter(isPath)),
    fieldNames: namesOf(fieldNames, allow),
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

/** What is allowed may be named: the steps of a path too, though not their words. */
function namesOf(fieldNames: readonly string[], allow: readonly string[]): ReadonlySet<string> {
  const words = fieldNames.flatMap((name) => name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+/gu) ?? []);
  const steps = allow.flatMap((path) => path.split(/[.*[\]]+/));
  return new Set([...fieldNames, ...words, ...steps].filter(Boolean).map((name) => name.toLowerCase()));
}

function checkDeny(deny: DenyPolicy): void {
  checkNames('deny', deny, ['extend', 'without']);
  const { extend = {}, without = [] } = deny;
  checkNames('deny.extend', extend, CATEGORIES);
  for (const [category, names] of Object.entries(extend)) checkStrings(`deny.extend.${category}`, names);
  checkStrings('deny.without', without);
  for (const category of without) checkWord('deny.without', category, CATEGORIES);
}

function checkNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong(owner === '' ? 'policy' : owner, 'an object', options);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const path = owner === '' ? unknown : `${owner}.${unknown}`;
  throw new TypeError(`The redaction policy has no option "${path}"; it has ${known.join(', ')}`);
}

function checkWord(option: string, word: unknown, known: readonly string[]): void {
  if (!known.some((each) => each === word)) throw wrong(option, known.join(', '), word);
}

function checkStrings(option: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw wrong(option, 'an array of strings', value);
  }
}

function checkArray(option: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrong(option, 'an array', value);
}

function checkLimit(option: string, limit: unknown): void {
  const isLimit = limit === Infinity || (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1);
  if (limit !== undefined && !isLimit) throw wrong(option, 'a whole number of 1 or more', limit);
}

function wrong(option: string, expected: string, value: unknown): TypeError {
  const came =
    typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'an array' : typeof value;
  return new TypeError(`The option "${option}" of the redaction policy takes ${expected}, but got ${came}`);
}

function withoutUndefined(budget: RedactionBudget): RedactionBudget {
  return Object.fromEntries(Object.entries(budget).filter(([, limit]) => limit !== undefined));
}
