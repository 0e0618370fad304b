import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import { RedactingLogFormatter } from '../src/telemetry/redacting-log-formatter.ts';
import { interleave } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What a log line costs with Powertools' own formatter and with ours, which redacts. Both end in a stream that drops what
 * it gets: formatting is compared, not the terminal.
 */
const ROUNDS = 15;
const WARM_UPS = 3;
const LINES_OF_A_ROUND = 2_000;

const items = Array.from({ length: 4 }, (_, at) => ({ sku: `tea-${at}`, quantity: at + 1, price: 599 }));
const order = {
  id: '3f2a9c14-7b1e-4c0d-9a55-000000000001',
  status: 'placed',
  placedAt: '2026-03-14T09:26:53.589Z',
  total: 5990,
  customer: { firstName: 'Jane', lastName: 'Doe', email: 'jane.doe@example.com', phone: '+44 20 7946 0018' },
  items,
  note: 'Please leave the parcel with the neighbours when nobody opens.',
};
const many = { orders: Array.from({ length: 40 }, () => order) };
const error = new Error('The payment provider closed the connection', {
  cause: new TypeError('socket hang up'),
});

const LINES: ReadonlyArray<readonly [name: string, write: (logger: Logger) => void]> = [
  ['a message', (logger) => logger.info('order placed')],
  [
    'a message and two ids',
    (logger) => logger.info('order placed', { orderId: order.id, total: order.total }),
  ],
  ['an order of 0.5 kB', (logger) => logger.info('order placed', { order })],
  ['40 orders, 20 kB', (logger) => logger.info('orders', many)],
  ['an error with its cause', (logger) => logger.error('order failed', error)],
];

const nowhere = new Console(new Writable({ write: (_chunk, _encoding, done) => done() }));

/** A logger that writes nowhere. */
function silent(logger: Logger): Logger {
  Reflect.set(logger, 'console', nowhere);
  return logger;
}

/** Nanoseconds of one line. */
function timed(logger: Logger, write: (logger: Logger) => void, lines: number): () => number {
  return () => {
    const start = process.hrtime.bigint();
    for (let count = 0; count < lines; count += 1) write(logger);
    return Number(process.hrtime.bigint() - start) / lines;
  };
}

// The variable would make the mode stricter, and the line another one.
delete process.env.LANTERN_REDACTION;
const plain = silent(new Logger({ serviceName: 'shop' }));
const redacting = silent(new Logger({ serviceName: 'shop', logFormatter: new RedactingLogFormatter() }));
const rows: string[][] = [];
for (const [name, write] of LINES) {
  const lines = name.startsWith('40') ? LINES_OF_A_ROUND / 20 : LINES_OF_A_ROUND;
  const [base = [], ours = []] = await interleave(
    [
      { name: 'Powertools', measure: timed(plain, write, lines) },
      { name: 'redacting', measure: timed(redacting, write, lines) },
    ],
    { rounds: ROUNDS, warmUps: WARM_UPS },
  );
  rows.push([name, duration(median(base)), duration(median(ours)), ratio(ours, base)]);
}
console.log(`One log line: medians of ${ROUNDS} interleaved rounds\n`);
console.log(table(['a line with', 'Powertools', 'redacting', 'ratio'], rows));
