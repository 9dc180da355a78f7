import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['descent-source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    // Lets `light-dark()` of tokens.css through as it is.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Inlined files become data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
  },
});
