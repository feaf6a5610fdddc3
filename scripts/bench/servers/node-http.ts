// (a) node:http: reads the form and answers with the bytes of our page.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { headers, port } from './page.ts'

const page = readFileSync(String(process.env['PAGE']))
const head = { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-length': page.length }

createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, head).end(page))
}).listen(Number(port), '127.0.0.1')
