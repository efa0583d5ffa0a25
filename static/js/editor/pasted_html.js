// Pasted HTML made plain: what Word, Google Docs and web pages bring along goes, what the writer meant stays, and what
// went is told.
import { recognised } from "editor/embeds"
import { notesInPlace } from "editor/pasted_notes"
import { Report } from "editor/pasted_report"
import { noteStyles, styleOf } from "editor/pasted_styles"
import { acceptTracked, dropComments, onlineHeadings, onlineLists, wordLists } from "editor/pasted_word"

const COUNTED = {
  frames: "iframe, frame, object, embed",
  recordings: "video, audio",
  fields: "input:not([type=hidden]), select, textarea, button",
  scripts: "script",
  drawings: "svg, canvas",
}
const GONE = "style, meta, link, script, title, xml, iframe, frame, frameset, object, embed, svg, canvas, noscript, template, input, button, select, textarea, video, audio, source, track, base, col, colgroup, map, area, dialog"
const NEVER_MEANT = ".mw-editsection, .Apple-interchange-newline, .EOP, .visually-hidden, .sr-only, .screen-reader-text"
const KEPT = {
  a: ["href", "title"],
  td: ["colspan", "rowspan"],
  th: ["colspan", "rowspan", "scope"],
  ol: ["start"],
  img: ["src", "alt", "width", "height", "data-image"],
  figure: ["class", "data-provider", "data-embed"],
}
const NOTE = "span.footnote"
const RENAMED = { H1: "h2", H5: "h4", H6: "h4", B: "strong", I: "em", STRIKE: "s", TT: "code", SAMP: "code", CODE: "code" }
const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ps|ckb)\b/i
const BLOCKS = /^(P|H\d|UL|OL|DL|TABLE|BLOCKQUOTE|FIGURE|DIV|SECTION|ARTICLE|PRE|HR)$/
const BEHIND = /^https?:\/\/(?:www\.google\.[\w.]+\/url|lm?\.facebook\.com\/l\.php|[\w.-]+\.safelinks\.protection\.outlook\.com\/|www\.youtube\.com\/redirect)\??/i
const MARK = /^[[(]?\s*(?:\d{1,3}|[a-z]|note \d+|\*|†)\s*[\])]?$/i

const replaced = (node, tag) => {
  const made = node.ownerDocument.createElement(tag)
  for (const { name, value } of node.attributes) made.setAttribute(name, value)
  made.append(...node.childNodes)
  node.replaceWith(made)
  return made
}
const unwrapped = (node) => node.replaceWith(...node.childNodes)

export function cleanPaste(html) {
  const report = new Report()
  if (/data-pm-slice/.test(html)) return { html, report }
  const body = parsed(html)
  acceptTracked(body, report)
  dropComments(body, report)
  embedsInPlace(body)
  dropWhatCannotStay(body, report)
  notesInPlace(body)
  noteMarksAlone(body, report)
  onlineHeadings(body)
  onlineLists(body)
  wordLists(body)
  nestedLists(body)
  noteStyles(body, report)
  for (const node of body.querySelectorAll("*")) marksFromStyle(node)
  for (const node of body.querySelectorAll(Object.keys(RENAMED).join())) replaced(node, RENAMED[node.tagName])
  for (const link of body.querySelectorAll("a")) plainLink(link, report)
  plainAttributes(body)
  plainText(body)
  return { html: body.innerHTML, report }
}

function parsed(html) {
  const marker = '<span data-marker="">$1</span>'
  const quiet = html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<!--\[if !supportLists\]-->([\s\S]*?)<!--\[endif\]-->/gi, marker)
    .replace(/<!\[if !supportLists\]>([\s\S]*?)<!\[endif\]>/gi, marker)
    .replace(/<!--[\s\S]*?-->|<!\[[^\]]*\]>|<\/?(?:o|v|w|m|st1):[^>]*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=").replace(/\son[a-z]+\s*=/gi, " data-on="))
  return new DOMParser().parseFromString(quiet, "text/html").body
}

