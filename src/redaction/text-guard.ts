import { isMachineData } from './detectors/benign-forms.ts';
import { scan } from './detectors/traits.ts';
import { createHarmlessWords } from './names/harmless-words.ts';
import { saysNothing } from './names/no-datum.ts';
import type { MessageMode, RedactionPolicy } from './policy/policy.ts';
import { resolvePolicy } from './policy/resolve-policy.ts';
import type { ResolvedPolicy } from './policy/resolve-policy.ts';
import type { Replacer } from './policy/replacement.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import { saysNoMoreThan, splitEmbeddedJson, withoutQuoted } from './texts/embedded-json.ts';
import { count, lengthClass } from './texts/labels.ts';
import { createMessageShape, createPlaceholders } from './texts/message-shape.ts';
import { TextMasker } from './texts/text-masker.ts';
import { isHttpStatus } from './walk/envelope.ts';
import { KeyBook } from './walk/key-book.ts';
import { firstUse } from './first-use.ts';

/**
 * Treats texts that are no values of an object: what a program says of what it does. What the detectors of a policy find
 * in them, and what stands under a denied name, is replaced.
 */
export interface TextGuard {
  /**
   * A message in words, such as an error's, as the policy shows messages. JSON in it is data and shown by the policy.
   */
  message(text: string): string;
  /** A short text, such as a place in the code. */
  text(text: string): string;
  /** The path of a URL, with a label in the place of each segment that is somebody's. */
  path(path: string): string;
  /** A value under a name. What is not changed keeps its type. */
  named<Value extends string | number | boolean>(name: string, value: Value): Value | string;
}

/** Characters of a message that are shown: more than any message needs, and as much as a stack has. */
const MESSAGE_LENGTH = 8192;
/** Characters of a message that are read: what lies across the cut must still be recognised. */
const READ_LENGTH = 2 * MESSAGE_LENGTH;
/** The end of what was read may be half a secret, which no detector knows. */
const UNSURE_LENGTH = 1024;
/** Characters of a text that is looked at as a whole before it is looked through. */
const LONGEST_ORDINARY = 200;
/** Digits of the shortest number that a detector knows. */
const SHORTEST_NUMBER = 7;
/**
 * What a report says about the rules that were broken, not about the value: Zod's issues, Ajv's errors, and problem
 * details (RFC 9457). Their messages still pass the detectors.
 */
const WORDS_OF_REPORTS = [
  ...['code', 'message', 'expected', 'origin', 'format', 'minimum', 'maximum', 'inclusive'],
  ...['keyword', 'instancePath', 'schemaPath', 'path', 'type', 'title', 'status', 'detail', 'field'],
];

/**
 * @param policy its detectors, denied names and replacements hold for every text; its mode and what it allows only for
 * JSON in messages.
 * @param messages how messages are shown, instead of what the policy and the environment say.
 * @throws TypeError when the policy has an unknown or wrong option.
 */
