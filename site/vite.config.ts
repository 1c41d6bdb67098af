import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022", sourcemap: true, chunkSizeWarningLimit: 1_800,
    // The site, and the API's reference with a library of its own.
    rollupOptions: { input: ["index.html", "api-docs.html"] },
  },
  // `npm run dev` beside `make run`: everything but the site's own files comes from there.
  server: {
    proxy: Object.fromEntries(
      ["/api", "/local", "/health", "/config.json"].map((path) => [path, "http://127.0.0.1:8080"]),
    ),
  },
  test: { include: ["src/**/*.test.ts"], setupFiles: ["./tests/support/navigator.ts"] },
});
