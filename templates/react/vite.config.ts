/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { checker } from 'vite-plugin-checker'

export default defineConfig({
  plugins: [
    react(),
    // Shows type errors over the page while `npm run dev` runs.
    process.env.NODE_ENV === 'development' &&
      checker({ typescript: { tsconfigPath: 'application/frontend/tsconfig.json' } })
  ],
  test: { environment: 'jsdom', include: ['test/unit/**'] }
})