export function createTextGuard(policy: RedactionPolicy = {}, messages?: MessageMode): TextGuard {
  const resolved = resolvePolicy(policy);
  const showsShapes = (messages ?? resolved.messages) === 'shape';
  const masker = new TextMasker({
    ...resolved,
    budget: { ...resolved.budget, stringLength: MESSAGE_LENGTH },
  });
  const keys = new KeyBook(resolved, masker);
  const ofMessages = { ...policy, budget: { ...policy.budget, bytes: MESSAGE_LENGTH } };
  let showData: Redactor | undefined;
  let showReport: Redactor | undefined;
  const showJson = (value: unknown, json: string): unknown => {
    // Made for the first JSON that is found: most messages hold none, and detectors are checked anew for each.
    if (!isReport(value)) return (showData ??= createRedactor(ofMessages))(value);
    showReport ??= createRedactor({ ...ofMessages, allow: [...(policy.allow ?? []), ...WORDS_OF_REPORTS] });
    // The words of a report are messages too.
    return showReport(showsShapes ? parseWords(json, maskWords) : value);
  };

  /** Most texts of a program are short words and ids: they are not looked through in earnest. */
  const isOrdinary = (text: string): boolean =>
    isMachineData(text)
      ? masker.onlyOurs
      : text.length <= LONGEST_ORDINARY && masker.isPlain(text, scan(text));

  const shapeOfWords = firstUse(() => createShapeOfWords(resolved));
  const maskWords = (text: string): string => (showsShapes ? shapeOfWords()(text) : masker.show(text));

  const maskSegment = (segment: string, before: string): string => {
    if (segment === '') return segment;
    const decoded = decodeSegment(segment);
    const masked = isOrdinary(decoded) ? decoded : masker.show(decoded, before);
    if (masked !== decoded) return masked;
    const category = masker.denied(before);
    const isData = category !== undefined && decoded !== '' && keys.facts(decoded).kind === 'data';
    return isData ? resolved.replace(category, category, decoded) : segment;
  };

  return {
    message(text) {
      const read = withoutQuoted(text.slice(0, READ_LENGTH));
      const shown = splitEmbeddedJson(read)
        .map((part) => {
          if ('text' in part) return maskWords(part.text);
          const data = part.value && showJson(part.value.of, part.json);
          if (data === undefined) return `<JSON, ${lengthClass(part.json.length)}>`;
          const shownJson = JSON.stringify(data);
          const isWhole = shownJson === JSON.stringify(part.value?.of) && saysNoMoreThan(part.json, data);
          return isWhole ? part.json : shownJson;
        })
        .join('');
      const unread = Math.max(0, text.length - READ_LENGTH);
      if (shown.length <= MESSAGE_LENGTH && unread === 0) return shown;
      const end = Math.min(MESSAGE_LENGTH, unread === 0 ? shown.length : shown.length - UNSURE_LENGTH);
      return `${shown.slice(0, end)}… (${count(shown.length - end + unread, 'more character')})`;
    },
    text: (text) => (isOrdinary(text) ? text : masker.show(text)),
    path: (path) => {
      const segments = path.split('/');
      return segments.map((segment, at) => maskSegment(segment, segments[at - 1] ?? '')).join('/');
    },
    named(name, value) {
      if (typeof value === 'boolean') return value;
      const category = masker.denied(name);
      const text = String(value);
      if (category !== undefined) {
        return saysNothing(name, category, text) ? value : resolved.replace(category, category, text);
      }
      if (typeof value === 'number' && text.length < SHORTEST_NUMBER) return value;
      if (isOrdinary(text)) return value;
      const masked = masker.show(text, name);
      return masked === text ? value : masked;
    },
  };
}

/** The shape of what stands between the JSON of messages, with the labels of what is denied and detected in it. */
function createShapeOfWords(policy: ResolvedPolicy): (text: string) => string {
  const placeholders = createPlaceholders();
  const replace: Replacer = (name, category, text) => placeholders.hold(policy.replace(name, category, text));
  const masker = new TextMasker({
    ...policy,
    replace,
    budget: { ...policy.budget, stringLength: READ_LENGTH },
  });
  const isDenied = (name: string): boolean => masker.denied(name) !== undefined;
  const shapeOf = createMessageShape(createHarmlessWords(policy.fieldNames), isDenied, placeholders);
  return (text) => shapeOf(masker.show(placeholders.clear(text)));
}

/** JSON with each of its strings treated by itself. */
function parseWords(json: string, treat: (text: string) => string): unknown {
  return JSON.parse(json, (_name, value: unknown) => (typeof value === 'string' ? treat(value) : value));
}

/** Whether JSON in a message is what a validator or a problem says, by the members that it always has. */
function isReport(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isIssue);
  const status = member(value, 'status');
  return typeof member(value, 'title') === 'string' && typeof status === 'number' && isFailure(status);
}

/** A status of a client's or a server's error (RFC 9110, section 15). */
function isFailure(status: number): boolean {
  return isHttpStatus(status) && status >= 400;
}

function isIssue(value: unknown): boolean {
  const has = (name: string): boolean => member(value, name) !== undefined;
  return has('message') && ((has('code') && has('path')) || (has('keyword') && has('instancePath')));
}

function member(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null)?.[name];
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
