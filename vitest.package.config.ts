import { defineConfig } from 'vitest/config';

/** Installs the packed packages into new projects; needs a package registry. */
export default defineConfig({
  test: {
    include: ['tests/package/**/*.test.ts'],
    globalSetup: ['tests/package/pack.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
