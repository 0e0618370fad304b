import { injections } from '../../../src/clients/injections.ts';
import { eventSources } from '../../../src/propagation/event-sources.ts';
import { readingsOf } from './readings.ts';
import type { Sender } from './readings.ts';
import { written } from './writings.ts';

const HTTP_WRITES = '`fetch`, undici, `http(s)`: header `x-correlation-id`, to allowed hosts only';
const HEADINGS = [
  'event',
  '`source`',
  'id is read from',
  'trace context is read from',
  'our clients write',
  'per record',
];

/** The table of docs/correlation.md: the lines of every event source, in the order in which they are tried. Markdown. */
export function sourceTable(): string {
  const lines = eventSources.flatMap((source) =>
    readingsOf(source.name).map(({ event, id = [], trace = [], senders = [] }) => [
      event,
      `\`${source.name}\``,
      id.join('; else ') || 'nothing: a new id',
      trace.join('; ') || 'none',
      senders.map(writtenBy).join('<br>') || 'none',
      source.batch === undefined ? 'no' : 'yes',
    ]),
  );
  return [HEADINGS, HEADINGS.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** What the commands of a client write; commands that write the same share a line. */
function writtenBy(sender: Sender): string {
  if (sender === 'HTTP') return HTTP_WRITES;
  const commands = new Map<string, string[]>();
  for (const injection of injections) {
    if (injection.client !== sender) continue;
    const what = written(injection);
    commands.set(what, [...(commands.get(what) ?? []), `\`${injection.command}\``]);
  }
  return [...commands].map(([what, names]) => `${sender} ${names.join(', ')}: ${what}`).join('<br>');
}
