import { join } from 'node:path';
import { contract } from '../contract/contract.ts';
import { OVERLAP_ENVIRONMENT } from '../contract/overlap.ts';
import type { Check } from '../contract/subject.ts';
import { POINTS } from '../contract/subject.ts';
import { runNode } from '../helpers/run.ts';

/*
 * Holds Lambda Lantern and plain Powertools against the same contract and prints what each keeps: `npm run test:peers`. It
 * fails when Lambda Lantern does not keep all of it.
 */
const SUBJECTS = [
  { module: '../contract/lantern.ts', name: 'lantern', title: 'lambda-lantern' },
  { module: './powertools.ts', name: 'powertools', title: 'powertools' },
] as const;

/** What Lambda sets; without it Powertools switches itself off. */
const LAMBDA = {
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
  POWERTOOLS_TRACE_ENABLED: 'true',
  _HANDLER: 'handler',
};

async function keeps(subject: (typeof SUBJECTS)[number], check: Check): Promise<boolean> {
  const index = String(contract.indexOf(check));
  const run = runNode(
    [join(import.meta.dirname, 'run-check.ts'), subject.module, subject.name, index],
    import.meta.dirname,
    {
      ...LAMBDA,
      ...(check.point === 5 && OVERLAP_ENVIRONMENT),
    },
  );
  const giveUp = setTimeout(() => run.child.kill('SIGKILL'), 60_000);
  const code = await run.exited;
  clearTimeout(giveUp);
  return code === 0;
}

const kept = new Map<string, number>();
for (const [point, promise] of Object.entries(POINTS)) {
  console.log(`\n${point}. ${promise}`);
  for (const check of contract.filter((each) => String(each.point) === point)) {
    const marks: string[] = [];
    for (const subject of SUBJECTS) {
      const held = await keeps(subject, check);
      if (held) kept.set(subject.title, (kept.get(subject.title) ?? 0) + 1);
      marks.push(`${subject.title}: ${held ? 'yes' : 'NO '}`);
    }
    console.log(`   ${marks.join('   ')}   ${check.title}`);
  }
}
console.log('');
for (const { title } of SUBJECTS)
  console.log(`${title}: ${kept.get(title) ?? 0} of ${contract.length} checks kept`);
process.exitCode = kept.get(SUBJECTS[0].title) === contract.length ? 0 : 1;
