import { SORT_ORDERS } from '../console-contract.ts';
import type { Command } from './command.ts';
import {
  EXIT,
  FIND_OPTIONS,
  INSTANCE_HELP,
  INSTANCE_OPTIONS,
  instanceFrom,
  paint,
  readArguments,
  readCount,
  readTimes,
  say,
} from './command.ts';
import { summaryLine } from './summary-line.ts';

const DEFAULT_LIMIT = 20;
/** As many as Lantern keeps. */
const MAX_LIMIT = 100_000;

export const traces: Command = {
  help: `Usage: lambda-lantern traces [options]

Finds traces, a line for each: id, begin, duration, status, name, request, services.

Options
  --filter <expr>  those that a filter expression finds: 'service("take-payment") { fault }'
  --sort <order>   the newest (start), the longest (duration) or the worst (status) first (start);
                   with -asc (start-asc) the oldest, the shortest or the best
  --limit <n>      so many at most (${DEFAULT_LIMIT})
  --last <time>    those of the last 15m, 2h, 1d
  --from, --to     those of a time: 2026-11-30T14:05:00Z, or seconds or milliseconds since 1970
  --json           { "traces": […], "hasMore": false } on one line
${INSTANCE_HELP}

Exit code: 0 when a trace was found, 2 when none was, 1 when it could not be asked for.
`,
  async run(args) {
    const { values } = readArguments(args, {
      ...INSTANCE_OPTIONS,
      ...FIND_OPTIONS,
      filter: { type: 'string' },
      sort: { type: 'string' },
    });
    const { filter, sort: order = 'start' } = values;
    const sort = SORT_ORDERS.find((each) => each === order);
    if (sort === undefined) throw new Error(`--sort takes ${SORT_ORDERS.join(', ')}, but got "${order}".`);
    const limit = readCount('limit', values.limit, DEFAULT_LIMIT, MAX_LIMIT);
    const found = await instanceFrom(values).traces({
      ...readTimes(values),
      filter,
      sort,
      limit,
    });
    if (values.json === true) say(JSON.stringify(found));
    else {
      for (const summary of found.traces) say(summaryLine(summary, paint));
      if (found.hasMore) process.stderr.write(`There are more; --limit ${limit * 2} shows more of them.\n`);
      if (found.traces.length === 0) process.stderr.write('No trace was found.\n');
    }
    return found.traces.length > 0 ? EXIT.found : EXIT.nothing;
  },
};
