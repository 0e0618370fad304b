import { Faker, allLocales, base, en } from '@faker-js/faker';
import { defaultDetectors } from '../../src/redaction/detectors/default-detectors.ts';
import { CATEGORIES } from '../../src/redaction/detectors/detector.ts';
import type { Share } from './measure-generated.ts';
import { MessageData } from './messages/message-data.ts';
import type { MessageSource } from './messages/message-data.ts';
import { NODE_MESSAGES } from './messages/node-messages.ts';
import {
  AWS_MESSAGES,
  AXIOS_MESSAGES,
  MIDDY_MESSAGES,
  PG_MESSAGES,
  UNDICI_MESSAGES,
} from './messages/service-messages.ts';
import { AJV_MESSAGES, ZOD_MESSAGES } from './messages/validator-messages.ts';

/** A message as a program throws it, and the data in it. */
export interface ErrorMessage {
  readonly library: string;
  readonly text: string;
  /** What customers sent of it, each once. */
  readonly data: readonly string[];
  /** Whether the list of words was written without looking at it. */
  readonly isHeldOut: boolean;
}

/** How well messages can be read whose data is hidden. */
export interface MessagesResult {
  /** Messages that show something of their data, and what of it. */
  readonly leaks: ReadonlyArray<readonly [message: ErrorMessage, shown: string, leaked: string]>;
  /** Words that are no data and are shown, by library. */
  readonly words: ReadonlyMap<string, Share>;
  /** Words that are no data and are not shown. */
  readonly lost: readonly string[];
}

const LIBRARIES: Readonly<Record<string, readonly MessageSource[]>> = {
  Node: NODE_MESSAGES,
  'AWS SDK': AWS_MESSAGES,
  Zod: ZOD_MESSAGES,
  Ajv: AJV_MESSAGES,
  pg: PG_MESSAGES,
  axios: AXIOS_MESSAGES,
  undici: UNDICI_MESSAGES,
  Middy: MIDDY_MESSAGES,
};
/** Every third message is held out. */
const HELD_OUT = 3;
const LOCALES = Object.values(allLocales).filter(({ person }) => person !== undefined);
/** A shorter piece of a datum says nothing of it: `de` of a name, one digit of a number. */
const PIECE = /\p{L}{3,}|\p{N}{2,}/gu;
const LABEL = new RegExp(
  String.raw`\[(?:${[...CATEGORIES, ...defaultDetectors.map(({ name }) => name)].join('|')})\]|<(?:text|id|number)>|<\d+ items?>|<[a-z]+, below (?:16|256) characters>`,
  'g',
);
const WORD = /\p{L}[\p{L}'’]*/gu;

/** The messages of all libraries, each with data of its own; the same for the same seed. */
export async function generateMessages(seed: number): Promise<readonly ErrorMessage[]> {
  const messages: ErrorMessage[] = [];
  for (const [library, sources] of Object.entries(LIBRARIES)) {
    for (const [at, source] of sources.entries()) {
      const isHeldOut = at % HELD_OUT === HELD_OUT - 1;
      const locale = LOCALES[(seed + 7 * at) % LOCALES.length] ?? en;
      const faker = new Faker({ locale: [locale, en, base] });
      faker.seed(seed + at);
      const data = new MessageData(faker);
      const text = await messageOf(source, data);
      messages.push({ library, text, data: [...new Set(data.given)], isHeldOut });
    }
  }
  return messages;
}

/** What is thrown or returned, whether now or later, as text. */
async function messageOf(source: MessageSource, data: MessageData): Promise<string> {
  const result = await resultOf(source, data);
  // An error of another context is no `Error` of this one.
  const text = typeof result === 'string' ? result : (result as Partial<Error> | undefined)?.message;
  if (typeof text === 'string' && text !== '') return text;
  throw new Error(`A source of messages gives no message: ${source.toString()}`);
}

async function resultOf(source: MessageSource, data: MessageData): Promise<unknown> {
  try {
    return await source(data);
  } catch (error) {
    return error;
  }
}

export function measureMessages(
  messages: readonly ErrorMessage[],
  show: (message: string) => string,
): MessagesResult {
  const leaks: Array<readonly [ErrorMessage, string, string]> = [];
  const words = new Map<string, { part: number; of: number }>();
  const lost: string[] = [];
  for (const message of messages) {
    const shown = show(message.text);
    const rest = withoutData(message);
    const known = new Set(piecesOf(rest));
    const pieces = new Set(piecesOf(shown.replaceAll(LABEL, '')));
    const leaked = message.data.flatMap(piecesOf).filter((piece) => pieces.has(piece) && !known.has(piece));
    if (leaked.length > 0) leaks.push([message, shown, leaked.join(' ')]);

    const share = words.get(message.library) ?? { part: 0, of: 0 };
    words.set(message.library, share);
    const left = wordsOf(shown.replaceAll(LABEL, ''));
    for (const word of wordsOf(rest)) {
      share.of += 1;
      const at = left.indexOf(word);
      if (at < 0) lost.push(word);
      else {
        share.part += 1;
        left.splice(at, 1);
      }
    }
  }
  return { leaks, words, lost };
}

/** The words of the program. Data is taken out where it stands, the longest first, also where it was cut or escaped. */
function withoutData({ text, data }: ErrorMessage): string {
  const forms = data.flatMap((each) =>
    text.includes(each) ? [each] : [encodeURIComponent(each), ...each.split(/[^\p{L}\p{N}]+/u)],
  );
  return forms
    .filter((form) => form.length > 1)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, form) => rest.replaceAll(form, ' 0 '), text);
}

function piecesOf(text: string): string[] {
  return (text.match(PIECE) ?? []).map((piece) => piece.toLowerCase());
}

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).filter((word) => word.length > 1);
}
