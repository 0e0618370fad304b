/** What one pass over a text tells about it, so that most detectors need not look at it at all. */
export interface Traits {
  /** ASCII digits in the whole text. */
  readonly digits: number;
  /** Length of the longest run of characters that keys and tokens are made of. */
  readonly longestToken: number;
  readonly at: boolean;
  readonly colon: boolean;
  readonly equals: boolean;
  readonly percent: boolean;
}

const DIGIT = 1;
const TOKEN = 2;
const OTHER = 0;
const AT = '@'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const EQUALS = '='.charCodeAt(0);
const PERCENT = '%'.charCodeAt(0);

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\d/.test(character)) return DIGIT;
  return /[A-Za-z_.~+/-]/.test(character) ? TOKEN : OTHER;
});

/** Reads the text once. */
export function traitsOf(text: string): Traits {
  let digits = 0;
  let token = 0;
  let longestToken = 0;
  let at = false;
  let colon = false;
  let equals = false;
  let percent = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? KINDS[code] : OTHER;
    if (kind !== OTHER) {
      if (kind === DIGIT) digits += 1;
      token += 1;
      continue;
    }
    if (token > longestToken) longestToken = token;
    token = 0;
    if (code === AT) at = true;
    else if (code === COLON) colon = true;
    else if (code === EQUALS) equals = true;
    else if (code === PERCENT) percent = true;
  }
  return { digits, longestToken: Math.max(longestToken, token), at, colon, equals, percent };
}
