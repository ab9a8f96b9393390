import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` shows edits at once; the API of a `make run` answers it.
const api = process.env.BELLTOWER_URL ?? "http://127.0.0.1:8080";

/** What the page may load and talk to: ourselves. (Styles are set by components as well; scripts never are.) */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'";

const withPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

export default defineConfig({
  plugins: [react(), tailwind(), withPolicy],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  // Kilobytes before compression. The largest is Recharts, which is loaded when a campaign is opened; the list's own budget is
  // 250 kB of all its code, compressed (bench/web_app.py).
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 420 },
  server: { proxy: { "/api": api, "/docs": api, "/openapi.json": api } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
