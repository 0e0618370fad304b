import type { Category } from '../detectors/detector.ts';
import { createHarmlessWords } from '../names/harmless-words.ts';
import { HARMLESS_PHRASES } from '../names/denied-names.ts';
import { saysNothing } from '../names/no-datum.ts';
import { firstUse, unicodePattern } from '../first-use.ts';

/** A value that stands beside, or below, a name that denies it. */
export interface NamedValue {
  readonly start: number;
  readonly end: number;
  readonly category: Category;
  /** The name, where the value has no sign around it that tells it from a sentence: a detector may know more of it. */
  readonly before?: string;
}

/** What a name denies, if anything. */
type Denied = (name: string) => Category | undefined;

/** What stands between a name and its value; a URL's `://` and the `::` of SQL do not. */
const SEPARATOR =
  /=>|->|→|:=|!==?|<>|(?<![=!<>])={1,3}(?!=)|:(?![:/]\/?)|\s(?:LIKE|ILIKE|like|ilike|IN|in)\s(?=["'(])/g;
/** Texts without any of these have no name beside a value. */
const MAY_BE_NAMED = /[:="'`(|;~>\t→]|[^\s,],[^\s,]|--|pass|pwd|secret|token|pin|otp|cv[vc]|key/i;
/** Longer texts are no words that a program says of a value. */
const LONGEST_STATEMENT = 240;
const LONGEST_IN_BRACKETS = 1024;
/** How far a name may lie before its separator, and how many words it may have. */
const LONGEST_NAME = 96;
const LONGEST_WORD = 64;
const MOST_WORDS = 4;
/** An opening or closing quotation mark, as it is or escaped at any level, in HTML too. */
const QUOTE = /(\\{0,15})(["'`]|&quot;|&#34;|&#39;|&apos;)/y;
const QUOTE_BEFORE = /(\\{0,15})(["'`]|&quot;|&#34;|&#39;|&apos;)$/;
const letter = unicodePattern(String.raw`\p{L}`, 'u');
const wordPattern = unicodePattern(String.raw`[\p{L}\p{N}_$]`, 'u');
const partOfNamePattern = unicodePattern(String.raw`[\p{L}\p{N}_$.@-]`, 'u');
/** What comes before the brackets of what `util.inspect` prints, or a constructor. */
const STRUCTURE = /(?:[\w$.]{1,64}(?:\(\d{1,9}\))? ?)?(?:\[[\w: $]{1,64}\] ?)?[{[(<]/y;
const LABEL = /\[(?:credentials|contact|identity|financial|health|location|network)(?: [^\]\s]{1,40})?\]/y;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')', '<': '>' };
/** A bare value behind `=`: one word, and what goes on behind it as names and numbers do. */
const barePattern = unicodePattern(
  String.raw`[^\s,;&"'\x60)\]}|\\]{1,8192}(?: (?!(?:AND|OR|WHERE|SET|FROM|ORDER|GROUP|LIMIT|RETURNING|ON)\b)(?:[\p{Lu}\p{N}+(][^\s,;&"'\x60)\]}|=:\\]{0,64})(?![^\s,;]{0,64}[=:]))*`,
  'uy',
);
/** A parameter of a URL, whose path may go on behind it. */
const PARAMETER = /[^\s&#;/"'<>)\]}]{1,8192}/y;
/** A bare value behind `:`, up to what can be no part of it. */
const CLAUSE = /[^\n\r,;|"'`)\]}\\]{1,8192}/y;
/** The rest of a line that is one value; another name in the line ends it. */
const linePattern = unicodePattern(
  String.raw`(?:[^\n\r,;|\\]|[,;|](?! {0,2}["']?[\p{L}_$][\p{L}\p{N}_$ .-]{0,40}["']? {0,2}[:=])|\\(?![nr"])){1,8192}`,
  'uy',
);

const ONE_WORD = /[^\s,;"'`|~]{1,8192}/y;

const PREDICATES = new Set(
  `a all already an any attempt connection are be can cannot contains could did do does exceeds expected failed field fields for from had has
  have in incorrect invalid is it its length malformed may might missing must need needs no not of only or out required
  rejected request retry retrying should that the this too undefined unknown unrecognized unexpected unsupported value values was were when
  which will with without wrong would`.split(/\s+/),
);
const words = firstUse(() => createHarmlessWords(new Set()));
/** `memory address: 0x1f`; and what a parser says of the tokens of a language. */
const PHRASES: ReadonlySet<string> = new Set([
  ...HARMLESS_PHRASES,
  ...['unexpected', 'unrecognized', 'unrecognised', 'illegal', 'next'].map((word) => `${word} token`),
]);
/** Comments of JavaScript, where a value may come next. */
const COMMENTS = /(?:\s{0,16}(?:\/\*[^]{0,1024}?\*\/|\/\/ [^\n]{0,1024}\n)){1,4}/y;
/** Prefixes of strings in Python, C and SQL. */
const PREFIX = /[bBuUrRnN]{1,2}(?=["'])/y;
/** A value that goes on over lines that are indented, as YAML has it. */
const BLOCK = /[|>][+-]?\d?[ \t]{0,4}\r?\n((?:[ \t]+[^\n]*(?:\n|$)){1,200})/y;

/**
 * Names whose value comes close behind, with a space, a quotation mark, or a sign and no space between. What is rarest in prose
 * stands first, and the name is looked back for.
 */
const BEFORE_QUOTE = /[ \t]{1,3}(?=["'`(])(?<=(?<![\w$.-])([A-Za-z_$][\w$.-]{1,63})[ \t]{1,3})/g;
/** Arguments of a call, and what PHP's `serialize` writes. */
const QUOTED_BEFORE_QUOTE = /(["'`])([\w$ .-]{2,64})\1(?:\s{0,2},\s{0,2}|;s:\d{1,9}:)(?=["'`])/g;
const TIGHT = /(?:[|;~^!\t]|,(?! ))(?=[^\s|;~,])(?<=(?<![\w$.-])([A-Za-z_$][\w$.-]{1,63})[|;~^!\t,])/g;
const OPTION = /(?<![\w-])--?([A-Za-z][\w-]{1,63}) (?=[^\s-])/g;
const ELEMENT = /<([A-Za-z_][\w:.-]{0,63})(?:\s[^<>]{0,200})?>([^<]{1,8192})(?=<\/)/g;
/** The same, where the element holds a section that needs no escapes, or elements. */
const CDATA = /<([A-Za-z_][\w:.-]{0,63})(?:\s[^<>]{0,200})?>\s{0,16}<!\[CDATA\[/g;
const NESTED = /<([A-Za-z_][\w:.-]{0,63})(?:\s[^<>]{0,200})?>(?=\s{0,64}<[A-Za-z_])/g;
/** Elements of whose names so many are sought that nothing closes. */
const MOST_UNCLOSED = 50;
/** `<key>password</key><string>…`, as property lists have it. */
const ELEMENT_BEFORE_ELEMENT =
  /<(?:[\w-]{1,16}:)?(?:key|name|field|param|parameter|property|attribute)>\s{0,8}([\w$ .-]{2,64}?)\s{0,8}<\/[\w:-]{1,32}>\s{0,16}<[\w:.-]{1,64}(?:\s[^<>]{0,200})?>([^<]{1,8192})(?=<)/gi;
/** `<input name="password" value="…">`, and what is configured like that. */
const ATTRIBUTES =
  /\b(?:name|key|field|param|property)=(["'])([\w$.:-]{2,64})\1(?:\s{1,8}(?!name=|key=)[\w:-]{1,32}=(?:"[^"<>]{0,128}"|'[^'<>]{0,128}')){0,4}?\s{1,8}(?:value|content|default)=(?=["'])/gi;
/** `<property name="password">…`. */
const NAMED_ELEMENT =
  /<[\w:.-]{1,64}\s(?:[^<>]{0,200}\s)?(?:name|key)=(["'])([\w$.:-]{2,64})\1[^<>]{0,200}>([^<]{1,8192})(?=<\/)/gi;
/** `curl -u jane:…`. */
const USER_OPTION = /(?<![\w-])(?:-u|--user|--proxy-user)[ =]{1,3}["']?[^\s:"']{1,64}:([^\s"']{2,256})/g;
/** The head of a part of a form (RFC 7578), to the empty line before what it holds. */
const PART =
  /;\s{0,4}name="([^"\r\n]{1,100})"[^\r\n]{0,200}(?:\r?\n[^\r\n]{1,200}){0,8}(?:\r?\n){2}(?=[^\r\n])/g;
const IN_PROSE =
  /(?<![\w-])((?:pass(?:word|phrase|code)|pwd|secret|token|pin|otp|cvv2?|cvc2?|(?:api|access|secret) ?key)(?: (?:code|number))?)[ ]((?=[^\s,;"'()]{0,64}\d)[^\s,;"'()]{3,256})/gi;
/** What every name in `IN_PROSE` holds: sought without a look around, which is cheaper. */
const ANNOUNCING = /pass|pwd|secret|token|pin|otp|cv[vc]|key/i;
/** `{ name: 'password', value: … }` as text. */
const ROW_OF_TABLE =
  /\b(?:name|key|field|param|parameter|header|column|property|attribute)\\{0,7}["']?\s{0,2}[:=]\s{0,2}(\\{0,7}["']?)([\w$.-]{2,64})\1\s{0,2}[,;]\s{0,4}\\{0,7}["']?value\\{0,7}["']?\s{0,2}[:=]\s{0,2}/gi;

/**
 * The values in a text that stand beside a denied name, whatever lies between: JSON at any level of escaping, whole or cut
 * off or not quite JSON; what `util.inspect` prints; `key=value`, `key => value`, `key: value`; what databases say; and rows
 * of CSV below a header. In the order of the text, and not overlapping. Takes time linear in the text.
 *
 * @param detected where detectors find something: of what begins in a value, or ends there, no half must be left.
 */
export function namedValues(
  text: string,
  denied: Denied,
  detected: () => ReadonlyArray<{ readonly start: number; readonly end: number }> = () => [],
): readonly NamedValue[] {
  const found: NamedValue[] = [];
  if (/[:=]|->|→|<>|like |in ["'(]|LIKE|IN /.test(text)) beside(text, denied, found);
  closeBy(text, denied, found);
  if (text.includes('\n')) below(text, denied, found);
  ofDatabases(text, denied, found);
  return found.length === 0 ? found : merged(withWhole(merged(found), detected()));
}

function withWhole(
  values: readonly NamedValue[],
  detected: ReadonlyArray<{ readonly start: number; readonly end: number }>,
): NamedValue[] {
  let next = 0;
  const pieces: NamedValue[] = [];
  for (const { start, end } of detected) {
    while ((values[next]?.end ?? Infinity) <= start) next += 1;
    const value = values[next];
    if (value === undefined) break;
    const isInside = start >= value.start && end <= value.end;
    if (value.start < end && !isInside) pieces.push({ start, end, category: value.category });
  }
  return [...values, ...pieces];
}

/** Whether a text may hold what {@link namedValues} finds: a cheap test, for the many that do not. */
export function mayBeNamed(text: string): boolean {
  return MAY_BE_NAMED.test(text);
}

/** The text with another in the place of each value. */
export function replaceNamed(
  text: string,
  values: readonly NamedValue[],
  replace: (value: string, named: NamedValue) => string,
): string {
  let replaced = '';
  let at = 0;
  for (const value of values) {
    replaced += text.slice(at, value.start) + replace(text.slice(value.start, value.end), value);
    at = value.end;
  }
  return replaced + text.slice(at);
}

function beside(text: string, denied: Denied, found: NamedValue[]): void {
  /** Braces that are open here: in them no value is a sentence. */
  let braces = 0;
  let counted = 0;
  let until = 0;
  SEPARATOR.lastIndex = 0;
  for (let match = SEPARATOR.exec(text); match !== null; match = SEPARATOR.exec(text)) {
    const at = match.index;
    // What is replaced already is no name.
    if (at < until) continue;
    const name = nameBefore(text, at, denied);
    if (name === undefined) continue;
    for (; counted < at; counted += 1) {
      const character = text[counted];
      if (character === '{') braces += 1;
      else if (character === '}' && braces > 0) braces -= 1;
    }
    const value = valueAfter(text, at, at + match[0].length, name, braces > 0);
    if (value === undefined) continue;
    const { start, end, content, isClause = false } = value;
    until = end;
    if (end > start && !saysNothing(name.name, name.category, content)) {
      found.push({ start, end, category: name.category, ...(isClause && { before: name.name }) });
    }
  }
}

interface Name {
  readonly name: string;
  readonly category: Category;
  readonly start: number;
  /** Whether signs tell it from the words around it. */
  readonly isQuoted: boolean;
}

/** The denied name that ends before a separator. */
function nameBefore(text: string, separator: number, denied: Denied): Name | undefined {
  let end = separator;
  while (end > 0 && separator - end < 4 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  if (text[end - 1] === '/' && text[end - 2] === '*') {
    end = Math.max(text.lastIndexOf('/*', end - 3), end - LONGEST_NAME, 0);
    while (end > 0 && text[end - 1] === ' ') end -= 1;
  }
  const last = text[end - 1];
  if (last === undefined) return undefined;
  if (wordPattern().test(last)) return bareNameBefore(text, end, denied);
  if (last === ')' || last === ']') return listedNameBefore(text, end, denied);
  return '"\'`;'.includes(last) ? quotedNameBefore(text, end, denied) : undefined;
}

function quotedNameBefore(text: string, end: number, denied: Denied): Name | undefined {
  const from = Math.max(0, end - LONGEST_NAME);
  const mark = QUOTE_BEFORE.exec(text.slice(Math.max(from, end - 24), end))?.[0];
  if (mark === undefined) return undefined;
  const start = text.lastIndexOf(mark, end - mark.length - 1);
  if (start < from) return undefined;
  const name = text.slice(start + mark.length, end - mark.length);
  const category = denied(name);
  return category && { name, category, start, isQuoted: true };
}

/** `[Symbol(password)]`, `(tenant, lower(email))`. */
function listedNameBefore(text: string, end: number, denied: Denied): Name | undefined {
  const from = Math.max(0, end - LONGEST_NAME);
  let open = 0;
  for (let at = end - 1; at >= from; at -= 1) {
    const character = text[at];
    if (character === ')' || character === ']') open += 1;
    else if ((character === '(' || character === '[') && (open -= 1) === 0) {
      const name = text.slice(at + 1, end - 1);
      const category = firstDenied(name.split(','), denied);
      return category && { name, category, start: at, isQuoted: true };
    }
  }
  return undefined;
}

function bareNameBefore(text: string, end: number, denied: Denied): Name | undefined {
  let start = end;
  while (start > 0 && end - start < LONGEST_WORD && partOfNamePattern().test(text.charAt(start - 1)))
    start -= 1;
  const bare = text.slice(start, end).replace(/^[.@-]+/, '');
  // The host of a URL, before its port.
  if (text[end] === ':' && /[@.]/.test(bare) && /^:\d{2,5}(?!\d)/.test(text.slice(end, end + 7)))
    return undefined;
  start = end - bare.length;
  const category = denied(bare);
  if (category !== undefined) {
    return isInPhrase(text, start, end) ? undefined : { name: bare, category, start, isQuoted: false };
  }
  if (!/^[A-Za-z]{1,24}$/.test(bare)) return undefined;
  let first = start;
  for (let count = 1; count < MOST_WORDS; count += 1) {
    const next = wordStart(text, first);
    if (next === first) return undefined;
    first = next;
    const phrase = text.slice(first, end);
    const ofPhrase = denied(phrase);
    if (ofPhrase !== undefined) return { name: phrase, category: ofPhrase, start: first, isQuoted: false };
  }
  return undefined;
}

/** Whether the word before a name makes something harmless of it. */
function isInPhrase(text: string, start: number, end: number): boolean {
  const first = wordStart(text, start);
  return first < start && PHRASES.has(text.slice(first, end).toLowerCase());
}

/** Where the word of letters begins that stands before a place, with one space between; the place itself without one. */
function wordStart(text: string, end: number): number {
  if (text[end - 1] !== ' ') return end;
  let start = end - 1;
  while (start > 0 && end - start < LONGEST_WORD && isLetter(text.charCodeAt(start - 1))) start -= 1;
  return start === end - 1 ? end : start;
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

function firstDenied(names: readonly string[], denied: Denied): Category | undefined {
  for (const name of names) {
    const category = denied(name.replaceAll(/["'`\s]/g, ''));
    if (category !== undefined) return category;
  }
  return undefined;
}

interface Value {
  readonly start: number;
  readonly end: number;
  /** Without quotation marks. */
  readonly content: string;
  /** Whether nothing is around it, and it stands behind a colon. */
  readonly isClause?: boolean;
}

function valueAfter(
  text: string,
  separator: number,
  behind: number,
  name: Name,
  isInBraces: boolean,
): Value | undefined {
  const start = startOfValue(text, behind, name, separator);
  if (start >= text.length) return undefined;
  LABEL.lastIndex = start;
  if (LABEL.test(text)) return undefined;
  const quoted = quotedAt(text, start);
  if (quoted !== undefined) return quoted;
  BLOCK.lastIndex = start;
  const block = BLOCK.exec(text)?.[1];
  if (block !== undefined)
    return { start: BLOCK.lastIndex - block.length, end: BLOCK.lastIndex, content: block };
  STRUCTURE.lastIndex = start;
  const structure = STRUCTURE.exec(text);
  const isClause = text[separator] === ':' || text.startsWith('->', separator);
  if (
    structure !== null &&
    !(isClause && !isInBraces && structure[0].length > 1 && /[(<]$/.test(structure[0]))
  ) {
    const end = endOfStructure(text, start + structure[0].length - 1);
    return { start, end, content: text.slice(start, end) };
  }
  if (!isClause || text.startsWith(':=', separator)) {
    const isParameter = text[separator] === '=' && '?&;#'.includes(text.charAt(name.start - 1) || ' ');
    return taken(text, start, isParameter ? PARAMETER : barePattern());
  }
  if (isInBraces || name.isQuoted) return taken(text, start, CLAUSE);
  const isLine = /^[ \t>*•#-]*$/.test(
    text.slice(Math.max(0, name.start - 16, text.lastIndexOf('\n', name.start - 1) + 1), name.start),
  );
  const value = taken(text, start, isLine ? linePattern() : CLAUSE);
  return value === undefined || isStatement(value.content, name, isLine)
    ? undefined
    : { ...value, isClause: true };
}

/** Behind the spaces, and on the next line where nothing stands on this one. */
function startOfValue(text: string, behind: number, name: Name, separator: number): number {
  COMMENTS.lastIndex = behind;
  let at = COMMENTS.exec(text) === null ? behind : COMMENTS.lastIndex;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  const isBreak = text[at] === '\n' || text[at] === '\r';
  if (!isBreak || text[separator] === '=') return at;
  const next = /\s{1,64}/y;
  next.lastIndex = at;
  next.exec(text);
  const line = text.slice(next.lastIndex, next.lastIndex + 80);
  // A name of its own: the value is absent.
  const isName = /^[\w$ -]{1,40}["']?\s?[:=]/.test(line);
  return isName && !name.isQuoted ? text.length : next.lastIndex;
}

function taken(text: string, start: number, form: RegExp): Value | undefined {
  form.lastIndex = start;
  const match = form.exec(text)?.[0].trimEnd();
  return match === undefined || match === ''
    ? undefined
    : { start, end: start + match.length, content: match };
}

function quotedAt(text: string, start: number): Value | undefined {
  PREFIX.lastIndex = start;
  const opening = start + (PREFIX.exec(text)?.[0].length ?? 0);
  QUOTE.lastIndex = opening;
  const quote = QUOTE.exec(text);
  return quote === null ? undefined : quotedValue(text, opening, quote[0]);
}

/** A quoted value, with what is joined to it: `'one ' +\n 'two'`. Cut off, it goes on to the end. */
function quotedValue(text: string, start: number, mark: string): Value {
  const first = endOfQuoted(text, start + mark.length, mark);
  const content = text.slice(start + mark.length, first === undefined ? text.length : first - mark.length);
  let end = first ?? text.length;
  const joint = /\s{0,8}\+\s{1,64}(["'`])/y;
  for (;;) {
    joint.lastIndex = end;
    const next = joint.exec(text);
    if (next === null) break;
    end = endOfQuoted(text, joint.lastIndex, next[1] ?? '') ?? text.length;
  }
  return { start, end, content };
}

/** Behind the closing mark: one that is escaped more often belongs to the text, one that is escaped less ends what is around. */
function endOfQuoted(text: string, from: number, mark: string): number | undefined {
  const sign = mark.replace(/^\\+/, '');
  const level = mark.length - sign.length;
  for (let at = text.indexOf(sign, from); at >= 0; at = text.indexOf(sign, at + sign.length)) {
    let slashes = 0;
    while (slashes <= level && at - 1 - slashes >= from && text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes > level) continue;
    // `O'Brien` in single quotation marks.
    if (sign === "'" && letter().test(text.charAt(at + 1)) && letter().test(text.charAt(at - 1))) continue;
    if (slashes === level) return at + sign.length;
    return slashes < level ? at - slashes : undefined;
  }
  return undefined;
}

/** Behind the bracket that closes a structure; the end of the text where none does. */
function endOfStructure(text: string, start: number): number {
  const open: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"' || character === "'" || character === '`') {
      const end = endOfQuoted(text, at + 1, character);
      if (end !== undefined) at = end - 1;
    } else if (CLOSING[character] !== undefined && (character !== '<' || at === start))
      open.push(CLOSING[character]);
    else if (character === open.at(-1)) {
      open.pop();
      if (open.length === 0) return at + 1;
    }
  }
  return text.length;
}

/** Values that no sign of an assignment tells: each of these forms asks that the value is no name or word of a program. */
function closeBy(text: string, denied: Denied, found: NamedValue[]): void {
  /** What was asked about values that stand close by: the same ones come again. */
  const ofProgram = new Map<string, boolean>();
  const isKnown = (content: string): boolean => {
    let known = ofProgram.get(content);
    if (known === undefined) {
      known = content.length <= LONGEST_STATEMENT && isOfProgram(content);
      if (ofProgram.size < 500) ofProgram.set(content, known);
    }
    return known;
  };
  /** Takes the value of each match whose name, in one of its groups, is denied: where `valueAt` says, by where the match ends. */
  const take = (
    form: Iterable<RegExpExecArray>,
    nameIn: 1 | 2,
    valueAt: (behind: number, match: RegExpExecArray, name: string) => Value | undefined,
  ): void => {
    for (const match of form) {
      const name = match[nameIn] ?? '';
      const category = denied(name);
      const value = category && valueAt(match.index + match[0].length, match, name);
      if (category === undefined || value === undefined || value.end <= value.start) continue;
      const { start, end, content } = value;
      if (!saysNothing(name, category, content) && !isKnown(content)) found.push({ start, end, category });
    }
  };
  const contentOf = (end: number, { 2: content = '' }: RegExpExecArray): Value => ({
    start: end - content.length,
    end,
    content,
  });
  const hasQuotes = /["'`]/.test(text);
  let until = 0;
  take(matches(text, BEFORE_QUOTE, hasQuotes || text.includes('(')), 1, (start, { index }, name) => {
    if (index < until || isInPhrase(text, index - name.length, index)) return undefined;
    const value = text[start] === '(' ? inBrackets(text, start) : quotedAt(text, start);
    // Where nothing closes a bracket, nothing closes the next ones either.
    until = value?.end ?? start + LONGEST_IN_BRACKETS;
    return value;
  });
  take(matches(text, QUOTED_BEFORE_QUOTE, hasQuotes && /,|;s:/.test(text)), 2, (start) =>
    quotedAt(text, start),
  );
  take(matches(text, TIGHT, /[|;~^!\t]|,[^ ]/.test(text)), 1, (start) => taken(text, start, ONE_WORD));
  take(
    matches(text, OPTION, text.includes(' ') && text.includes('-')),
    1,
    (start) => quotedAt(text, start) ?? taken(text, start, ONE_WORD),
  );
  const hasElements = text.includes('</');
  take(matches(text, ELEMENT, hasElements), 1, contentOf);
  take(matches(text, NESTED, hasElements), 1, upToEndTag(text));
  take(matches(text, ELEMENT_BEFORE_ELEMENT, hasElements), 1, contentOf);
  take(matches(text, NAMED_ELEMENT, hasElements && hasQuotes), 2, (end, { 3: content = '' }) => ({
    start: end - content.length,
    end,
    content,
  }));
  take(matches(text, ATTRIBUTES, hasQuotes && text.includes('=')), 2, (start) => quotedAt(text, start));
  take(matches(text, CDATA, text.includes('<![CDATA[')), 1, upTo(text, ']]>'));
  take(matches(text, PART, text.includes('; name="')), 1, upTo(text, '\n--'));
  take(matches(text, IN_PROSE, ANNOUNCING.test(text)), 1, (end, match) =>
    /^\d{1,2}$/.test(match[2] ?? '') ? undefined : contentOf(end, match),
  );
  take(
    matches(text, ROW_OF_TABLE, /value/i.test(text)),
    2,
    (start) => quotedAt(text, start) ?? taken(text, start, CLAUSE),
  );
  for (const { index, 0: whole, 1: password = '' } of matches(text, USER_OPTION, text.includes('curl'))) {
    const end = index + whole.length;
    found.push({ start: end - password.length, end, category: 'credentials' });
  }
}

/**
 * The values that last up to a sign, or to the end of the text where it does not come: then what comes next is part of the value too,
 * and is not looked through again.
 */
function upTo(text: string, sign: string): (start: number) => Value | undefined {
  let until = 0;
  return (start) => {
    if (start < until) return undefined;
    const closing = text.indexOf(sign, start);
    until = closing < 0 ? text.length : closing;
    const content = text.slice(start, until);
    return { start, end: start + content.trimEnd().length, content: content.trim() };
  };
}

/** The values that last up to the tag that closes an element of the name; those without one are none. */
function upToEndTag(
  text: string,
): (start: number, match: RegExpExecArray, name: string) => Value | undefined {
  let until = 0;
  let unclosed = 0;
  return (start, _match, name) => {
    if (start < until || unclosed > MOST_UNCLOSED) return undefined;
    const end = text.indexOf(`</${name}`, start);
    if (end < 0) {
      unclosed += 1;
      return undefined;
    }
    until = end;
    return { start, end, content: text.slice(start, end) };
  };
}

/** The matches of a pattern, where a cheaper test says that there may be any. */
function matches(text: string, pattern: RegExp, mayMatch: boolean): Iterable<RegExpExecArray> {
  return mayMatch ? text.matchAll(pattern) : [];
}

function inBrackets(text: string, start: number): Value | undefined {
  const piece = text.slice(start, start + LONGEST_IN_BRACKETS);
  const end = endOfStructure(piece, 0);
  if (piece[end - 1] !== ')') return undefined;
  return { start: start + 1, end: start + end - 1, content: piece.slice(1, end - 1) };
}

/** Whether what stands close to a name is another name, or says something of it: `"email", "phone"`, `email (optional)`. */
function isOfProgram(text: string): boolean {
  if (words().name(text)) return true;
  const all = text.match(/[^\s.,;:!?()[\]<>="'`…]+/g) ?? [];
  return all.length > 0 && all.every((word) => words().word(word, 'inside', false));
}

/** `must be a valid address`: what a program says of a value, and no value. */
function isStatement(text: string, { category }: Name, isLine: boolean): boolean {
  if (text.length > LONGEST_STATEMENT) return false;
  const all = text.match(/[^\s.,;:!?()[\]<>="'`…]+/g) ?? [];
  const [first = ''] = all;
  // An address to reach somebody at has a sign or digits; inside of a sentence words are none.
  const isPlain = category === 'contact' && !isLine;
  if (all.length < 2 || (!isPlain && !PREDICATES.has(first.toLowerCase()))) return false;
  return all.every(
    (word, at) => /^\d{1,3}$/.test(word) || words().word(word, at === 0 ? 'text' : 'inside', false),
  );
}

/** Cells below a header of CSV that names something denied. */
function below(text: string, denied: Denied, found: NamedValue[]): void {
  let columns: ReadonlyArray<Category | undefined> | undefined;
  let names: readonly string[] = [];
  let sign = '';
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    const cells = columns === undefined ? undefined : cellsOf(line, sign);
    if (columns !== undefined && cells?.length === columns.length) {
      for (const [index, { start, end: endOfCell }] of cells.entries()) {
        const category = columns[index];
        const value = line.slice(start, endOfCell);
        if (category === undefined || /^[\s|:-]*$/.test(value)) continue;
        if (!saysNothing(names[index] ?? '', category, value.replaceAll(/^"|"$/g, ''))) {
          found.push({ start: at + start, end: at + endOfCell, category });
        }
      }
    } else {
      columns = undefined;
      sign =
        /^[^,;\t|]{0,64}[,;\t]/.test(line) || line.includes('|')
          ? (/[,;\t|]/.exec(line.replace(/^\s*\|/, ''))?.[0] ?? '')
          : '';
      const header = sign === '' || line.length > 2000 ? [] : cellsOf(line, sign);
      names = header.map(({ start, end: endOfCell }) =>
        line.slice(start, endOfCell).replaceAll(/^["' ]+|["' ]+$/g, ''),
      );
      if (names.length >= 2 && names.every((name) => columnName().test(name))) {
        const categories = names.map((name) => denied(name));
        if (categories.some((category) => category !== undefined)) columns = categories;
      }
    }
    at = end + 1;
  }
}

const columnName = unicodePattern(String.raw`^(?:[\p{L}_$][\p{L}\p{N}_$ .-]{0,40})?$`, 'u');

/** The cells of a line of CSV (RFC 4180). */
function cellsOf(line: string, sign: string): Array<{ readonly start: number; readonly end: number }> {
  const cells: Array<{ start: number; end: number }> = [];
  let start = 0;
  for (let at = 0; at <= line.length; at += 1) {
    if (line[at] === '"' && at === start) {
      const end = line.indexOf('"', at + 1);
      if (end > at) at = end;
    }
    if (at === line.length || line[at] === sign) {
      cells.push({ start, end: at });
      start = at + 1;
    }
  }
  return cells;
}

const duplicate = unicodePattern(
  String.raw`(?<=Duplicate entry )'((?:[^'\\]|\\.|'(?=\p{L})){0,4096})'(?= for key ["'\x60]?([\w.$-]{1,128}))`,
  'gu',
);
const ROW = /(?:row contains|key value is) \(/g;
const VALUES = /\(([^()]{1,2000})\)\s{0,4}(?:VALUES|values)\s{0,4}(?=\()/g;

/** Values that databases show before their name, below it, or without it. */
function ofDatabases(text: string, denied: Denied, found: NamedValue[]): void {
  for (const { index, 0: value, 2: key = '' } of text.includes(' key') ? text.matchAll(duplicate()) : []) {
    const category = denied(
      key.replaceAll(/^(?:uq|ux|ix|idx|uniq|unique)_|_(?:uq|ux|ix|idx|uniq|unique|key)$/gi, ''),
    );
    if (category !== undefined) found.push({ start: index, end: index + value.length, category });
  }
  let until = 0;
  // Whose columns these are is not said.
  const hasRow = text.includes('row contains (') || text.includes('key value is (');
  for (const { index, 0: whole } of matches(text, ROW, hasRow)) {
    if (index < until) continue;
    const start = index + whole.length;
    until = endOfRow(text, start);
    found.push({ start, end: until, category: 'identity' });
  }
  until = 0;
  const hasValues = text.includes('VALUES') || text.includes('values');
  for (const { index, 0: whole, 1: names = '' } of matches(text, VALUES, hasValues)) {
    const category = index < until ? undefined : firstDenied(names.split(','), denied);
    if (category === undefined) continue;
    let start = index + whole.length;
    const next = /\s{0,4},\s{0,4}(?=\()/y;
    do {
      until = endOfStructure(text, start);
      found.push({ start: start + 1, end: Math.max(start + 1, until - 1), category });
      next.lastIndex = until;
      start = next.exec(text) === null ? 0 : next.lastIndex;
    } while (start > 0);
  }
}

/** A row may hold brackets of its own: it ends with the last one of its line. */
function endOfRow(text: string, start: number): number {
  const end = endOfLine(text, start);
  const bracket = text.lastIndexOf(')', end);
  return bracket > start ? bracket : end;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function merged(values: NamedValue[]): readonly NamedValue[] {
  values.sort((one, other) => one.start - other.start || other.end - one.end);
  const kept: NamedValue[] = [];
  for (const value of values) {
    const last = kept.at(-1);
    if (last === undefined || value.start >= last.end) kept.push(value);
    else if (value.end > last.end) kept[kept.length - 1] = { ...last, end: value.end };
  }
  return kept;
}
