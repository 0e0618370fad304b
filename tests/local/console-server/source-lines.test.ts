import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { SourceLines } from '../../../local/console-server/source-lines.ts';
import type { SourceListing, SourcePlace } from '../../../local/console-contract.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { shopService } from '../../fixtures/console/entities.ts';

const run = promisify(execFile);

const CHARGE = `
interface Card { readonly last4: string }

export function charge(card: Card): never {
  const reason = 'card ' + card.last4;
  throw new Error(reason);
}
`;
const HANDLER = `
import { charge } from './lib/charge.ts';

export function handler(): void {
  // why
  charge({ last4: '4242' });
}
handler();
`;

let folder: string;
let service: string;
let code: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lantern-sources-')));
  [service, code] = [join(folder, 'service'), join(folder, 'code')];
  await mkdir(join(service, 'src/lib'), { recursive: true });
  await mkdir(code);
  await writeFile(join(service, 'src/handler.ts'), HANDLER);
  await writeFile(join(service, 'src/lib/charge.ts'), CHARGE);
});
afterEach(() => rm(folder, { recursive: true }));

/** Bundles the handler into the package. */
async function bundle(options: BuildOptions): Promise<void> {
  await build({
    absWorkingDir: service,
    entryPoints: ['src/handler.ts'],
    outfile: join(code, 'dist/handler.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    ...options,
  });
}

/** The two frames of what the bundle throws, as Node writes them. */
async function frames(...nodeOptions: string[]): Promise<{ path: string; line: number; column: number }[]> {
  const failed: unknown = await run(process.execPath, [...nodeOptions, join(code, 'dist/handler.mjs')]).catch(
    (error: unknown) => error,
  );
  const { stderr } = failed as { stderr: string };
  return [...stderr.matchAll(/^ {4}at (?:.* \()?(\S+?):(\d+):(\d+)\)?$/gm)]
    .slice(0, 2)
    .map(([, path = '', line, column]) => ({ path, line: Number(line), column: Number(column) }));
}

function sources(): SourceLines {
  return new SourceLines({
    codeDirectories: () => new Set([join(folder, 'no such package'), code]),
    serviceDirectories: () => [service],
  });
}

/** The line that is shown as the one that was meant. */
function meant(place: Omit<SourcePlace, 'frame'> | undefined): string | undefined {
  const { excerpt, line = 0 } = place ?? {};
  return excerpt?.lines[line - excerpt.firstLine];
}

describe('the source lines of a stack', () => {
  const maps: ReadonlyArray<readonly [string, BuildOptions]> = [
    ['beside the bundle', { sourcemap: 'linked' }],
    ['beside it, and not named by it', { sourcemap: 'external' }],
    ['within it', { sourcemap: 'inline' }],
    ['without the text of the sources', { sourcemap: 'linked', sourcesContent: false }],
    ['with a root of sources', { sourcemap: 'linked', sourceRoot: './' }],
    ['of a minified bundle', { sourcemap: 'linked', minify: true, minifyIdentifiers: false }],
  ];
  it.each(maps)('are found by line and column through a map %s', async (_, options) => {
    await bundle(options);
    const thrown = await frames();
    const found = await Promise.all(thrown.map((frame) => sources().find(frame)));
    expect(found.map((place) => place?.file)).toEqual(['src/lib/charge.ts', 'src/handler.ts']);
    expect(found.map((place) => place?.line)).toEqual([6, 6]);
    expect(found.map(meant)).toEqual(['  throw new Error(reason);', "  charge({ last4: '4242' });"]);
    expect(found[0]?.excerpt).toMatchObject({ firstLine: 3, lines: { length: 6 } });
  });

  it('are found by the line alone, which is what the X-Ray SDK keeps', async () => {
    await bundle({ sourcemap: 'linked' });
    const [thrown] = await frames();
    const { path = '', line = 0 } = thrown ?? {};
    expect(meant(await sources().find({ path, line }))).toBe('  throw new Error(reason);');
    const plain = fileURLToPath(path);
    expect(meant(await sources().find({ path: plain, line }))).toBe('  throw new Error(reason);');
  });

  it('are not guessed where the line alone means many', async () => {
    await bundle({ sourcemap: 'linked', minify: true });
    const [thrown] = await frames();
    const { path = '', line = 0 } = thrown ?? {};
    expect(await sources().find({ path, line })).toEqual({ isAmbiguous: true });
    await bundle({ sourcemap: 'linked', minify: true, banner: { js: `/*${' '.repeat(5000)}*/` } });
    expect(await sources().find({ path, line: 1 })).toEqual({ isAmbiguous: true });
  });

  it.each(['linked', 'inline'] as const)(
    'are found where Node itself has used the %s map, though the sources are elsewhere now',
    async (sourcemap) => {
      await bundle({ sourcemap, minify: true });
      const [thrown, caller] = await frames('--enable-source-maps');
      await rm(service, { recursive: true });
      expect(thrown?.path).toBe(join(service, 'src/lib/charge.ts'));
      const lines = [thrown, caller].map(async (frame) => meant(frame && (await sources().find(frame))));
      expect(await Promise.all(lines)).toEqual([
        '  throw new Error(reason);',
        "  charge({ last4: '4242' });",
      ]);
    },
  );

  it('are those of the code itself where there is no map, or none that can be read', async () => {
    const path = join(code, 'plain.cjs');
    await writeFile(path, 'one();\ntwo();\n');
    expect(await sources().find({ path, line: 2 })).toEqual({
      file: 'plain.cjs',
      line: 2,
      excerpt: { firstLine: 1, lines: ['one();', 'two();', ''] },
    });
    for (const map of ['{"version":3', '[]', 'null', '{"version":3,"sources":[1],"mappings":7}']) {
      await writeFile(`${path}.map`, map);
      expect(meant(await sources().find({ path, line: 1 })), map).toBe('one();');
    }
    expect(await sources().find({ path, line: 999 })).toEqual({ file: 'plain.cjs', line: 999 });
  });

  it('are of files of code in the packages, and of nothing else, whatever a document says', async () => {
    await bundle({ sourcemap: 'linked' });
    const secret = join(folder, 'secret.js');
    await writeFile(secret, 'const key = 1;\n');
    await writeFile(join(code, '.env'), 'KEY=1\n');
    await symlink(secret, join(code, 'linked.js'));
    await symlink(folder, join(code, 'up'));
    await symlink('/etc/passwd', join(code, 'passwd.js'));
    const paths = [
      secret,
      join(code, '../secret.js'),
      join(code, 'linked.js'),
      join(code, 'up/secret.js'),
      join(code, 'passwd.js'),
      join(code, '.env'),
      join(code, 'dist/handler.mjs.map'),
      join(service, 'src/lib/other.ts'),
      code,
      '/etc/passwd',
      'dist/handler.mjs',
      'http://localhost/dist/handler.mjs',
      'node:fs',
      `${code}/dist/handler.mjs\0`,
      'file://%00/',
      '',
    ];
    const found = await Promise.all(paths.map((path) => sources().find({ path, line: 1 })));
    expect(found).toEqual(paths.map(() => undefined));
  });

  it('are not read from where a map leads out of the service', async () => {
    const secret = join(folder, 'secret.ts');
    await writeFile(secret, 'const key = 1;\n');
    await writeFile(join(code, 'a.js'), 'x();\n//# sourceMappingURL=a.js.map\n');
    await writeFile(
      join(code, 'a.js.map'),
      JSON.stringify({ version: 3, sources: ['../secret.ts'], names: [], mappings: 'AAAA' }),
    );
    expect(await sources().find({ path: join(code, 'a.js'), line: 1 })).toEqual({
      file: 'secret.ts',
      line: 1,
    });
    await writeFile(join(code, 'a.js'), 'x();\n//# sourceMappingURL=../outside.js.map\n');
    await writeFile(
      join(folder, 'outside.js.map'),
      JSON.stringify({ version: 3, sources: ['x.ts'], sourcesContent: ['key'], names: [], mappings: 'AAAA' }),
    );
    expect(meant(await sources().find({ path: join(code, 'a.js'), line: 1 }))).toBe('x();');
  });

  it('are told by the API, each with the frame that it is of', async () => {
    await bundle({ sourcemap: 'linked' });
    const [thrown] = await frames();
    const server = new ConsoleServer({
      store: new TraceStore(),
      port: 0,
      staticDirectory: import.meta.dirname,
      serviceInfo: () => shopService,
      sources: sources(),
    });
    const { url } = await server.start();
    try {
      const ask = (...asked: string[]) =>
        fetch(`${url}/api/sources?${asked.map((each) => `frame=${encodeURIComponent(each)}`).join('&')}`);
      const frame = `${thrown?.line}:0:${thrown?.path}`;
      const { places } = (await (await ask('3:0:/etc/passwd', frame)).json()) as SourceListing;
      expect(places.map((place) => [place.frame, place.file, place.line])).toEqual([
        [frame, 'src/lib/charge.ts', 6],
      ]);
      for (const bad of ['', '0:0:/a.js', '1:/a.js', 'x:1:/a.js']) {
        const refused = await ask(bad);
        expect(refused.status).toBe(400);
        expect(await refused.text()).toContain('<line>:<column>:<path>');
      }
      expect((await ask(...Array.from({ length: 101 }, () => frame))).status).toBe(400);
    } finally {
      await server.stop();
    }
    expect(await readFile(join(service, 'src/lib/charge.ts'), 'utf8')).toBe(CHARGE);
  });
});
