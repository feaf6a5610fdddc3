/// <reference types="vitest/config" />
import ui from '@bitrix24/b24ui-nuxt/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { checker } from 'vite-plugin-checker'

export default defineConfig(({ command }) => ({
  plugins: [
    vue(),
    // Shows type errors over the page while `npm run dev` runs.
    process.env.NODE_ENV === 'development' &&
      checker({ vueTsc: { tsconfigPath: 'application/frontend/tsconfig.json' } }),
    ui({
      // The page is light, as those of Bitrix24 are, which tells a frame nothing of a theme.
      colorMode: false,
      router: false,
      // Components for Markdown, which nothing shows here, weigh as much as all the others.
      prose: false,
      mdc: false,
      autoImport: false,
      components: { dts: 'application/frontend/components.d.ts' },
      // Styles of the components that are used. A new one would not be found while the service runs.
      experimental: { componentDetection: command === 'build' }
    })
  ],
  // Bundled once: otherwise the page, while it is developed, loads each of their files.
  optimizeDeps: {
    include: ['reka-ui', '@internationalized/date', '@tanstack/virtual-core', '@unhead/vue', '@unhead/vue/client']
      .map(name => `@bitrix24/b24ui-nuxt > ${name}`)
  },
  test: { environment: 'jsdom', include: ['test/unit/**'] }
}))
