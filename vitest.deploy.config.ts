import { defineConfig } from 'vitest/config';

/** Deploys to moto, and lints templates with cfn-lint; both run in `.venv-deploy` (`scripts/prepare-python.ts`). */
export default defineConfig({
  test: {
    include: ['tests/deploy/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
