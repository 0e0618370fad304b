import type { TextGuard } from '../redaction/text-guard.ts';
import { OWN_ANNOTATIONS } from './own-names.ts';
import type { WarnOnce } from './process-logger.ts';
import type { AnnotationValue } from './tracer.ts';

/** Annotations that X-Ray indexes per trace (AWS General Reference, "AWS X-Ray endpoints and quotas"). */
const MAX_ANNOTATIONS = 50;

/** Longest key of an annotation, in characters (X-Ray developer guide, "X-Ray segment documents"). */
const MAX_ANNOTATION_KEY_LENGTH = 500;

/** Longest string value of an annotation, in characters (the same page). */
const MAX_ANNOTATION_VALUE_LENGTH = 1000;

/** An annotation as X-Ray takes it, or the rule that it breaks. */
type CheckedAnnotation =
  { readonly key: string; readonly value: AnnotationValue } | { readonly refused: string };

/**
 * Checks an annotation against X-Ray's rules. X-Ray drops what breaks them without a word, so this says it. What can be
 * put right without losing anything is: characters that a key may not hold become underscores, and a big integer
 * becomes a number, or its digits when a number cannot hold it. All recorders keep to them, so that traces are found by the
 * same keys whatever recorded them.
 *
 * @param key and value as the caller gave them, whatever their types say.
 */
function checkAnnotation(key: unknown, value: unknown): CheckedAnnotation {
  if (typeof key !== 'string' || key.trim() === '')
    return { refused: 'a key must be a string that is not empty' };
  const fixedKey = key.trim().replaceAll(/[^A-Za-z0-9_]/g, '_');
  if (fixedKey.length > MAX_ANNOTATION_KEY_LENGTH) {
    return { refused: `a key may have ${MAX_ANNOTATION_KEY_LENGTH} characters at most` };
  }
  if (typeof value === 'boolean') return { key: fixedKey, value };
  if (typeof value === 'number') {
    return Number.isFinite(value) ? { key: fixedKey, value } : { refused: 'a number must be finite' };
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return { key: fixedKey, value: Number.isSafeInteger(number) ? number : String(value) };
  }
  if (typeof value !== 'string') return { refused: 'a value must be a string, a number or a boolean' };
  return value.length <= MAX_ANNOTATION_VALUE_LENGTH
    ? { key: fixedKey, value }
    : { refused: `a string may have ${MAX_ANNOTATION_VALUE_LENGTH} characters at most` };
}

/**
 * An annotation with a label in the place of a value that is somebody's: one that a detector finds, or that stands under
 * a name such as `Email`.
 */
function protectAnnotation(
  annotation: { readonly key: string; readonly value: AnnotationValue },
  texts: TextGuard,
): { readonly key: string; readonly value: AnnotationValue; readonly masked: boolean } {
  const { key, value } = annotation;
  const shown = texts.named(key, value);
  return { key, value: shown, masked: shown !== value };
}

/**
 * The member by which texts of one invocation say whose they are: what masks for all invocations under the policy that holds. The
 * same for all copies of this code: recorders are published with copies of their own.
 */
export const MASKS_BY: unique symbol = Symbol.for('lambda-lantern.masks-by');

/** Keys that a program uses, which are few; those that it makes up out of data are any number. */
const MOST_KEYS = 200;
const harmlessKeys = new WeakMap<object, Set<string>>();

/**
 * Whether a key is neither personal nor secret, as our own are whatever a detector says. It is looked through once for each policy, not
 * for each invocation.
 */
function isHarmlessKey(key: string, texts: TextGuard & { readonly [MASKS_BY]?: object }): boolean {
  if (OWN_ANNOTATIONS.has(key)) return true;
  const policy = texts[MASKS_BY] ?? texts;
  const known = harmlessKeys.get(policy) ?? new Set<string>();
  if (known.has(key)) return true;
  if (texts.text(key) !== key) return false;
  if (known.size < MOST_KEYS) harmlessKeys.set(policy, known.add(key));
  return true;
}

/** The annotations of one invocation: each is checked and masked, and what is refused or masked is said once. */
export class Annotations {
  readonly #texts: TextGuard;
  readonly #warnOnce: WarnOnce;
  /** What annotates which span: X-Ray indexes a limited number of them per trace. */
  readonly #kept = new Set<string>();

  constructor(texts: TextGuard, warnOnce: WarnOnce) {
    this.#texts = texts;
    this.#warnOnce = warnOnce;
  }

  /**
   * @param span the id of the span that is annotated.
   * @returns undefined for what is left out.
   */
  admit(
    span: string,
    key: unknown,
    value: unknown,
  ): { readonly key: string; readonly value: AnnotationValue } | undefined {
    const checked = this.#checked(span, key, value);
    if ('refused' in checked) {
      const shown = JSON.stringify(this.#texts.text(String(key)));
      this.#warnOnce(`The annotation ${shown} is left out: ${checked.refused}`);
      return undefined;
    }
    this.#kept.add(`${span} ${checked.key}`);
    const { key: name, value: safe, masked } = protectAnnotation(checked, this.#texts);
    if (masked) {
      this.#warnOnce(
        `The value of the annotation ${JSON.stringify(name)} is personal or secret; it is masked`,
      );
    }
    return { key: name, value: safe };
  }

  #checked(span: string, key: unknown, value: unknown): CheckedAnnotation {
    const checked = checkAnnotation(key, value);
    if ('refused' in checked) return checked;
    if (typeof key === 'string' && !isHarmlessKey(key, this.#texts)) {
      return { refused: 'its key is personal or secret, which belongs into no key' };
    }
    return this.#kept.has(`${span} ${checked.key}`) || this.#kept.size < MAX_ANNOTATIONS
      ? checked
      : { refused: `a trace may have ${MAX_ANNOTATIONS} annotations at most` };
  }
}
