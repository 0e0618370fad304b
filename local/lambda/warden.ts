/**
 * Runs in a process of its own beside Lantern and ends what functions leave behind: all of it when Lantern goes, however it
 * goes and whatever the functions are doing, and what one environment started when that ends. A function that loops cannot
 * see that its lifeline closed, and a child that has a process group of its own is not ended with the function's.
 *
 * Each line of the input is `+ <process id> <log stream>` for an environment that started, and `-` for one that ended;
 * the input ends with Lantern.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Process ids by log stream, which every process of an environment has in its variables and no other. */
const environments = new Map<string, number>();

/** Whoever forks while it is looked for is found in the next round. */
const ROUNDS = 20;

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [sign, pid, logStream = ''] = line.split(' ');
    if (sign === '+') environments.set(logStream, Number(pid));
    else if (environments.delete(logStream)) endDescendants([logStream]);
  })
  .on('close', () => {
    for (const pid of environments.values()) end(process.platform === 'win32' ? pid : -pid);
    endDescendants([...environments.keys()]);
  });

/** Wherever they have gone. Only Linux tells what another process has in its environment. */
function endDescendants(logStreams: readonly string[]): void {
  if (process.platform !== 'linux') return;
  const marks = logStreams.map((logStream) => `\0AWS_LAMBDA_LOG_STREAM_NAME=${logStream}\0`);
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMarked(name, marks));
    if (found.length === 0) return;
    for (const pid of found) end(Number(pid));
  }
}

function isMarked(pid: string, marks: readonly string[]): boolean {
  try {
    const variables = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`;
    return marks.some((mark) => variables.includes(mark));
  } catch {
    // Another user's, or it has just ended.
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
