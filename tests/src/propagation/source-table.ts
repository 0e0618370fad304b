import { carriers } from '../../../src/clients/carriers.ts';
import type { Sender } from '../../../src/propagation/event-source.ts';
import { eventSources } from '../../../src/propagation/event-sources.ts';

const HTTP_WRITES = '`fetch`, undici, `http(s)`: header `x-correlation-id`, to allowed hosts only';
const HEADINGS = [
  'event',
  '`source`',
  'id is read from',
  'trace context is read from',
  'our clients write',
  'per record',
];

/** The table of docs/correlation.md, as the code has it: one line for each kind of event. Markdown. */
export function sourceTable(): string {
  const lines = eventSources.flatMap((source) =>
    source.readings.map(({ event, id = [], trace = [], senders = [] }) => [
      event,
      `\`${source.name}\``,
      id.join('; else ') || 'nothing: a new id',
      trace.join('; ') || 'none',
      senders.map(written).join('<br>') || 'none',
      source.batch === undefined ? 'no' : 'yes',
    ]),
  );
  return [HEADINGS, HEADINGS.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** What the commands of a client write; commands that write the same share a line. */
function written(sender: Sender): string {
  if (sender === 'HTTP') return HTTP_WRITES;
  const commands = new Map<string, string[]>();
  for (const { client, command, writes } of carriers) {
    if (client === sender) commands.set(writes, [...(commands.get(writes) ?? []), `\`${command}\``]);
  }
  return [...commands].map(([writes, names]) => `${sender} ${names.join(', ')}: ${writes}`).join('<br>');
}
