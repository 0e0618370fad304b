import { defineConfig } from 'vitest/config';

/** Longer than a healthy test takes on a machine whose cores are all busy; one that passes never waits for it. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 120_000 };
const PATIENCE_WITH_PROGRAMS = { testTimeout: 180_000, hookTimeout: 180_000 };

/** Every test file belongs to one project; CONTRIBUTING.md says which command runs which. */
export default defineConfig({
  // As .npmrc has it for Node: the packages of this repository are used from their sources.
  ssr: { resolve: { conditions: ['lambda-lantern-source', 'node'] } },
  test: {
    // Half of most tests is waiting: for a child process, a socket, a timer.
    maxWorkers: '100%',
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['tests/{contract,local,plugin,src,testing}/**/*.test.ts'],
          ...PATIENCE,
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: ['tests/{deployment,end-to-end}/**/*.test.ts'],
          globalSetup: ['tests/deployment/package-shop.ts'],
          ...PATIENCE_WITH_PROGRAMS,
        },
      },
      {
        extends: true,
        test: {
          name: 'tooling',
          include: ['tests/{benchmarks,scripts,tooling}/**/*.test.ts'],
          ...PATIENCE_WITH_PROGRAMS,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          ...PATIENCE_WITH_PROGRAMS,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'deploy',
          include: ['tests/deploy/**/*.test.ts'],
          ...PATIENCE_WITH_PROGRAMS,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'soak',
          include: ['tests/soak/**/*.test.ts'],
          // As long as it is asked to take, and then some.
          testTimeout: 1_800_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'runtime',
          include: ['tests/runtime/**/*.test.ts'],
          ...PATIENCE,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['tests/package/**/*.test.ts'],
          globalSetup: ['tests/package/pack.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
    coverage: {
      include: ['src/**/*.ts', 'plugin/**/*.ts', 'local/**/*.ts', 'testing/**/*.ts'],
      exclude: ['local/console/**'],
      reporter: ['text-summary', 'html'],
      // Handlers, the bootstrap and the plugin's command run in processes of their own, where nothing is counted.
      thresholds: { statements: 86, branches: 84, functions: 85, lines: 87 },
    },
  },
});
