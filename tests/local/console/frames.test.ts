import { describe, expect, it } from 'vitest';
import { foldFrames } from '../../../local/console/details/frames.ts';

function told(...paths: (string | undefined)[]): string[] {
  const groups = foldFrames(paths.map((path) => (path === undefined ? {} : { path })));
  return groups.map(({ isLibrary, frames }) => `${isLibrary ? 'libraries' : 'own'} ${frames.length}`);
}

describe('the frames of a stack', () => {
  it('are folded where they are of libraries, of Node or of the runtime, and keep their order', () => {
    expect(
      told(
        '/var/task/src/pay.js',
        '/var/task/node_modules/pg/lib/client.js',
        'node:internal/process/task_queues',
        'C:\\work\\node_modules\\zod\\index.cjs',
        '/var/task/src/handler.js',
        '/var/runtime/index.mjs',
        'file:///var/runtime/index.mjs',
        'file:///tmp/lantern-bootstrap-Ab12cD/bootstrap.js',
      ),
    ).toEqual(['own 1', 'libraries 3', 'own 1', 'libraries 3']);
  });

  it('are not folded away where there is nothing else', () => {
    expect(told('node:net', '/srv/node_modules/a/b.js')).toEqual(['own 2']);
    expect(told()).toEqual([]);
    expect(told(undefined, '/srv/my_node_modules_copy/a.js')).toEqual(['own 2']);
  });
});
