import { frame } from 'fastify-bitrix24/client'

/** Keeps the frame as high as the page, where the portal does not give it a height of its own. */
export function fitFrame (): void {
  frame().then(({ fit }) => { new ResizeObserver(fit).observe(document.body) }, () => {
    // A page that is opened alone is in no frame.
  })
}
