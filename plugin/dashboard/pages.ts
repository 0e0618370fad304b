import type { Section } from './lay-out.ts';
import { DASHBOARD_LIMITS } from './limits.ts';

/** What a dashboard may hold, less than CloudWatch's limits by what its heading takes. */
const ROOM = {
  widgets: DASHBOARD_LIMITS.widgets - 1,
  metrics: DASHBOARD_LIMITS.metrics,
  characters: DASHBOARD_LIMITS.bodyCharacters - 5_000,
} as const;

/** As few pages as hold the sections in their order; a section is never torn apart. */
export function intoPages(sections: readonly Section[]): ReadonlyArray<readonly Section[]> {
  const pages: Section[][] = [];
  let used = { widgets: 0, metrics: 0, characters: 0 };
  for (const section of sections) {
    const needed = needsOf(section);
    const together = add(used, needed);
    const page = pages.at(-1);
    if (page !== undefined && isWithin(together)) {
      page.push(section);
      used = together;
    } else {
      pages.push([section]);
      used = needed;
    }
  }
  return pages;
}

interface Needs {
  readonly widgets: number;
  readonly metrics: number;
  readonly characters: number;
}

const needsOf = ({ panels }: Section): Needs => ({
  widgets: panels.length,
  metrics: panels.reduce((sum, { metricCount }) => sum + metricCount, 0),
  // Expressions are longer as JSON than in the body, and about as long as the names that take their place.
  characters: panels.reduce((sum, panel) => sum + JSON.stringify(panel).length, 0),
});

const add = (one: Needs, other: Needs): Needs => ({
  widgets: one.widgets + other.widgets,
  metrics: one.metrics + other.metrics,
  characters: one.characters + other.characters,
});

const isWithin = (needs: Needs): boolean =>
  needs.widgets <= ROOM.widgets && needs.metrics <= ROOM.metrics && needs.characters <= ROOM.characters;
