import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

const backend = process.env.CALLCENTER_URL ?? "http://127.0.0.1:8000"

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2022",
    // Ant Design is one library for all workplaces; each workplace is its own chunk by its lazy import.
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    proxy: { "/api": { target: backend, ws: true } },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
})
