import { fakerEN_US } from '@faker-js/faker';
import type { GeneratedResponse } from '../generate-responses.ts';
import type { LabelledText } from '../labelled-text.ts';
import type { Share } from '../measure-generated.ts';
import { DETECTABLE } from '../measure-labelled.ts';
import { FOUND_OF_FORMAT, SECRETS_PER_FORMAT } from '../measure-secrets.ts';
import { SECRET_FORMATS, secretPart } from '../secret-formats.ts';

/** A text that every package gets, and what is known about it. */
export interface Sample {
  readonly text: string;
  /** What of it must not be seen; nothing of a benign text. */
  readonly hidden: readonly string[];
  readonly from: 'generated' | 'secrets' | 'labelled' | 'benign';
  /** The form of a secret. */
  readonly group: string;
}

/** What a package did with the samples. */
export interface PeerScore {
  /** Personal values of generated responses that are hidden. */
  readonly generated: Share;
  /** Forms of which nearly all secrets are hidden. */
  readonly formats: Share;
  /** Spans of the labelled set that detectors look for and that are hidden. */
  readonly labelled: Share;
  /** Benign values that are altered. */
  readonly benign: Share;
}

const MOST_OF_EACH = 1000;
/** Names, streets, dates and passwords are told by their keys, which these packages do not get. */
const TOLD_BY_KEY = ['name', 'street', 'date of birth', 'password'];
/** What packages put in the place of a value: `[EMAIL]`, `<EMAIL>`. */
const LABELS = /\[[^[\]]{0,60}\]|<[^<>]{0,60}>/g;
/** Half of a value is seen, or so many characters in a row of a short one. */
const SEEN = 6;

/** The texts that packages are compared on: the same for the same seed. */
export function samplesOf(
  responses: readonly GeneratedResponse[],
  labelled: readonly LabelledText[],
  seed: number,
): Sample[] {
  const leaves = responses.flatMap((response) => response.leaves.map(({ leaf }) => leaf));
  const generated = leaves
    .filter(({ text }) => text.spans.some(({ kind }) => !TOLD_BY_KEY.includes(kind)))
    .slice(0, MOST_OF_EACH)
    .map(({ text }) => sample('generated', text));
  const benign = leaves
    .filter(({ about }) => 'benign' in about)
    .slice(0, MOST_OF_EACH)
    .map(({ text }) => sample('benign', text));
  fakerEN_US.seed(seed);
  const secrets = SECRET_FORMATS.flatMap((format) =>
    Array.from({ length: SECRETS_PER_FORMAT }, (): Sample => {
      const made = format.generate(fakerEN_US);
      const hidden = [secretPart(format, made)];
      return { text: `token is ${made} ok`, hidden, from: 'secrets', group: format.name };
    }),
  );
  const known = labelled.map(({ text, spans }) => ({
    text,
    spans: spans.filter(({ kind }) => DETECTABLE.includes(kind)),
  }));
  return [...generated, ...benign, ...secrets, ...known.map((text) => sample('labelled', text))];
}

function sample(from: Sample['from'], { text, spans }: LabelledText): Sample {
  return { text, hidden: spans.map(({ start, end }) => text.slice(start, end)), from, group: '' };
}

/** Holds what is shown of each sample against what is known of it. */
export function scoreOf(samples: readonly Sample[], shown: readonly string[]): PeerScore {
  const shares = { generated: none(), labelled: none(), benign: none() };
  const formats = new Map<string, number>();
  samples.forEach(({ text, hidden, from, group }, at) => {
    const output = shown[at] ?? '';
    if (from === 'benign') {
      add(shares.benign, output !== text);
      return;
    }
    const left = output.replaceAll(LABELS, ' ');
    for (const value of hidden) {
      const isHidden = !isSeen(value, left);
      if (from === 'secrets') formats.set(group, (formats.get(group) ?? 0) + (isHidden ? 1 : 0));
      else add(shares[from], isHidden);
    }
  });
  const found = [...formats.values()].filter((amount) => amount >= FOUND_OF_FORMAT).length;
  return { ...shares, formats: { part: found, of: formats.size } };
}

function none(): Share {
  return { part: 0, of: 0 };
}

function add(share: Share, counts: boolean): void {
  share.of += 1;
  if (counts) share.part += 1;
}

function isSeen(value: string, shown: string): boolean {
  const length = Math.min(Math.max(SEEN, Math.ceil(value.length / 2)), value.length);
  for (let at = 0; at + length <= value.length; at += 1) {
    if (shown.includes(value.slice(at, at + length))) return true;
  }
  return false;
}
