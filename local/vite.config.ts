import { join } from 'node:path';
import { defineConfig } from 'vite';

const local = import.meta.dirname;

/** Builds the web page; its server is `console-server/`. */
export default defineConfig({
  root: join(local, 'console'),
  build: {
    outDir: join(local, 'dist', 'console'),
    emptyOutDir: true,
    // The first versions that know light-dark(), so that colours need no second copy.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The page's Content-Security-Policy allows its own files only, so nothing may be inlined as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { fs: { allow: [local, join(local, '..', 'node_modules')] } },
});
