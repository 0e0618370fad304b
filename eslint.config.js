import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const ONE_FORM_FOR_EACH_THING = [
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator[id.type="Identifier"]:not([id.typeAnnotation]) > ArrowFunctionExpression.init',
    message: 'A function of a module is declared: function name() {}.',
  },
  {
    selector: "ImportSpecifier[importKind='type']",
    message: 'Types are imported by a statement of their own: import type { Name } from …',
  },
];

export default defineConfig(
  globalIgnores(['**/dist', 'coverage', '.serverless', '.esbuild', '.lantern', '.venv-deploy', '.runtimes']),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './local/console/tsconfig.json', './tests/browser/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // Numbers and booleans read well in messages; objects stay refused.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-syntax': ['error', ...ONE_FORM_FOR_EACH_THING],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...ONE_FORM_FOR_EACH_THING,
        {
          selector: 'Literal[regex.pattern=/\\\\p[{]/iu]',
          message:
            'Cold starts pay for a literal with a class of Unicode, used or not: unicodePattern() makes it.',
        },
      ],
    },
  },
  {
    // A terminal program speaks through the console; what ships to Lambda speaks through the logger.
    files: ['benchmarks/**', 'scripts/**', 'tests/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // As users write them.
    files: ['tests/fixtures/**'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['tests/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'fast-check',
          message: 'Its inputs would be others in every run; use tests/helpers/fast-check.ts.',
        },
      ],
    },
  },
);
