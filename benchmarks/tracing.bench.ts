import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { interleave } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';
import { VARIANTS } from './tracing/variants.ts';

/*
 * What one invocation of a Middy handler costs, without and with tracing. Each variant has a process of its own, because
 * tracing is switched by the environment and the X-Ray SDK keeps one emitter per process; their rounds are interleaved.
 */
const ROUNDS = 15;
const WARM_UPS = 3;
const INVOCATIONS_PER_ROUND = 1000;

async function measureIn(child: ChildProcess): Promise<number> {
  const waiting = new AbortController();
  const answered = once(child, 'message', waiting).then(([nanoseconds]) => nanoseconds as number);
  const ended = once(child, 'exit', waiting).then(([code]) => {
    throw new Error(`A variant's process ended with ${String(code)} before it had measured`);
  });
  child.send(INVOCATIONS_PER_ROUND);
  try {
    return await Promise.race([answered, ended]);
  } finally {
    // Whichever is still waiting rejects, and nobody is interested any more.
    void Promise.allSettled([answered, ended]);
    waiting.abort();
  }
}

const daemons = await Promise.all(
  VARIANTS.map(async () => {
    const socket = createSocket('udp4');
    let received = 0;
    socket.on('message', () => (received += 1));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.setRecvBufferSize(8 * 1024 * 1024);
    return { address: `127.0.0.1:${socket.address().port}`, received: () => received, socket };
  }),
);
const children = VARIANTS.map(({ tracing }, index) =>
  fork(join(import.meta.dirname, 'tracing/variant-process.ts'), [String(index)], {
    env: {
      ...process.env,
      // What Lambda sets; without it Powertools switches itself off.
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'benchmark',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: '/var/task',
      _HANDLER: 'index.handler',
      POWERTOOLS_SERVICE_NAME: 'benchmark',
      POWERTOOLS_TRACE_ENABLED: tracing,
      AWS_XRAY_DAEMON_ADDRESS: daemons[index]?.address,
    },
  }),
);
try {
  const contenders = children.map((child, index) => ({
    name: VARIANTS[index]?.title ?? '',
    measure: () => measureIn(child),
  }));
  const results = await interleave(contenders, { rounds: ROUNDS, warmUps: WARM_UPS });
  const [base = []] = results;
  const invocations = (ROUNDS + WARM_UPS) * INVOCATIONS_PER_ROUND;
  console.log(
    `One invocation: median of ${ROUNDS} interleaved rounds of ${INVOCATIONS_PER_ROUND} invocations\n`,
  );
  console.log(
    table(
      ['variant', 'median', 'to plain Middy', 'more than plain', 'documents received per invocation'],
      results.map((rounds, index) => [
        VARIANTS[index]?.title ?? '',
        duration(median(rounds)),
        ratio(rounds, base),
        duration(Math.max(0, median(rounds) - median(base))),
        ((daemons[index]?.received() ?? 0) / invocations).toFixed(2),
      ]),
    ),
  );
} finally {
  for (const child of children) child.kill();
  for (const { socket } of daemons) socket.close();
}
