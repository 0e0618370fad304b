import { fakerEN_US } from '@faker-js/faker';
import { isTelling, maskedRanges } from './masked-ranges.ts';
import type { Share } from './measure-generated.ts';
import { SECRET_FORMATS, secretPart } from './secret-formats.ts';

/** How many secrets of each form are hidden, by the name of the form. */
export type SecretsResult = ReadonlyMap<string, Share>;

export const SECRETS_PER_FORMAT = 20;
/** A form counts as found when this many of its secrets are. */
export const FOUND_OF_FORMAT = 18;
/** A secret of which less is covered is not hidden: what is left of it says too much. */
const LEAST_COVERED = 0.9;

/** Puts secrets of every form into a sentence, and looks what is left of them. The same for the same seed. */
export function measureSecrets(show: (text: string) => string, seed: number): SecretsResult {
  const result = new Map<string, Share>();
  fakerEN_US.seed(seed);
  for (const format of SECRET_FORMATS) {
    const share = { part: 0, of: SECRETS_PER_FORMAT };
    for (let count = 0; count < SECRETS_PER_FORMAT; count += 1) {
      const generated = format.generate(fakerEN_US);
      const text = `token is ${generated} ok`;
      const secret = secretPart(format, generated);
      if (coveredShare(text, show(text), text.indexOf(secret), secret.length) >= LEAST_COVERED)
        share.part += 1;
    }
    result.set(format.name, share);
  }
  return result;
}

function coveredShare(text: string, shown: string, start: number, length: number): number {
  const ranges = maskedRanges(text, shown);
  if (ranges === undefined) return shown.includes(text.slice(start, start + length)) ? 0 : 1;
  let telling = 0;
  let covered = 0;
  for (let at = start; at < start + length; at += 1) {
    if (!isTelling(text, at)) continue;
    telling += 1;
    if (ranges.some((range) => range.start <= at && at < range.end)) covered += 1;
  }
  return covered / telling;
}