// Frames of places we can show become embeds, and so do addresses that WordPress wrapped for embedding.
function embedsInPlace(body) {
  const wrapped = [...body.querySelectorAll("figure.wp-block-embed, div.wp-block-embed__wrapper, iframe[src]")]
  for (const node of wrapped) {
    if (!node.isConnected) continue
    const found = recognised(node.getAttribute("src")?.replace(/^\/\//, "https://") ?? node.querySelector("iframe")?.src ?? node.textContent.trim().split(/\s/)[0] ?? "")
    if (!found) continue
    const figure = body.ownerDocument.createElement("figure")
    figure.className = "embed"
    figure.dataset.provider = found.provider
    figure.dataset.embed = found.embed
    const link = body.ownerDocument.createElement("a")
    link.href = found.href
    link.textContent = node.getAttribute("title") || node.querySelector("iframe")?.title || found.title
    const caption = node.querySelector("figcaption")
    figure.append(link, ...(caption ? [caption] : []))
    node.replaceWith(figure)
  }
}

function dropWhatCannotStay(body, report) {
  for (const node of body.querySelectorAll(NEVER_MEANT)) node.remove()
  for (const node of [...body.querySelectorAll("[data-style], [hidden]")]) {
    if (styleOf(node, "display") !== "none" && styleOf(node, "mso-hide") !== "all" && !node.hidden) continue
    if (node.textContent.trim() && node.isConnected && !node.querySelector("math")) report.lost("hidden")
    node.remove()
  }
  for (const [kind, selector] of Object.entries(COUNTED)) report.count(kind, body.querySelectorAll(selector).length)
  for (const node of body.querySelectorAll(GONE)) node.remove()
  for (const math of body.querySelectorAll("math")) math.replaceWith(math.getAttribute("alttext") ?? math.textContent)
  const pictures = [...body.querySelectorAll("img")].filter((img) => !img.dataset.image)
  report.count("pictures", pictures.filter((img) => !isTiny(img)).length)
  for (const img of pictures) {
    const figure = img.closest("figure")
    img.remove()
    if (figure && !figure.querySelector("img, table, blockquote, pre")) captionAlone(figure)
  }
}

// What only counts visitors or holds a place.
const isTiny = (img) => ["width", "height"].some((name) => Number(img.getAttribute(name) ?? 9) <= 2)

// The words under a picture stay when it goes.
function captionAlone(figure) {
  for (const caption of figure.querySelectorAll("figcaption")) replaced(caption, "p")
  unwrapped(figure)
}

// A mark that leads to a note which was not copied along.
function noteMarksAlone(body, report) {
  for (const mark of [...body.querySelectorAll("sup, a.footnote-ref")]) {
    const link = mark.matches("a") ? mark : mark.querySelector("a[href*='#']")
    if (!link || !MARK.test(mark.textContent.trim()) || mark.closest(NOTE)) continue
    report.count("marks")
    mark.remove()
  }
}

// Google Docs and old pages put a list straight into a list.
function nestedLists(body) {
  for (const list of [...body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")]) {
    const before = list.previousElementSibling
    if (before?.localName === "li") before.append(list)
    else {
      const item = list.ownerDocument.createElement("li")
      list.before(item)
      item.append(list)
    }
  }
}

function marksFromStyle(node) {
  const weight = styleOf(node, "font-weight")
  const plainWeight = weight === "normal" || weight === "400"
  if (/^(B|STRONG)$/.test(node.tagName) && plainWeight) return unwrapped(node)
  if (/^(I|EM)$/.test(node.tagName) && styleOf(node, "font-style") === "normal") return unwrapped(node)
  if (!/^(SPAN|FONT)$/.test(node.tagName) || node.matches(NOTE)) return
  const marks = []
  if (weight === "bold" || Number(weight) >= 600) marks.push("strong")
  if (styleOf(node, "font-style") === "italic") marks.push("em")
  if (styleOf(node, "vertical-align") === "super") marks.push("sup")
  if (styleOf(node, "vertical-align") === "sub") marks.push("sub")
  if (/line-through/.test(styleOf(node, "text-decoration") + styleOf(node, "text-decoration-line"))) marks.push("s")
  if (node.closest("h1, h2, h3, h4, h5, h6")) marks.splice(0, marks.length, ...marks.filter((tag) => tag !== "strong"))
  for (const tag of marks) {
    const made = node.ownerDocument.createElement(tag)
    made.append(...node.childNodes)
    node.append(made)
  }
}

// The address behind the tracking address; no address at all for a file of the writer's own machine.
function plainLink(link, report) {
  let address = link.getAttribute("href") ?? ""
  if (BEHIND.test(address)) {
    try {
      const query = new URL(address).searchParams
      address = query.get("q") ?? query.get("url") ?? query.get("u") ?? address
    } catch {
      // It stays as it is.
    }
  }
  if (!/^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(address)) {
    if (/^file:/i.test(address)) report.count("files")
    return unwrapped(link)
  }
  link.setAttribute("href", address)
}

function plainAttributes(body) {
  for (const node of [...body.querySelectorAll("*")]) {
    const [lang, dir] = [node.getAttribute("lang"), node.getAttribute("dir")?.toLowerCase()]
    const isNote = node.matches(NOTE)
    const isForeign = RIGHT_TO_LEFT.test(lang ?? "") || dir === "rtl"
    for (const { name } of [...node.attributes]) {
      const stays = KEPT[node.localName]?.includes(name) || (isForeign && ["lang", "dir"].includes(name)) || (isNote && name === "class")
      if (!stays) node.removeAttribute(name)
      else if (name === "dir") node.setAttribute(name, dir)
    }
    if (/^(FONT|CENTER|U|BIG)$/.test(node.tagName) || (node.tagName === "SPAN" && !isForeign && !isNote)) unwrapped(node)
  }
  for (const node of [...body.querySelectorAll("div, section, article, header, footer, main, aside, nav, address, details, summary, fieldset, form, label")]) {
    const blocks = [...node.children].some((child) => BLOCKS.test(child.tagName))
    if (blocks) unwrapped(node)
    else replaced(node, "p")
  }
}

function plainText(body) {
  const walker = body.ownerDocument.createTreeWalker(body, 4)
  while (walker.nextNode()) {
    const isSpaced = walker.currentNode.parentElement.closest("pre")
    walker.currentNode.data = walker.currentNode.data.replace(isSpaced ? /\u00a0/g : /[\u00a0\n\r\t]+/g, " ")
  }
  for (const node of body.querySelectorAll("br")) {
    const [before, after] = [node.previousElementSibling, node.nextElementSibling]
    if (BLOCKS.test(before?.tagName ?? after?.tagName ?? "") && node.parentElement.matches("body, li, td, th, blockquote") && !beside(node)) node.remove()
  }
  for (const node of [...body.querySelectorAll("p, strong, em, h2, h3, h4, li, s, sup, sub, code, a")]) {
    if (!node.textContent.trim() && !node.querySelector("img, table, hr") && !(node.querySelector("br") && !node.matches("p, li, h2, h3, h4"))) {
      if (/^(P|H\d|LI)$/.test(node.tagName)) node.remove()
      else unwrapped(node)
    }
  }
}

// Whether words stand right beside a line break.
const beside = (node) => [node.previousSibling, node.nextSibling].some((near) => near && (near.nodeType === 3 ? near.data.trim() : !BLOCKS.test(near.nodeName)))
