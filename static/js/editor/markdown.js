// Markdown as people paste it (CommonMark's common part, tables, notes) to HTML, which the paste cleaner reads after it.
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")
const SIGNS = [
  /^#{1,6} \S/m,
  /^(?:[-*+] \S.*\n){1,}[-*+] \S/m,
  /^(?:\d+[.)] \S.*\n){1,}\d+[.)] \S/m,
  /^> \S/m,
  /^```/m,
  /!?\[[^\]\n]+\]\((?:https?:\/\/|\/)[^)\s]+\)/,
  /(?:^|\s)\*\*[^*\s][^*\n]*\*\*/m,
  /^\|.+\|\n\|[\s:|-]+\|$/m,
  /^\[\^[\w-]+\]: /m,
]

// Clearly Markdown: two of its signs, or one that means nothing else.
export function isMarkdown(text) {
  const plain = text.replace(/\r\n?/g, "\n")
  const found = SIGNS.filter((sign) => sign.test(plain)).length
  return found > 1 || SIGNS.slice(5, 6).concat(SIGNS.slice(7)).some((sign) => sign.test(plain))
}

export function htmlFrom(text) {
  const notes = {}
  const lines = text
    .replace(/\r\n?/g, "\n")
    .replace(/^\[\^([\w-]+)\]: *(.*(?:\n(?: {2,}|\t)\S.*)*)\n?/gm, (_, name, note) => {
      notes[name] = note.replace(/\n\s+/g, " ")
      return ""
    })
    .split("\n")
  return blocks(lines, notes)
}

const BLOCK = /^(#{1,6} |> ?|```|~~~|([-*_])(?:\s*\2){2,}\s*$|[-*+] +|\d{1,9}[.)] +|\|)/

function blocks(lines, notes) {
  const html = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at]
    if (!line.trim()) at++
    else if (/^(```|~~~)/.test(line)) at = fence(lines, at, html)
    else if (/^#{1,6} /.test(line)) {
      const level = Math.min(6, /^#+/.exec(line)[0].length)
      html.push(`<h${level}>${inline(line.replace(/^#+\s+|\s+#+\s*$/g, ""), notes)}</h${level}>`)
      at++
    } else if (/^([-*_])(?:\s*\1){2,}\s*$/.test(line)) {
      html.push("<hr>")
      at++
    } else if (/^>/.test(line)) {
      const from = at
      while (at < lines.length && lines[at].trim() && (/^>/.test(lines[at]) || !BLOCK.test(lines[at]))) at++
      html.push(`<blockquote>${blocks(lines.slice(from, at).map((quoted) => quoted.replace(/^> ?/, "")), notes)}</blockquote>`)
    } else if (/^([-*+]|\d{1,9}[.)]) +/.test(line)) at = listFrom(lines, at, html, notes)
    else if (/^\|/.test(line) && /^\|?[\s:|-]+\|?$/.test(lines[at + 1] ?? "")) at = table(lines, at, html, notes)
    else {
      const from = at++
      while (at < lines.length && lines[at].trim() && !BLOCK.test(lines[at])) at++
      const words = lines.slice(from, at).map((part) => part.replace(/^\s+/, "")).join("\n")
      html.push(`<p>${inline(words.replace(/ {2,}\n|\\\n/g, "\u0001").replace(/\n/g, " "), notes).replaceAll("\u0001", "<br>")}</p>`)
    }
  }
  return html.join("")
}

function fence(lines, at, html) {
  const sign = lines[at].slice(0, 3)
  let end = at + 1
  while (end < lines.length && !lines[end].startsWith(sign)) end++
  html.push(`<pre>${escaped(lines.slice(at + 1, end).join("\n"))}</pre>`)
  return end + 1
}

function listFrom(lines, at, html, notes) {
  const isOrdered = /^\d/.test(lines[at])
  const begins = isOrdered ? /^\d{1,9}[.)] +/ : /^[-*+] +/
  const start = isOrdered ? Number.parseInt(lines[at], 10) : 1
  const items = []
  while (at < lines.length) {
    const marker = begins.exec(lines[at])?.[0]
    if (marker) items.push([lines[at++].slice(marker.length)])
    else if (/^(\s{2,}|\t)\S/.test(lines[at])) items.at(-1).push(lines[at++].replace(/^( {1,4}|\t)/, ""))
    else if (!lines[at].trim() && (begins.test(lines[at + 1] ?? "") || /^(\s{2,}|\t)\S/.test(lines[at + 1] ?? ""))) items.at(-1).push(lines[at++])
    else if (lines[at].trim() && !BLOCK.test(lines[at])) items.at(-1).push(lines[at++])
    else break
  }
  const tag = isOrdered ? "ol" : "ul"
  const told = items.map((item) => `<li>${blocks(item, notes).replace(/^<p>((?:(?!<\/?p>).)*)<\/p>/s, "$1")}</li>`)
  html.push(`<${tag}${start === 1 ? "" : ` start="${start}"`}>${told.join("")}</${tag}>`)
  return at
}

function table(lines, at, html, notes) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => inline(cell.trim().replaceAll("\\|", "|"), notes))
  const row = (line, tag) => `<tr>${cells(line).map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`
  const head = row(lines[at], "th")
  const rows = []
  at += 2
  while (at < lines.length && /^\|/.test(lines[at])) rows.push(row(lines[at++], "td"))
  html.push(`<table><thead>${head}</thead><tbody>${rows.join("")}</tbody></table>`)
  return at
}

function inline(text, notes) {
  const kept = []
  const keep = (html) => `\u0002${kept.push(html) - 1}\u0003`
  const marked = escaped(
    text
      .replace(/(`+)([^`]|[^`].*?[^`])\1(?!`)/g, (_, ticks, code) => keep(`<code>${escaped(code.trim())}</code>`))
      .replace(/\\([!-/:-@[-`{-~])/g, (_, sign) => keep(escaped(sign)))
      .replace(/<(https?:\/\/[^\s<>]+|[^\s<>@]+@[^\s<>]+)>/g, (_, address) => keep(`<a href="${escaped(address.includes("://") ? address : `mailto:${address}`)}">${escaped(address)}</a>`))
      .replace(/!\[([^\]]*)\]\(([^()\s]+)[^)]*\)/g, (_, alt, source) => keep(`<img src="${escaped(source)}" alt="${escaped(alt)}">`))
      .replace(/\[\^([\w-]+)\]/g, (whole, name) => (notes[name] === undefined ? whole : keep(`<span class="footnote">${inline(notes[name], {})}</span>`)))
      .replace(/\[([^[\]]+)\]\(((?:[^\s()]|\([^\s()]*\))+)(?:\s+["'][^"']*["'])?\)/g, (_, words, address) => keep(`<a href="${escaped(address)}">`) + words + keep("</a>")),
  )
    .replace(/(\*\*|__)(?=\S)(.+?[*_]*)(?<=\S)\1/g, "<strong>$2</strong>")
    .replace(/(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_]+?)(?<=\S)_(?!\w)/g, (_, star, line) => `<em>${star ?? line}</em>`)
    .replace(/~~(?=\S)(.+?)(?<=\S)~~/g, "<s>$1</s>")
  return filled(marked, kept)
}

const filled = (text, kept) => text.replace(/\u0002(\d+)\u0003/g, (_, at) => filled(kept[at], kept))
