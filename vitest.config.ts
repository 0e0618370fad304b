import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/browser/**', 'tests/package/**', 'tests/deploy/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['src/**/*.ts', 'plugin/**/*.ts', 'local/**/*.ts', 'testing/**/*.ts'],
      exclude: ['local/console/**'],
      reporter: ['text-summary', 'html'],
      // Handlers, the bootstrap and the plugin's command run in processes of their own, where nothing is counted.
      thresholds: { statements: 86, branches: 84, functions: 85, lines: 87 },
    },
  },
});
