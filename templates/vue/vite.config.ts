/// <reference types="vitest/config" />
import ui from '@bitrix24/b24ui-nuxt/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig(({ command }) => ({
  plugins: [
    vue(),
    ui({
      // The page follows the browser (color-scheme.ts): the switch of b24ui writes a style that has no nonce.
      colorMode: false,
      router: false,
      autoImport: false,
      components: { dts: 'application/frontend/components.d.ts' },
      // Styles of the components that are used. A new one would not be found while the service runs.
      experimental: { componentDetection: command === 'build' }
    })
  ],
  test: { environment: 'jsdom', include: ['test/unit/**'] }
}))
