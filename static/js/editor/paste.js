// Pasted HTML made plain: what Word, Google Docs and web pages bring along goes, what the writer meant stays.
// Style attributes are read as text, so nothing depends on whether the page's policy lets the browser apply them.
import { Extension, Plugin } from "django-prose-editor/editor"
import { recognised } from "editor/embeds"
import { notesInPlace } from "editor/pasted_notes"

const GONE = "style, meta, link, script, title, xml, iframe, object, svg, noscript, template, input, button, select, textarea"
const KEPT = {
  a: ["href", "title"],
  td: ["colspan", "rowspan"],
  th: ["colspan", "rowspan", "scope"],
  ol: ["start"],
  img: ["src", "alt", "width", "height", "data-image"],
  figure: ["class", "data-provider", "data-embed"],
}
const NOTE = "span.footnote"
const RENAMED = { H1: "h2", H5: "h4", H6: "h4", B: "strong", I: "em", STRIKE: "s" }
const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ps|ckb)\b/i

const styleOf = (node, name) => {
  const found = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(node.dataset.style ?? "")
  return found ? found[1].trim().toLowerCase() : ""
}
const replaced = (node, tag) => {
  const made = node.ownerDocument.createElement(tag)
  for (const { name, value } of node.attributes) made.setAttribute(name, value)
  made.append(...node.childNodes)
  node.replaceWith(made)
  return made
}
const unwrapped = (node) => node.replaceWith(...node.childNodes)

export function cleanPaste(html) {
  if (/data-pm-slice/.test(html)) return { html, dropped: 0 }
  const quiet = html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<!--\[if !supportLists\]-->([\s\S]*?)<!--\[endif\]-->/gi, '<span data-marker="">$1</span>')
    .replace(/<!\[if !supportLists\]>([\s\S]*?)<!\[endif\]>/gi, '<span data-marker="">$1</span>')
    .replace(/<!--[\s\S]*?-->|<!\[[^\]]*\]>|<\/?o:[^>]*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="))
  const { body } = new DOMParser().parseFromString(quiet, "text/html")
  for (const node of body.querySelectorAll(GONE)) node.remove()
  for (const node of body.querySelectorAll("[data-style]")) {
    if (styleOf(node, "display") === "none" || styleOf(node, "mso-hide") === "all") node.remove()
  }
  const pictures = [...body.querySelectorAll("img")].filter((img) => !img.dataset.image)
  for (const img of pictures) img.remove()
  notesInPlace(body)
  wordLists(body)
  for (const node of body.querySelectorAll("*")) marksFromStyle(node)
  for (const node of body.querySelectorAll(Object.keys(RENAMED).join())) replaced(node, RENAMED[node.tagName])
  for (const link of body.querySelectorAll("a")) plainLink(link)
  plainAttributes(body)
  plainText(body)
  return { html: body.innerHTML, dropped: pictures.length }
}

// Word writes lists as paragraphs with a marker in the text; the level stands in a style.
function wordLists(body) {
  let stack = []
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4")]) {
    const list = styleOf(paragraph, "mso-list")
    const level = Number(/level(\d)/.exec(list)?.[1] ?? 0)
    if (!level) {
      stack = []
      continue
    }
    if (stack.length && !isNext(paragraph, stack[0])) stack = []
    const marker = [...paragraph.querySelectorAll("[data-marker]")].concat(
      [...paragraph.querySelectorAll("[data-style]")].filter((node) => styleOf(node, "mso-list") === "ignore"),
    )
    const tag = /^[\s\u00a0]*(\d+|[a-z]|[ivxlc]+)[.)]/i.test(marker[0]?.textContent ?? "") ? "ol" : "ul"
    for (const node of marker) node.remove()
    while (stack.length > level) stack.pop()
    while (stack.length < level) {
      const made = body.ownerDocument.createElement(tag)
      const above = stack.at(-1)
      if (above) (above.lastElementChild ?? above.appendChild(body.ownerDocument.createElement("li"))).append(made)
      else paragraph.before(made)
      stack.push(made)
    }
    const item = body.ownerDocument.createElement("li")
    item.append(...paragraph.childNodes)
    stack.at(-1).append(item)
    paragraph.remove()
  }
}

const isNext = (paragraph, list) => {
  let before = paragraph.previousSibling
  while (before && before.nodeType === 3 && !before.data.trim()) before = before.previousSibling
  return before === list
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
function plainLink(link) {
  let address = link.getAttribute("href") ?? ""
  const behind = /^https?:\/\/(?:www\.google\.[\w.]+\/url|lm?\.facebook\.com\/l\.php)\?/i.test(address)
  if (behind) {
    const query = new URL(address).searchParams
    address = query.get("q") ?? query.get("url") ?? query.get("u") ?? address
  }
  if (!/^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(address)) return unwrapped(link)
  link.setAttribute("href", address)
}

function plainAttributes(body) {
  for (const node of [...body.querySelectorAll("*")]) {
    const [lang, dir] = [node.getAttribute("lang"), node.getAttribute("dir")]
    const isNote = node.matches(NOTE)
    const isForeign = RIGHT_TO_LEFT.test(lang ?? "") || dir === "rtl"
    for (const { name } of [...node.attributes]) {
      const stays = KEPT[node.localName]?.includes(name) || (isForeign && ["lang", "dir"].includes(name)) || (isNote && name === "class")
      if (!stays) node.removeAttribute(name)
    }
    if (/^(FONT|CENTER|U)$/.test(node.tagName) || (node.tagName === "SPAN" && !isForeign && !isNote)) unwrapped(node)
  }
  for (const node of [...body.querySelectorAll("div, section, article, header, footer, main, aside, nav")]) {
    const blocks = [...node.children].some((child) => /^(P|H\d|UL|OL|TABLE|BLOCKQUOTE|FIGURE|DIV|SECTION|ARTICLE|PRE|HR)$/.test(child.tagName))
    if (blocks) unwrapped(node)
    else replaced(node, "p")
  }
}

function plainText(body) {
  const walker = body.ownerDocument.createTreeWalker(body, 4)
  while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/[\u00a0\n\r\t]+/g, " ")
  for (const node of [...body.querySelectorAll("p, strong, em, h2, h3, h4, li")]) {
    if (!node.textContent.trim() && !node.querySelector("img, br, table")) node.remove()
  }
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  addOptions: () => ({ say: () => {} }),
  addProseMirrorPlugins() {
    const { editor } = this
    const { say } = this.options
    return [
      new Plugin({
        props: {
          transformPastedHTML(html) {
            const cleaned = cleanPaste(html)
            if (cleaned.dropped) {
              say(`${cleaned.dropped === 1 ? "One picture was" : `${cleaned.dropped} pictures were`} left out. Add pictures from the library.`)
            }
            return cleaned.html
          },
          handlePaste(view, event) {
            const { empty, $from } = view.state.selection
            const alone = empty && $from.parent.type.name === "paragraph" && $from.parent.content.size === 0
            const text = event.clipboardData?.getData("text/plain") ?? ""
            return alone && Boolean(recognised(text)) && editor.options.size === "full" && editor.commands.insertEmbed(text)
          },
        },
      }),
    ]
  },
})
