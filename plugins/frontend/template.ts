/** What differs from answer to answer; everything in it is escaped already. */
interface PageValues {
  nonce: string
  lang: string
  dir: string
  title: string
  /** The data of the page, as JSON that no `</script>` can end */
  data: string
}

/** Stands for the nonce in what Vite writes. */
export const noncePlaceholder = '__B24_NONCE__'

const names: Record<string, keyof PageValues> = {
  [noncePlaceholder]: 'nonce',
  __B24_LANG__: 'lang',
  __B24_DIR__: 'dir',
  __B24_TITLE__: 'title',
  __B24_DATA__: 'data'
}
const placeholder = new RegExp(`(${Object.keys(names).join('|')})`)

// A library that makes a style sheet at run time seldom knows of nonces. The policy is about markup that found its way
// into the page: whoever runs a script in it can style it anyway.
const styleNonce = '<script nonce="__B24_NONCE__">{const{nonce}=document.currentScript,make=document.createElement;' +
  'document.createElement=function(...a){const e=make.apply(this,a);if(e.localName==="style")e.nonce=nonce;return e}}' +
  '</script>'

/** A page with gaps. */
export interface Template {
  /** What comes before the server-rendered HTML, and what after it */
  fill: (values: PageValues) => [before: string, after: string]
}

/**
 * Prepares a page of Vite: language and direction, viewport, title and the data of the page are put into it.
 *
 * @param html the page, with `noncePlaceholder` for the nonce
 */
export function createTemplate (html: string): Template {
  const whole = withData(withStyles(withHead(html)))
  const start = /<div\b[^>]*\bid="?app"?[^>]*>/i.exec(whole)
  const end = start === null ? 0 : start.index + start[0].length
  const before = whole.slice(0, end).split(placeholder)
  const after = whole.slice(end).split(placeholder)
  const fill = (parts: readonly string[], values: PageValues) =>
    parts.map(part => {
      const name = names[part]
      return name === undefined ? part : values[name]
    }).join('')
  return { fill: values => [fill(before, values), fill(after, values)] }
}

function withHead (html: string): string {
  const head = [
    ...(/<meta\s[^>]*charset/i.test(html) ? [] : ['<meta charset="utf-8">']),
    ...(/<meta\s[^>]*name="?viewport/i.test(html)
      ? []
      : ['<meta name="viewport" content="width=device-width, initial-scale=1">']),
    ...(/<title[\s>]/i.test(html) ? [] : ['<title>__B24_TITLE__</title>']),
    styleNonce
  ]
  return html
    .replace(/<html\b([^>]*)>/i, (_, attributes: string) =>
      `<html${attributes.replace(/\s(?:lang|dir)=(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '')} lang="__B24_LANG__" ` +
      'dir="__B24_DIR__">')
    .replace(/<head\b[^>]*>/i, start => [start, ...head].join('\n'))
}

// In a frame, Chromium shows a page before the style sheets of its head are there; those of its body hold up what
// follows.
function withStyles (html: string): string {
  const styles: string[] = []
  const [head = '', ...rest] = html.split(/(?=<body\b)/i)
  const bare = head.replaceAll(/<link\b[^>]*\brel="?stylesheet\b[^>]*>\s*/gi, link => {
    styles.push(link.trim())
    return ''
  })
  return [bare, ...rest].join('').replace(/<body\b[^>]*>/i, start => [start, ...styles].join('\n'))
}

// At the end: a browser shows what it has read before it reads on.
function withData (html: string): string {
  const data = '<script type="application/json" id="b24-page-data">__B24_DATA__</script>\n'
  const end = html.search(/<\/body>(?![^]*<\/body>)/i)
  return end === -1 ? html + data : html.slice(0, end) + data + html.slice(end)
}
