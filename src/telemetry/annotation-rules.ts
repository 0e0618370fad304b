import type { TextGuard } from '../redaction/text-guard.ts';
import type { AnnotationValue } from './tracer.ts';

/** Annotations that X-Ray indexes per trace (AWS General Reference, "AWS X-Ray endpoints and quotas"). */
export const MAX_ANNOTATIONS = 50;

/** Longest key of an annotation, in characters (X-Ray developer guide, "X-Ray segment documents"). */
const MAX_ANNOTATION_KEY_LENGTH = 500;

/** Longest string value of an annotation, in characters (the same page). */
const MAX_ANNOTATION_VALUE_LENGTH = 1000;

/** An annotation as X-Ray takes it, or the rule that it breaks. */
export type CheckedAnnotation =
  { readonly key: string; readonly value: AnnotationValue } | { readonly refused: string };

/**
 * Checks an annotation against X-Ray's rules. X-Ray drops what breaks them without a word, so this says it. What can be
 * put right without losing anything is: characters that a key may not hold become underscores, and a big integer
 * becomes a number, or its digits when a number cannot hold it. All recorders keep to them, so that traces are found by the
 * same keys whatever recorded them.
 *
 * @param key and value as the caller gave them, whatever their types say.
 */
export function checkAnnotation(key: unknown, value: unknown): CheckedAnnotation {
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
export function protectAnnotation(
  annotation: { readonly key: string; readonly value: AnnotationValue },
  texts: TextGuard,
): { readonly key: string; readonly value: AnnotationValue; readonly masked: boolean } {
  const { key, value } = annotation;
  const shown = texts.named(key, value);
  return { key, value: shown, masked: shown !== value };
}
