import { createApp, h } from 'vue'
import type { List } from '../rows.ts'

const { textContent } = document.querySelector('#b24-page-data') ?? document.body
const { title, rows }: List = JSON.parse(String(textContent)).data
const items = () => rows.map(({ id, name }) => h('li', { key: id }, `#${id} ${name}`))
createApp({ render: () => [h('h1', title), h('ul', items())] }).mount('#app')
