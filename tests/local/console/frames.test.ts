import { describe, expect, it } from 'vitest';
import { foldFrames, frameKey, placeOf } from '../../../local/console/details/frames.ts';

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

describe('the place of a frame in the sources', () => {
  const bundled = (line: number) => ({ path: '/code/pay.mjs', line });
  const places = new Map(
    [
      { frame: '1:0:/code/pay.mjs', file: 'src/pay.ts', line: 12 },
      { frame: '2:0:/code/pay.mjs', file: 'node_modules/pg/index.js', line: 3 },
    ].map((place) => [place.frame, place]),
  );

  it('decides what is folded: in a bundle libraries lie in the same file', () => {
    const groups = foldFrames([bundled(1), bundled(2), bundled(3)], places);
    expect(groups.map(({ isLibrary, frames }) => [isLibrary, frames.length])).toEqual([
      [false, 1],
      [true, 1],
      [false, 1],
    ]);
    expect(placeOf(bundled(1), places)?.file).toBe('src/pay.ts');
  });

  it.each([
    ['a path and a line', { path: '/a.js', line: 3 }, '3:0:/a.js'],
    ['a column, too', { path: '/a.js', line: 3, column: 9 }, '3:9:/a.js'],
    ['a column that is none', { path: '/a.js', line: 3, column: -1 }, '3:0:/a.js'],
    ['a text for a line', { path: '/a.js', line: '3' }, undefined],
    ['half a line', { path: '/a.js', line: 1.5 }, undefined],
    ['a line that no file has', { path: '/a.js', line: 1e12 }, undefined],
    ['no path', { line: 3 }, undefined],
    ['an object for a path', { path: {}, line: 3 }, undefined],
  ])('is asked for by what its sender wrote: %s', (_, frame, key) => {
    expect(frameKey(frame)).toBe(key);
  });
});
