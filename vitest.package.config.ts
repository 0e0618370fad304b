import { defineConfig } from 'vitest/config';

/** Installs the packed package into new projects; needs a package registry. */
export default defineConfig({
  test: {
    include: ['tests/package/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
