/// <reference types="vitest/config" />
import ui from '@bitrix24/b24ui-nuxt/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [
    vue(),
    // The page follows the browser (color-scheme.ts): the switch of b24ui writes a style that has no nonce.
    ui({ colorMode: false, router: false, dts: false, autoImport: false })
  ],
  test: { environment: 'jsdom', include: ['test/unit/**'] }
})
