import { traceText } from '../xray/trace-text.ts';
import { readTraceId } from '../xray/read-trace-id.ts';
import type { Command } from './command.ts';
import { EXIT, INSTANCE_HELP, INSTANCE_OPTIONS, instanceFrom, paint, readArguments, say } from './command.ts';

export const trace: Command = {
  help: `Usage: lambda-lantern trace <id> [options]

Shows a trace, and those that are linked with it, as a tree: name, begin, duration, self time, status, errors.
The id may stand in a trace header (Root=1-…), or be one of OpenTelemetry.

Options
  --json           { "trace": …, "linked": […] } on one line, with every document as it was received
${INSTANCE_HELP}

Exit code: 0 when there is such a trace, 2 when there is none, 1 when it could not be asked for.
`,
  async run(args) {
    const { values, positionals } = readArguments(args, INSTANCE_OPTIONS, ['the id of one trace']);
    const [text = ''] = positionals;
    const id = readTraceId(text);
    if (id === undefined) {
      throw new Error(
        `Expected the id of a trace, for example 1-6919f2a1-0123456789abcdef01234567; got "${text}".`,
      );
    }
    const instance = instanceFrom(values);
    const page = await instance.trace(id);
    if (page === undefined) {
      process.stderr.write(`There is no trace ${id} at ${instance.url}.\n`);
      return EXIT.nothing;
    }
    if (values.json === true) say(JSON.stringify(page));
    else say(traceText([page.trace, ...page.linked], { now: Date.now() / 1000, paint }));
    return EXIT.found;
  },
};
