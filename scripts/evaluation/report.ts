import { table } from '../../benchmarks/support/table.ts';
import type { LabelledResult } from './measure-labelled.ts';
import { DETECTABLE } from './measure-labelled.ts';
import type { LeaksResult } from './measure-leaks.ts';
import type { Example, Share, ValuesResult } from './measure-generated.ts';
import { BENIGN_NAMES, SENSITIVE_NAMES } from './key-names.ts';
import type { ErrorMessage, MessagesResult } from './measure-messages.ts';
import { FOUND_OF_FORMAT } from './measure-secrets.ts';
import type { SecretsResult } from './measure-secrets.ts';
import type { Place } from './response-tree.ts';

const PLACES: readonly Place[] = ['own key', 'neutral key', 'free text'];

/** `0.987 (148/150)`; nothing of nothing is a dash. */
export function shareText({ part, of }: Share): string {
  return of === 0 ? '-' : `${(part / of).toFixed(3)} (${part}/${of})`;
}

/** All shares as one. */
function total(shares: Iterable<Share>): Share {
  const sum = { part: 0, of: 0 };
  for (const { part, of } of shares) {
    sum.part += part;
    sum.of += of;
  }
  return sum;
}

/** The tables of what `values` mode did to generated responses. */
export function reportValues({ recall, altered, precision, masked, examples }: ValuesResult): string {
  const places = (shares: ReadonlyMap<Place, Share>): string[] => [
    shareText(total(shares.values())),
    ...PLACES.map((place) => shareText(shares.get(place) ?? { part: 0, of: 0 })),
  ];
  const kinds = [...recall].sort(byName).map(([kind, shares]) => [kind, ...places(shares)]);
  const benign = [...altered].sort(byName).map(([kind, share]) => [kind, shareText(share)]);
  return [
    'Recall of planted personal values, by kind and by where they stand',
    table(['kind', 'recall', ...PLACES], kinds),
    '',
    'Precision of the labels that detectors give',
    table(
      ['label', 'precision'],
      [...precision].sort(byName).map(([label, share]) => [label, shareText(share)]),
    ),
    '',
    'Benign values altered, by kind',
    table(['kind', 'altered'], [...benign, ['all', shareText(total(altered.values()))]]),
    '',
    `Letters and digits masked outside of personal values: ${percent(masked)}`,
    '',
    'Some of what was missed or altered',
    ...[...examples].sort((one, other) => one.kind.localeCompare(other.kind, 'en')).map(exampleText),
  ].join('\n');
}

/** What `shape` mode shows of generated responses. */
export function reportLeaks({ strings, dataKeys, fields, examples }: LeaksResult): string {
  return [
    `Strings of which four characters in a row are shown: ${shareText(strings)}`,
    `Keys that are data of which four characters in a row are shown: ${shareText(dataKeys)}`,
    `Names of fields that are shown: ${shareText(fields)}`,
    ...(examples.length > 0 ? ['', 'Some of what is shown', ...examples.map((text) => `  ${text}`)] : []),
  ].join('\n');
}

/** How many forms of secrets are found, and which are not. */
export function reportSecrets(secrets: SecretsResult): string {
  const missed = [...secrets].filter(([, { part }]) => part < FOUND_OF_FORMAT);
  const found = { part: secrets.size - missed.length, of: secrets.size };
  return [
    `Forms of which ${FOUND_OF_FORMAT} of 20 secrets are hidden: ${shareText(found)}`,
    `Secrets that are hidden: ${shareText(total(secrets.values()))}`,
    ...missed.map(([name, share]) => `  missed: ${name}, ${shareText(share)}`),
  ].join('\n');
}

/** What the messages of errors show of data, and how much of the rest is left to read. */
export function reportMessages(messages: readonly ErrorMessage[], { leaks, words }: MessagesResult): string {
  return [
    `Messages that show some of their data: ${shareText({ part: leaks.length, of: messages.length })}`,
    `Words that are no data and are shown: ${shareText(total(words.values()))}`,
    ...[...words].map(([library, share]) => `  ${library}: ${shareText(share)}`),
    ...leaks.map(
      ([{ library }, shown, leaked]) => `  leaked: ${leaked}, in a message of ${library}: ${shown}`,
    ),
  ].join('\n');
}

/** How many names of keys are denied, of those that should be and of those that should not. */
export function reportNames(isDenied: (name: string) => boolean): string {
  const denied = SENSITIVE_NAMES.filter(isDenied);
  const wrong = BENIGN_NAMES.filter(isDenied);
  const missed = SENSITIVE_NAMES.filter((name) => !denied.includes(name));
  return [
    `Sensitive names denied: ${shareText({ part: denied.length, of: SENSITIVE_NAMES.length })}`,
    `Benign names denied: ${shareText({ part: wrong.length, of: BENIGN_NAMES.length })}`,
    ...[...missed, ...wrong].map((name) => `  wrong: ${name}`),
  ].join('\n');
}

/** The table of what `values` mode did to a labelled set. */
export function reportLabelled(result: LabelledResult): string {
  const { recall, precision, anyPrecision, masked, reformed } = result;
  const nothing = { part: 0, of: 0 };
  const entities = [...new Set([...recall.keys(), ...precision.keys()])].sort();
  const rows = entities.map((entity) => [
    entity,
    shareText(recall.get(entity) ?? nothing),
    shareText(precision.get(entity) ?? nothing),
  ]);
  const detectable = DETECTABLE.map((entity) => recall.get(entity) ?? nothing);
  return [
    table(
      ['entity', 'recall', 'precision of its label'],
      [
        ...rows,
        ['all that detectors look for', shareText(total(detectable)), ''],
        ['all', shareText(total(recall.values())), shareText(anyPrecision)],
      ],
    ),
    '',
    `Letters and digits masked outside of labelled spans: ${percent(masked)}`,
    `Texts shown in another form, such as decoded, which count there as masked whole: ${reformed}`,
  ].join('\n');
}

function percent({ part, of }: Share): string {
  return `${((100 * part) / Math.max(of, 1)).toFixed(3)} % (${part}/${of})`;
}

function exampleText({ kind, text, shown }: Example): string {
  return `  ${kind}: ${text}${shown === text ? '' : ` -> ${shown}`}`;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one.localeCompare(other, 'en');
}
