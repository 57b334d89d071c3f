import { defineConfig } from 'vitest/config';

/*
 * The oldest browsers promised: they know `light-dark()`, `<dialog>` and popovers.
 * Lower it and the design tokens have to be written out three times.
 */
const TARGETS = ['chrome123', 'firefox128', 'safari17.5'];

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: TARGETS,
    cssTarget: TARGETS,
    // The content security policy allows no data: address, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 300,
  },
  server: { host: '127.0.0.1' },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
  },
});
