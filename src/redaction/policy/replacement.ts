import { createHmac } from 'node:crypto';
import type { Category } from '../detectors/detector.ts';
import type { ReplacementForm } from './policy.ts';

/** The replacement of one value. `name` is what it is: the name of a detector, or the category of a denied key. */
export type Replacer = (name: string, category: Category, text: string) => string;

/** A shorter value is too easily guessed from its end. */
const SHORTEST_PARTIAL = 12;
const PARTIAL_LENGTH = 4;
/** 48 bits: two among a million customers share a pseudonym with a chance of 1 in 500, and a label stays short. */
const PSEUDONYM_DIGITS = 12;

/**
 * @param forms by category; a label where nothing is said.
 * @param key of the pseudonyms; without one they would be guessed by trying, so the label stands alone.
 */
export function createReplacer(
  forms: Partial<Record<Category, ReplacementForm>>,
  key: string | undefined,
): Replacer {
  const labels = new Map<string, string>();
  const labelOf = (name: string): string => {
    const known = labels.get(name);
    if (known !== undefined) return known;
    const label = `[${name}]`;
    labels.set(name, label);
    return label;
  };
  return (name, category, text) => {
    const form = forms[category] ?? 'label';
    if (form === 'label') return labelOf(name);
    if (form === 'pseudonym' && key !== undefined && key !== '') return `[${name} ${pseudonym(text, key)}]`;
    if (form === 'partial' && text.length >= SHORTEST_PARTIAL)
      return `[${name} …${text.slice(-PARTIAL_LENGTH)}]`;
    return labelOf(name);
  };
}

/** Equal for every way to write one value: upper case, and the spaces and signs that group digits, do not count. */
function pseudonym(text: string, key: string): string {
  const folded = text.normalize('NFC').toLowerCase();
  const written = folded.includes('@') ? folded.trim() : folded.replaceAll(/[\s().-]/g, '');
  return createHmac('sha256', key).update(written).digest('hex').slice(0, PSEUDONYM_DIGITS);
}
