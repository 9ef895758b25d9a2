import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const page = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// LiteRT.js runs on two threads only in a page that is isolated from others.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// `vite build` makes the page, `vite build --mode test` also the page that the tests drive.
export default defineConfig(({ mode }) => ({
  base: "./",
  server: { headers },
  preview: { headers },
  build: {
    outDir: mode === "test" ? "build/test" : "dist",
    emptyOutDir: true,
    target: "es2022",
    rolldownOptions: {
      input: [page("index.html"), ...(mode === "test" ? [page("tests/clips.html")] : [])],
    },
  },
}));
