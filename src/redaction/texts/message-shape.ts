import type { HarmlessWords } from '../names/harmless-words.ts';
import { unicodePattern } from '../first-use.ts';

/**
 * What a message says without what it says of anybody: `No order 4711 for 'Jane Doe'` becomes `No order <number> for
 * '<text>'`. Nothing is looked for here, so nothing can be overlooked: what is not known to be harmless is a class.
 */
export type MessageShape = (text: string) => string;

/** A place in a text that is shown as it is: a label that stands there already. */
export interface Placeholders {
  /** A character sequence for a label; it is no part of any text. */
  readonly hold: (label: string) => string;
  readonly clear: (text: string) => string;
  readonly labelOf: (index: number) => string;
}

type Class = 'number' | 'id' | 'text';
/** A part of the result; `is` tells what may be joined with its neighbours. */
interface Part {
  text: string;
  readonly is: Class | 'word' | 'sign';
}

const HOLD_START = '\uE000';
const HOLD_END = '\uE001';
/** Longest text between quotation marks that is looked at as one. */
const LONGEST_QUOTATION = 4096;

const tokenPattern = unicodePattern(
  String.raw`\uE000(?<held>\d{1,5})\uE001|(?<core>[\p{L}\p{M}\p{N}_$]+(?:(?:[-.'’@+&#%*~]{1,3}|,(?=\p{N}))[\p{L}\p{M}\p{N}_$]+)*)|(?<space>\s+)|(?<sign>[^])`,
  'gu',
);
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '„': '“',
  '‘': '’',
  '«': '»',
};
const HARMLESS_SIGN = /^[!-/:-@[-`{-~“”„‘’«»…–—•·→✔✖✓✗]$/;
const numberPattern = unicodePattern(String.raw`^\p{N}[\p{N}.,%:-]*$`, 'u');
/** A number with its unit. */
const measurePattern = unicodePattern(
  String.raw`^\p{N}[\p{N}.,]*(ms|ns|s|m|h|d|kb|mb|gb|kib|mib|gib|b|px|%)$`,
  'iu',
);
const wordPattern = unicodePattern(String.raw`^\p{L}+(?:['’-]\p{L}+)*$`, 'u');
/** A word with a capital letter, behind another one. */
const nextCapitalised = unicodePattern(String.raw`^ (\p{Lu}\p{L}*)`, 'u');
/** In small letters, in capitals, or with one to begin with. */
const ordinaryWord = unicodePattern(String.raw`^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$`, 'u');
const digit = unicodePattern(String.raw`\p{N}`, 'u');
const digits = unicodePattern(String.raw`^\p{N}+$`, 'u');
const groupedNumber = unicodePattern(String.raw`^[+-]?\p{N}+(?:[ .,]\p{N}+)*$`, 'u');
const letterOrDigit = unicodePattern(String.raw`[\p{L}\p{N}]`, 'u');
/** `No customer …`: somebody is called No, but then a verb follows. */
const BEGINS_SENTENCE =
  /^(?:No|An|To) (?!(?:is|was|has|had|does|did|do|can|cannot|must|should|may|will|would|and|or|not|of|in|from)\b)[a-z]{2}/;
/** What follows these is a value, though it may be a word of the list. */
const ANNOUNCES_VALUE =
  /^(?:value|values|received|got|was|given|entry|found|input|to|equal|equals|token|near|row|like)$/i;
const ANNOUNCES_VALUES = /^(?:contains|values|value|row|parameters|params|args|is)$/i;

/** Labels that were put into a text before its shape is taken, told from what the text says itself. */
export function createPlaceholders(): Placeholders {
  const labels: string[] = [];
  return {
    hold: (label) => `${HOLD_START}${labels.push(label) - 1}${HOLD_END}`,
    clear(text) {
      labels.length = 0;
      return text.replaceAll(/[\uE000\uE001]/g, '\uFFFD');
    },
    labelOf: (index) => labels[index] ?? '<text>',
  };
}

/**
 * @param isDenied whether a name denies what stands beside it.
 * @param placeholders labels of what detectors found; they are shown.
 */
export function createMessageShape(
  words: HarmlessWords,
  isDenied: (name: string) => boolean,
  placeholders: Placeholders,
): MessageShape {
  return (text) => {
    if (words.name(text)) return text;
    const parts: Part[] = [];
    const closings = closingBrackets(text);
    const endOfQuotation = createQuotationFinder(text);
    /** Ends of the brackets around, which hold values: `{ cvv: 123 }`, `(email)=(…)`. */
    let valuesUntil = -1;
    let startsSentence = true;
    /** The word before, and what stands between: `=` makes a value of anything. */
    let before = '';
    let between = '';

    const showCore = (core: string, start: number): Part[] => {
      const isKey = /^["'`\]]?\s{0,2}(?:=>|[:=])/.test(
        text.slice(start + core.length, start + core.length + 6),
      );
      const isPlaceOfPath = text[start - 1] === '{' && text[start + core.length] === '}';
      const isValue = (isAfterEquals(between) || start < valuesUntil) && !isPlaceOfPath;
      if (isValue && !(isKey && words.name(core))) return [hidden(core)];
      if (wordPattern().test(core)) {
        const all = core.replace(/['’]s$/, '').split('-');
        const place = !startsSentence ? 'inside' : start === 0 ? 'text' : 'sentence';
        const next = nextCapitalised().exec(text.slice(start + core.length, start + core.length + 64))?.[1];
        const precedesName = next !== undefined && !words.word(next, 'inside', false);
        if (all.every((word, at) => words.word(word, at === 0 ? place : 'inside', precedesName)))
          return [shown(core)];
      }
      if (startsSentence && BEGINS_SENTENCE.test(text.slice(start, start + 24))) return [shown(core)];
      // A word of a sentence is no name of a field, unless a value follows it.
      if ((isKey || !ordinaryWord().test(core)) && words.name(core)) return [shown(core)];
      const unit = measurePattern().exec(core)?.[1];
      if (unit !== undefined && !numberPattern().test(core))
        return [{ text: `<number>${unit}`, is: 'number' }];
      return core.includes('.') ? dotted(core) : [hidden(core)];
    };

    /** `body.items.0.sku` has a shape where each of its steps has. */
    const dotted = (core: string): Part[] => {
      const steps = core.split('.');
      const known = steps.map((step) =>
        digits().test(step) ? '<number>' : words.name(step) ? step : undefined,
      );
      const hasName = steps.some((step) => words.name(step));
      return hasName && !known.includes(undefined) ? [shown(known.join('.'))] : [hidden(core)];
    };

    const showQuoted = (content: string, isValue: boolean): Part[] => {
      const held = /^\uE000(\d{1,5})\uE001$/.exec(content)?.[1];
      if (held !== undefined) return [shown(placeholders.labelOf(Number(held)))];
      if (content === '' || /^[!-/:-@[-`{-~ ]{1,3}$/.test(content)) return [shown(content)];
      if (!isValue) {
        const steps = content.split(/(^-{1,2}|[./[\]#]+)/);
        const names = steps.map((step, at) => {
          if (at % 2 === 1 || step === '') return step;
          return words.quoted(step) ? step : /^\d{1,4}$/.test(step) ? '<number>' : undefined;
        });
        if (!names.includes(undefined) && steps.some((step) => words.quoted(step)))
          return [shown(names.join(''))];
      }
      return [hidden(content.replaceAll(/[\uE000\uE001]/g, ''))];
    };

    const tokens = tokenPattern();
    tokens.lastIndex = 0;
    for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
      const {
        held,
        core,
        space,
        sign = '',
      } = match.groups as Partial<Record<'held' | 'core' | 'space' | 'sign', string>>;
      const at = match.index;
      if (held !== undefined) {
        parts.push({ text: placeholders.labelOf(Number(held)), is: 'word' });
        [before, between, startsSentence] = ['', '', false];
      } else if (core !== undefined) {
        parts.push(...showCore(core, at));
        [before, between, startsSentence] = [core, '', false];
      } else if (space !== undefined) {
        parts.push({ text: space.length > 64 ? ' ' : space, is: 'sign' });
        // `St. Cloud`, `Dr. Grant`: a point behind a short word ends no sentence.
        const isAbbreviation = between === '.' && before.length < 4;
        startsSentence ||= /[\n\r]/.test(space) || (/[.!?:;]$/.test(between) && !isAbbreviation);
        between += ' ';
      } else {
        const end = endOfQuotation(at);
        if (end === undefined) {
          parts.push(HARMLESS_SIGN.test(sign) ? { text: sign, is: 'sign' } : { text: '<text>', is: 'text' });
          if (sign === '"' && isOpening(text, at)) valuesUntil = Math.max(valuesUntil, endOfLine(text, at));
          const closing = closings.get(at);
          const holdsValues = sign === '{' || ANNOUNCES_VALUES.test(before) || isAfterEquals(between);
          if (closing !== undefined && holdsValues) valuesUntil = Math.max(valuesUntil, closing);
          startsSentence ||= '([{-•'.includes(sign) && parts.length === 1;
          between += sign;
          continue;
        }
        const content = text.slice(at + 1, end);
        const isName = /^\s{0,2}(?:=>|[:=])/.test(text.slice(end + 1, end + 5));
        const isBeside = /^ $/.test(between) && (ANNOUNCES_VALUE.test(before) || isDenied(before));
        const isValue = !isName && (isBeside || isAfterEquals(between) || at < valuesUntil);
        parts.push({ text: sign, is: 'sign' }, ...showQuoted(content, isValue), {
          text: text.charAt(end),
          is: 'sign',
        });
        tokens.lastIndex = end + 1;
        [before, between, startsSentence] = [content.slice(0, 64), '', false];
      }
    }
    return joined(parts);
  };
}

function shown(text: string): Part {
  return { text, is: 'word' };
}

/** The class of what is not shown. */
function hidden(text: string): Part {
  const is: Class =
    numberPattern().test(text) || groupedNumber().test(text)
      ? 'number'
      : digit().test(text) && !/\s/.test(text)
        ? 'id'
        : 'text';
  return { text: `<${is}>`, is };
}

/** Classes that stand side by side become one: how many names somebody has says something too. */
function joined(parts: readonly Part[]): string {
  const kept: Part[] = [];
  for (const part of parts) {
    const isNext =
      part.is === 'text' && kept.at(-2)?.is === 'text' && /^[ .'’-]$/.test(kept.at(-1)?.text ?? '');
    if (isNext) kept.pop();
    else if (part.is !== 'text' || kept.at(-1)?.is !== 'text') kept.push(part);
  }
  return kept.map(({ text }) => text).join('');
}

function isAfterEquals(between: string): boolean {
  return /(?:^|[^=!<>])=>?[ ("'`[]{0,3}$/.test(between);
}

/** Finds the other end of what begins with a quotation mark; for one text, and in time linear in it. */
function createQuotationFinder(text: string): (start: number) => number | undefined {
  /** Up to where no mark that closes was found, by mark. */
  const searched: Record<string, number> = {};
  return (start) => {
    const closing = CLOSING[text.charAt(start)];
    if (closing === undefined || !isOpening(text, start)) return undefined;
    const most = Math.min(text.length, start + LONGEST_QUOTATION);
    const from = Math.max(start + 1, searched[closing] ?? 0);
    for (let at = text.indexOf(closing, from); at >= 0 && at < most; at = text.indexOf(closing, at + 1)) {
      if (text[at - 1] !== '\\' && !letterOrDigit().test(text.charAt(at + 1))) return at;
      searched[closing] = at + 1;
    }
    return undefined;
  };
}

function isOpening(text: string, at: number): boolean {
  return at === 0 || !letterOrDigit().test(text.charAt(at - 1));
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** Where each bracket is closed; those that nothing closes are signs like others. */
function closingBrackets(text: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '{' || character === '(') open.push(at);
    else if (character === '}' || character === ')') {
      const opening = character === '}' ? '{' : '(';
      const start = open.at(-1);
      if (start === undefined || text[start] !== opening) continue;
      open.pop();
      closings.set(start, at);
    }
  }
  return closings;
}
