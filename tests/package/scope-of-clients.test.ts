import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWebServer } from '../src/clients/web-server.ts';
import type { WebServer } from '../src/clients/web-server.ts';
import { pinned } from './packages.ts';
import { startPostgres } from './postgres.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const PAGE = readFileSync(new URL('../../docs/scope.md', import.meta.url), 'utf8');

/** The lines that the page shows as mended; here they run. */
const MENDED = {
  callback: "pool.query('select 1', AsyncResource.bind(onRows));",
  event: "query.on('end', AsyncResource.bind(onEnd));",
  transport: 'axios.create({ transport: observedHttp })',
  adapter: "axios.create({ adapter: 'fetch', env: { fetch: observedFetch } })",
};

const PROGRAM = `
import { AsyncResource } from 'node:async_hooks';
import { Agent } from 'node:http';
import middy from '@middy/core';
import axios from 'axios';
import pg from 'pg';
import { getCorrelationId, observability, observedFetch, observedHttp } from 'lambda-lantern';

const [pgPort, url] = process.argv.slice(2);
const pool = new pg.Pool({ host: '127.0.0.1', port: Number(pgPort), max: 1, user: 'u', database: 'd' });
const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
const plain = axios.create({ httpAgent });
const byTransport = ${MENDED.transport};
byTransport.defaults.httpAgent = httpAgent;
const byAdapter = ${MENDED.adapter};

const seen = {};
const note = (what) => (seen[what] ??= []).push(getCorrelationId() ?? 'nothing');
const once = (start) => new Promise((resolve) => start(resolve));
const handler = middy().use(observability()).handler(async () => {
  await pool.query('select 1');
  note('pg, promise');
  await once((done) => pool.query('select 1', () => { note('pg, callback'); done(); }));
  await once((done) => {
    const onRows = () => { note('pg, callback mended'); done(); };
    ${MENDED.callback}
  });
  const client = await pool.connect();
  await once((done) => client.query(new pg.Query('select 1')).on('end', () => { note('pg, event'); done(); }));
  await once((done) => {
    const onEnd = () => { note('pg, event mended'); done(); };
    const query = client.query(new pg.Query('select 1'));
    ${MENDED.event}
  });
  client.release();
  for (const [what, client] of Object.entries({ plain, byTransport, byAdapter })) {
    await client.get(url + '/' + what);
    note('axios, ' + what);
  }
  return {};
});
for (const id of ['order-1', 'order-2']) {
  await handler({ httpMethod: 'GET', headers: { 'x-correlation-id': id } }, { awsRequestId: id });
}
await pool.end();
httpAgent.destroy();
console.log(JSON.stringify(seen));
`;

let project: ScratchProject;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let web: WebServer;
beforeAll(async () => {
  postgres = await startPostgres();
  web = await startWebServer();
  project = await createScratchProject(['lambda-lantern'], {
    ...pinned('@middy/core'),
    axios: '^1.12.0',
    pg: '^8.0.0',
  });
  await project.write('program.mjs', PROGRAM);
});
afterAll(async () => {
  postgres.stop();
  await web.stop();
  await project.remove();
});

it('pg and axios keep the scope, or are mended, as docs/scope.md says', async () => {
  const output = await project.output(['program.mjs', String(postgres.port), web.url]);

  const kept = ['order-1', 'order-2'];
  const lost = ['order-1', 'nothing'];
  expect(JSON.parse(output)).toEqual({
    'pg, promise': kept,
    'pg, callback': lost,
    'pg, callback mended': kept,
    'pg, event': lost,
    'pg, event mended': kept,
    'axios, plain': kept,
    'axios, byTransport': kept,
    'axios, byAdapter': kept,
  });
  const carried = (path: string) =>
    web.requests.filter((request) => request.path === path).map(({ headers }) => headers['x-correlation-id']);
  expect(carried('/plain')).toEqual([undefined, undefined]);
  expect(carried('/byTransport')).toEqual(kept);
  expect(carried('/byAdapter')).toEqual(kept);
});

it('docs/scope.md shows the lines that were run', () => {
  for (const line of Object.values(MENDED)) expect(PAGE).toContain(line);
});
