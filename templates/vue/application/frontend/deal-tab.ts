import ui from '@bitrix24/b24ui-nuxt/vue-plugin'
import { createApp } from 'vue'
import DealTab from './deal-tab/DealTab.vue'
import { fitFrame } from './deal-tab/fit-frame.ts'
import './deal-tab/style.css'

fitFrame()
createApp(DealTab).use(ui).mount('#app')
