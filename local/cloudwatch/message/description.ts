/**
 * The description of an alarm of the plugin, as it is written into the template and read again where a message is composed: what
 * CloudWatch hands on with an alarm is this text. Pure.
 */

/** What the parts of a description begin with, each in lines of its own; what it means stands before all of them. */
export const DESCRIPTION_PARTS = {
  cause: 'Likely cause: ',
  threshold: 'Threshold: ',
  next: 'Next:',
  owner: 'Owner: ',
  runbook: 'Runbook: ',
} as const;

export interface AlarmDescription {
  /** What ALARM means. Empty where nothing is said. */
  readonly meaning: string;
  readonly cause?: string;
  /** Of the threshold: `ms`, `%`, `messages`. */
  readonly unit?: string;
  /** Commands and links to look at next. */
  readonly steps: readonly string[];
  readonly owner?: string;
  readonly runbook?: string;
}

/** Of an alarm that the plugin did not make, all is meaning. */
export function readDescription(description: string): AlarmDescription {
  const lines = description.split('\n').map((line) => line.trim());
  const isPart = (line: string): boolean =>
    Object.values(DESCRIPTION_PARTS).some((begin) => line.startsWith(begin.trim()));
  const firstPart = lines.findIndex(isPart);
  const after = (begin: string): string | undefined =>
    lines
      .find((line) => line.startsWith(begin))
      ?.slice(begin.length)
      .trim();
  const found = {
    cause: after(DESCRIPTION_PARTS.cause),
    unit: unitIn(after(DESCRIPTION_PARTS.threshold) ?? ''),
    owner: after(DESCRIPTION_PARTS.owner),
    runbook: after(DESCRIPTION_PARTS.runbook),
  };
  const next = lines.indexOf(DESCRIPTION_PARTS.next);
  return {
    meaning: lines
      .slice(0, firstPart === -1 ? lines.length : firstPart)
      .filter((line) => line !== '')
      .join(' '),
    steps: next === -1 ? [] : lines.slice(next + 1).flatMap((line) => /^\d\. (.+)$/.exec(line)?.[1] ?? []),
    ...Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined && text !== '')),
  };
}

/** `ms` of `> 4800 ms in 3 of 5 min: …`. */
function unitIn(threshold: string): string | undefined {
  return /^[<>]=? -?[\d.]+ (.+?) in \d+ of \d+ /.exec(threshold)?.[1];
}

/** Keys of tags that say who looks after something, and where it is written what to do; in any case. */
const OWNER_TAGS: readonly string[] = ['owner', 'team'];
const RUNBOOK_TAGS: readonly string[] = ['runbook'];

/** Whose something is, as far as its tags say so. */
export function ownersOf(tags: Readonly<Record<string, string>>): {
  readonly owner?: string;
  readonly runbook?: string;
} {
  const valueOf = (keys: readonly string[]): string | undefined =>
    Object.entries(tags).find(([name]) => keys.includes(name.toLowerCase()))?.[1];
  const [owner, runbook] = [valueOf(OWNER_TAGS), valueOf(RUNBOOK_TAGS)];
  return { ...(owner !== undefined && { owner }), ...(runbook !== undefined && { runbook }) };
}
