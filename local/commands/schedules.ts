import type { ScheduleEntry } from '../console-contract.ts';
import { printableLine } from '../printable.ts';
import type { Command } from './command.ts';
import { EXIT, INSTANCE_HELP, INSTANCE_OPTIONS, instanceFrom, readArguments, say } from './command.ts';

export const schedules: Command = {
  help: `Usage: lambda-lantern schedules [options]

Lists what runs by the clock in a running Lantern, a line for each: id, expression, when it runs next and ran last, whom it calls.

Options
  --run <id>       run this one now, with the event that it would send, whether it is enabled or not
  --json           { "schedules": […] } on one line; with --run the one that was run
${INSTANCE_HELP}

Exit code: 0 when there is one, or it was run, 2 when there is none, 1 when it could not be asked for or there is no such id.
`,
  async run(args) {
    const { values } = readArguments(args, { ...INSTANCE_OPTIONS, run: { type: 'string' } });
    const instance = instanceFrom(values);
    const asJson = values.json === true;
    if (values.run !== undefined) {
      const entry = await instance.runSchedule(values.run);
      say(asJson ? JSON.stringify(entry) : `The event of ${printableLine(entry.id)} is on its way.`);
      return EXIT.found;
    }
    const listing = await instance.schedules();
    if (asJson) say(JSON.stringify(listing));
    else for (const entry of listing.schedules) say(lineOf(entry));
    if (listing.schedules.length > 0) return EXIT.found;
    process.stderr.write('Nothing runs by the clock.\n');
    return EXIT.nothing;
  },
};

function lineOf({ id, expression, enabled, next, last, targets }: ScheduleEntry): string {
  const parts = [
    id,
    `${expression}${enabled ? '' : ' (disabled)'}`,
    `next ${next === undefined ? 'never' : new Date(next).toISOString()}`,
    `last ${last === undefined ? 'not yet' : new Date(last).toISOString()}`,
    targets.join(', '),
  ];
  return parts.map(printableLine).join('  ');
}
