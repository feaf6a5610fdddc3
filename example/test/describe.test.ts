import t from 'tap'
import { describeDocument } from '../screens/document/describe.ts'

await t.test('describeDocument: takes the name of the server, else the address', async t => {
  const rows: Array<[path: string, disposition: string | undefined, name: string]> = [
    ['/plans/spring%20plan.pdf', undefined, 'spring plan.pdf'],
    ['/plans/', undefined, 'plans'],
    ['/', undefined, 'docs.example'],
    ['/100%', undefined, '100%'],
    ['/download?id=5', 'attachment; filename="Invoice 5.pdf"', 'Invoice 5.pdf'],
    ['/download', 'attachment; filename=invoice.pdf; size=5', 'invoice.pdf'],
    ['/download', "attachment; filename=x.pdf; filename*=UTF-8''%D0%9F%D0%BB%D0%B0%D0%BD.pdf", 'План.pdf'],
    ['/download', 'inline; filename="Ð\x9fÐ»Ð°Ð½.pdf"', 'План.pdf'],
    ['/download', 'inline; filename="Größe.pdf"', 'Größe.pdf'],
    ['/download', 'inline; filename="План.pdf"', 'План.pdf'],
    ['/download', 'inline; filename="../../etc/passwd"', 'passwd'],
    ['/download', 'inline; filename="a/"', 'docs.example'],
    ['/download', 'inline; filename=" "', 'docs.example'],
    ['/evil%0d%0aname%E2%80%AEfdp.exe', undefined, 'evilnamefdp.exe'],
    [`/${'a'.repeat(300)}`, undefined, 'a'.repeat(200)]
  ]
  for (const [path, disposition, name] of rows) {
    t.equal(
      describeDocument(`https://docs.example${path}`, {
        ...(disposition !== undefined && { 'content-disposition': disposition })
      }).name,
      name
    )
  }
})

await t.test('describeDocument: takes type and size when the server says so', async t => {
  const rows: Array<[headers: Record<string, string>, type: string, size: number | null, charset?: string]> = [
    [{ 'content-type': 'Text/HTML; charset=utf-8', 'content-length': '10' }, 'text/html', 10, 'utf-8'],
    [{ 'content-type': 'text/csv;header=present; Charset="CP1251"' }, 'text/csv', null, 'windows-1251'],
    [{ 'content-type': 'text/csv; charset=utf-7' }, 'text/csv', null],
    [{ 'content-range': 'bytes 0-0/5000000000', 'content-length': '1' }, 'application/octet-stream', 5_000_000_000],
    [{ 'content-type': 'nonsense', 'content-range': 'bytes 0-0/*' }, 'application/octet-stream', null],
    [{ 'content-range': `bytes 0-0/${'9'.repeat(400)}` }, 'application/octet-stream', null]
  ]
  for (const [headers, type, size, charset] of rows) {
    t.strictSame(describeDocument('https://docs.example/a', headers), {
      name: 'a', type, ...(charset && { charset }), size
    })
  }
})
