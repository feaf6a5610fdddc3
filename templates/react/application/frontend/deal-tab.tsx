import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { DealTab } from './deal-tab/DealTab.tsx'
import { fitFrame } from './deal-tab/fit-frame.ts'
import 'fastify-bitrix24/b24-tokens.css'
import './deal-tab/style.css'

fitFrame()
const root = document.getElementById('app')
if (root) createRoot(root).render(<StrictMode><DealTab /></StrictMode>)
