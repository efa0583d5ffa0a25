// What Word writes in ways of its own: lists as paragraphs, comments, tracked changes; on the desk and online.
import { styleOf } from "editor/pasted_styles"

const ORDERED = /^[\s\u00a0]*(\d+|[a-z]|[ivxlc]+)[.)]/i

// Word writes lists as paragraphs with a marker in the text; the level stands in a style.
export function wordLists(body) {
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
    const tag = ORDERED.test(marker[0]?.textContent ?? "") ? "ol" : "ul"
    for (const node of marker) node.remove()
    if (/^H\d$/.test(paragraph.tagName)) continue // a numbered heading
    stack = put(body, paragraph, level, tag, stack)
  }
}

// Word online writes each item as a list of its own, with its level beside it.
export function onlineLists(body) {
  let stack = []
  let last = null
  for (const item of [...body.querySelectorAll("li[data-aria-level], li[aria-level][data-leveltext]")]) {
    const list = item.parentElement
    const holder = list.closest(".ListContainerWrapper") ?? list
    if (stack.length && last && !isNext(holder, stack[0])) stack = []
    last = item
    const level = Number(item.dataset.ariaLevel ?? item.getAttribute("aria-level")) || 1
    const place = body.ownerDocument.createElement("p")
    place.append(...item.childNodes)
    item.remove()
    holder.before(place)
    stack = put(body, place, level, list.localName, stack)
    if (!list.children.length) (holder === list ? list : holder).remove()
  }
}

function put(body, paragraph, level, tag, stack) {
  const made = (name) => body.ownerDocument.createElement(name)
  while (stack.length > level) stack.pop()
  if (stack.length === level && stack.at(-1).localName !== tag) stack.pop()
  while (stack.length < level) {
    const list = made(tag)
    const above = stack.at(-1)
    if (above) (above.lastElementChild ?? above.appendChild(made("li"))).append(list)
    else paragraph.before(list)
    stack.push(list)
  }
  const item = made("li")
  item.append(...paragraph.childNodes)
  stack.at(-1).append(item)
  paragraph.remove()
  return stack
}

const isNext = (paragraph, list) => {
  let before = paragraph.previousSibling
  while (before && before.nodeType === 3 && !before.data.trim()) before = before.previousSibling
  return before === list
}

// Remarks of editors go and are counted; Google Docs has them too when it is published.
export function dropComments(body, report) {
  const anchors = [...body.querySelectorAll("a.msocomanchor, a[href^='#cmnt']:not([href*='ref'])")]
  report.count("comments", anchors.length)
  for (const anchor of anchors) (anchor.closest(".MsoCommentReference, sup") ?? anchor).remove()
  for (const node of [...body.querySelectorAll("[data-style*='mso-element'], a[href^='#cmnt_ref']")]) {
    if (/^comment(-list)?$/.test(styleOf(node, "mso-element"))) node.remove()
    else if (node.matches("a[href^='#cmnt_ref']")) (node.closest("div") ?? node).remove()
  }
}

// Changes that wait for acceptance are taken as accepted. `ins` and `del` of an ordinary page say neither who nor when.
export function acceptTracked(body, report) {
  const tracked = body.querySelectorAll("ins[cite], ins[datetime], del[cite], del[datetime], .msoIns, .msoDel, [class^='TrackChange']")
  for (const node of tracked) {
    report.isTracked = true
    if (node.matches("del, .msoDel, [class*='Delete']")) node.remove()
    else node.replaceWith(...node.childNodes)
  }
}

// Headings that are paragraphs by name.
export function onlineHeadings(body) {
  for (const node of body.querySelectorAll("p[role=heading], div[role=heading]")) {
    const level = Math.min(6, Number(node.getAttribute("aria-level")) || 2)
    const made = body.ownerDocument.createElement(`h${level}`)
    made.append(...node.childNodes)
    node.replaceWith(made)
  }
}
