import { createElement as h } from 'react'
import { createRoot } from 'react-dom/client'
import type { List } from '../rows.ts'

const { textContent } = document.querySelector('#b24-page-data') ?? document.body
const { title, rows }: List = JSON.parse(String(textContent)).data
const items = rows.map(({ id, name }) => h('li', { key: id }, `#${id} ${name}`))
const page = [h('h1', { key: 0 }, title), h('ul', { key: 1 }, items)]
createRoot(document.querySelector('#app') ?? document.body).render(page)
