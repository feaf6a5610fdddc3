import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** Writes compressed copies beside the files of a folder that become smaller: @fastify/static serves them. */
export function compressFiles (folder: string): void {
  for (const name of globSync('**/*.{js,css,html,svg,json,txt,xml,wasm,ico,map}', { cwd: folder })) {
    const file = join(folder, name)
    const content = readFileSync(file)
    const copies = [['br', brotliCompressSync(content)], ['gz', gzipSync(content, { level: 9 })]] as const
    for (const [end, copy] of copies) if (copy.length < content.length) writeFileSync(`${file}.${end}`, copy)
  }
}
