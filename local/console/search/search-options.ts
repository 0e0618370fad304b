import { completionsAt } from '../../xray/filter/completions.ts';
import type { KnownTerms } from '../../xray/trace.ts';
import type { Meaning } from './meanings.ts';
import { isPlainText, meaningsOf } from './meanings.ts';
import { knownValues } from './known-values.ts';

/** One line below the search box. */
export interface SearchOption {
  /** What it writes, or finds. */
  readonly text: string;
  readonly detail: string;
  readonly act:
    | { readonly kind: 'write'; readonly text: string; readonly caret: number }
    | { readonly kind: 'search'; readonly filter: string }
    | { readonly kind: 'open'; readonly traceId: string };
}

/** As many as are offered: who types more gets nearer. */
const MAX_OPTIONS = 12;

/** Words behind which a condition goes on. */
const GOES_ON = /[\p{L}\p{N}")\]}]$/u;

/**
 * What can be done from where the caret is: complete what is begun there, or take words for what they may mean.
 *
 * @param found what is known with the whole text in it, where it is words; undefined until that is known.
 */
export function searchOptions(
  text: string,
  caret: number,
  known: KnownTerms,
  found: KnownTerms | undefined,
): readonly SearchOption[] {
  const { from, to, options } = completionsAt(text, caret, knownValues(known));
  const completions = options.map((option): SearchOption => {
    const before = text.slice(0, from);
    const space = GOES_ON.test(before) && /^[\p{L}"]/u.test(option.text) && from === caret ? ' ' : '';
    const written = before + space + option.text;
    return {
      ...option,
      act: { kind: 'write', text: written + text.slice(to), caret: written.length },
    };
  });
  if (!isPlainText(text) || found === undefined) return completions.slice(0, MAX_OPTIONS);
  const meanings = meaningsOf(text, found);
  // Where keywords begin so, it is an expression that is being written: what may be meant besides comes after them.
  const isKeyword = completions.some((option) => option.text.toLowerCase().startsWith(text.toLowerCase()));
  const offered = isKeyword
    ? [...completions, ...meanings.filter(({ isGuess }) => isGuess !== true).map(optionOf)]
    : [...meanings.map(optionOf), ...completions];
  return offered.slice(0, MAX_OPTIONS);
}

function optionOf({ detail, find }: Meaning): SearchOption {
  return 'traceId' in find
    ? { text: find.traceId, detail, act: { kind: 'open', traceId: find.traceId } }
    : { text: find.filter, detail, act: { kind: 'search', filter: find.filter } };
}
