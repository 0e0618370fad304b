import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runServerless } from '../helpers/run.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import type { Clients } from './account.ts';
import { clientsOf } from './account.ts';
import type { Moto } from './moto.ts';
import { startMoto } from './moto.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export type Template = Readonly<Record<string, Resource>>;

/** The project, and an AWS to deploy it to. */
export interface Deployment {
  readonly directory: string;
  readonly moto: Moto;
  readonly aws: Clients;
  /** Runs a command of the framework against moto; returns what it wrote, and fails with that if it fails. */
  serverless(...args: string[]): Promise<string>;
  /** The resources of the template that was deployed last. */
  template(): Promise<Template>;
  stop(): Promise<void>;
}

const REGION = 'eu-west-1';

export async function prepareDeployment(): Promise<Deployment> {
  const [project, moto]: [ProjectCopy, Moto] = await Promise.all([copyProject(), startMoto(REGION)]);
  const { directory } = project;
  return {
    directory,
    moto,
    aws: clientsOf(moto),
    async serverless(...args) {
      const run = runServerless(args, directory, moto.environment);
      const code = await run.exited;
      if (code !== 0) {
        throw new Error(
          `serverless ${args.join(' ')} ended with ${code}:\n${run.output()}\nmoto wrote:\n${moto.output()}`,
        );
      }
      return run.output();
    },
    async template() {
      const file = join(directory, '.serverless/cloudformation-template-update-stack.json');
      return (JSON.parse(await readFile(file, 'utf8')) as { Resources: Template }).Resources;
    },
    async stop() {
      await moto.stop();
      await project.remove();
    },
  };
}
