import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(PROJECT, 'docs/adopting.md'), 'utf8');

/** The snippets of the page, as if each were a file of the repository: whoever copies one copies all of it. */
const SNIPPETS = new Map(
  [...PAGE.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ''], index) => [
    join(PROJECT, 'tests', `snippet-${index + 1}-of-adopting.ts`),
    code,
  ]),
);

/** What the compiler says of them, with the rules of this repository. */
function complaints(snippets: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.base.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, PROJECT);
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (path) => snippets.has(path) || files.fileExists(path),
    readFile: (path) => snippets.get(path) ?? files.readFile(path),
    getSourceFile: (path, language, ...rest) => {
      const code = snippets.get(path);
      return code === undefined
        ? files.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, code, language, true);
    },
  };
  const program = ts.createProgram([...snippets.keys()], options, host);
  return [...snippets.keys()]
    .map((path) => program.getSourceFile(path))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ messageText, file, start }) => {
      const rest = file?.text.slice(start).split('\n')[0] ?? '';
      return `${rest}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}

it('the snippets of docs/adopting.md compile', () => {
  expect(SNIPPETS.size).toBeGreaterThan(0);
  expect(complaints(SNIPPETS)).toEqual([]);
});
