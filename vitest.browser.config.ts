import { defineConfig } from 'vitest/config';

/** Drives a real browser against the real stack; needs Chromium (`CHROMIUM_PATH`, by default /usr/bin/chromium). */
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
