import type { LabelledText } from './labelled-text.ts';
import { isTelling, maskedRanges } from './masked-ranges.ts';
import type { Share } from './measure-generated.ts';
import { count, countMasked, isHidden } from './measure-generated.ts';

/** What was found in a labelled set. */
export interface LabelledResult {
  /** Spans of which nothing is shown, by entity. */
  readonly recall: ReadonlyMap<string, Share>;
  /** Masked parts that lie on a span of the entity that their label speaks of, by entity. */
  readonly precision: ReadonlyMap<string, Share>;
  /** Masked parts that lie on some span. */
  readonly anyPrecision: Share;
  readonly masked: Share;
  /** Texts that are shown in another form, decoded for one: they count as masked whole, and for no precision. */
  readonly reformed: number;
}

/** The entity that a label of ours speaks of, in the words of labelled sets. */
const ENTITIES: Readonly<Record<string, string>> = {
  email: 'EMAIL_ADDRESS',
  phone: 'PHONE_NUMBER',
  card: 'CREDIT_CARD',
  iban: 'IBAN_CODE',
  ip: 'IP_ADDRESS',
  'national-id': 'US_SSN',
  website: 'DOMAIN_NAME',
};

/** What detectors alone can find: none of them knows a name or an address. */
export const DETECTABLE: readonly string[] = Object.values(ENTITIES);

/** Holds what is shown of each text against its labels. */
export function measureLabelled(
  texts: readonly LabelledText[],
  show: (text: string) => string,
): LabelledResult {
  const recall = new Map<string, Share>();
  const precision = new Map<string, Share>();
  const anyPrecision = { part: 0, of: 0 };
  const masked = { part: 0, of: 0 };
  let reformed = 0;
  for (const labelled of texts) {
    const { text, spans } = labelled;
    const shown = show(text);
    countMasked(masked, labelled, shown);
    for (const { kind, start, end } of spans) count(recall, kind, isHidden(text, shown, start, end));
    const ranges = maskedRanges(text, shown);
    if (ranges === undefined) reformed += 1;
    for (const range of ranges ?? []) {
      const hit = spans.filter(({ start, end }) => overlap(text, range, { start, end }));
      anyPrecision.of += 1;
      if (hit.length > 0) anyPrecision.part += 1;
      const entity = ENTITIES[range.label] ?? `[${range.label}]`;
      count(
        precision,
        entity,
        hit.some(({ kind }) => kind === entity),
      );
    }
  }
  return { recall, precision, anyPrecision, masked, reformed };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function overlap(text: string, one: Range, other: Range): boolean {
  for (let at = Math.max(one.start, other.start); at < Math.min(one.end, other.end); at += 1) {
    if (isTelling(text, at)) return true;
  }
  return false;
}
