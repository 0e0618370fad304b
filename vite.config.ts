import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const repository = fileURLToPath(new URL('.', import.meta.url));

/** Builds the web page of `serverless local`; its server is written in `local/`, not here. */
export default defineConfig({
  root: 'local/console',
  build: {
    outDir: `${repository}dist/console`,
    emptyOutDir: true,
    // The first versions that know light-dark(), so that colours need no second copy.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The page's Content-Security-Policy allows its own files only, so nothing may be inlined as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { fs: { allow: [`${repository}local`, `${repository}node_modules`] } },
});
