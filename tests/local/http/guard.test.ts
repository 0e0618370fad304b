import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { POLICIES } from '../../../local/http/guard.ts';
import type { RequestPolicy } from '../../../local/http/guard.ts';
import type { ServerName } from './servers.ts';
import { SERVERS } from './servers.ts';

/** Sends what `fetch` would not: any Host, any Origin. */
function statusOf(
  url: string,
  {
    method = 'GET',
    path = '/',
    headers,
  }: { method?: string; path?: string; headers: Record<string, string> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, url), { method, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end();
  });
}

/** Who sends a request, by its headers; `{port}` stands for the server's own. */
const SENDERS = {
  'by localhost': { Host: 'localhost:{port}' },
  'by 127.0.0.1': { Host: '127.0.0.1:{port}' },
  'by another case': { Host: 'LocalHost:{port}' },
  'by a name below localhost': { Host: 'sqs.eu-central-1.localhost:{port}' },
  'by a forwarded port': { Host: 'localhost:1' },
  'by no port': { Host: 'localhost' },
  'by a foreign name': { Host: 'evil.example:{port}' },
  'by a name that ends like ours': { Host: 'localhost.evil.example:{port}' },
  'by a name that begins unlike ours': { Host: 'evil-localhost:{port}' },
  'from its own page': {
    Host: 'localhost:{port}',
    Origin: 'http://localhost:{port}',
    'Sec-Fetch-Site': 'same-origin',
  },
  'from a page on another port': { Host: 'localhost:{port}', Origin: 'http://localhost:1' },
  'from a foreign page': { Host: 'localhost:{port}', Origin: 'https://evil.example' },
  'from a page without an origin': { Host: 'localhost:{port}', Origin: 'null' },
  'from a foreign page that reads only': { Host: 'localhost:{port}', 'Sec-Fetch-Site': 'cross-site' },
  'from another port that reads only': { Host: 'localhost:{port}', 'Sec-Fetch-Site': 'same-site' },
  'from the address bar': { Host: 'localhost:{port}', 'Sec-Fetch-Site': 'none' },
} as const;

type Sender = keyof typeof SENDERS;

const OWN_PORT: readonly Sender[] = [
  'by localhost',
  'by 127.0.0.1',
  'by another case',
  'from the address bar',
];
const PROGRAMS: readonly Sender[] = [
  ...OWN_PORT,
  'by a name below localhost',
  'by a forwarded port',
  'by no port',
];
const FOREIGN_PAGES: readonly Sender[] = [
  'from a page on another port',
  'from a foreign page',
  'from a page without an origin',
  'from a foreign page that reads only',
  'from another port that reads only',
];

describe.each<[string, ServerName, { method?: string; path?: string }, readonly Sender[]]>([
  ['the page', 'console', { path: '/traces' }, [...OWN_PORT, 'from its own page', ...FOREIGN_PAGES]],
  ['the API of the page', 'console', { path: '/api/traces' }, [...OWN_PORT, 'from its own page']],
  ['a change by the page', 'console', { method: 'DELETE', path: '/' }, [...OWN_PORT, 'from its own page']],
  ['the Lambda API', 'lambda', { path: '/2015-03-31/functions' }, PROGRAMS],
  ['SNS and SQS', 'messaging', { method: 'POST' }, PROGRAMS],
  ['DynamoDB', 'tables', { method: 'POST' }, PROGRAMS],
  ['S3', 'buckets', { path: '/bucket/key' }, PROGRAMS],
  ['EventBridge Scheduler', 'scheduler', { path: '/schedules' }, PROGRAMS],
  ['the TCP side of the X-Ray daemon', 'xray', { method: 'POST', path: '/GetSamplingRules' }, PROGRAMS],
  [
    'OpenTelemetry over HTTP',
    'otlp',
    { method: 'POST', path: '/v1/traces' },
    [...PROGRAMS, 'from its own page', 'from a page on another port'],
  ],
  ["the X-Ray API on the page's port", 'console', { method: 'POST', path: '/GetSamplingRules' }, PROGRAMS],
  ['a Runtime API', 'runtime', { path: '/2018-06-01/runtime/other' }, ['by 127.0.0.1']],
  ['an API of the service', 'gateway', { path: '/orders' }, Object.keys(SENDERS) as Sender[]],
])('%s', (_what, name, request, taken) => {
  it('takes requests as the table of its policy says', async () => {
    const url = await SERVERS[name]();
    const { port } = new URL(url);
    const statuses = new Map<string, number>();
    for (const [sender, headers] of Object.entries(SENDERS)) {
      const own = Object.entries(headers).map(([key, value]) => [key, value.replace('{port}', port)]);
      const status = await statusOf(url, {
        ...request,
        headers: Object.fromEntries(own) as Record<string, string>,
      });
      statuses.set(sender, status);
    }
    const refused = [...statuses].filter(([, status]) => status === 403).map(([sender]) => sender);
    expect(refused).toEqual(Object.keys(SENDERS).filter((sender) => !taken.includes(sender as Sender)));
  });
});

describe('the table of policies in docs/architecture.md', () => {
  const row = ({ names, subdomains, port, pages }: RequestPolicy): string => {
    const written = names === 'any' ? 'any' : names.map((name) => `\`${name}\``).join(', ');
    const below = names !== 'any' && subdomains ? ', any below `localhost`' : '';
    const whose = { own: 'of this server', local: 'of this machine', none: 'of nobody', any: 'of anybody' }[
      pages
    ];
    return `| ${written}${below} | ${port === 'own' ? 'its own' : 'any'} | ${whose} |`;
  };

  it.each(Object.entries(POLICIES))('has the row of %s', async (_name, policy) => {
    const page = await readFile(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
    expect(page.replace(/ +/g, ' ')).toContain(row(policy));
  });
});
