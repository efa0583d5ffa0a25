// Footnotes as Word, Google Docs, LibreOffice and web pages bring them: a link in the text to a place at the end, from
// where a link leads back. Whoever made it, the two lead to each other; what stands at the end becomes our note.
const hashOf = (link) => /#(.+)$/.exec(link.getAttribute("href") ?? "")?.[1] ?? ""
const namesOf = (node) => [node.id, node.getAttribute("name")].filter(Boolean)
const HOLDERS = "li, div[id^='ftn'], div[id^='edn'], div[id^='sdfootnote'], div[id^='sdendnote']"
const HEADINGS = "h1, h2, h3, h4, h5, h6"

export function notesInPlace(body) {
  const links = [...body.querySelectorAll("a[href*='#']")]
  for (const link of links) {
    const back = wayBack(body, link)
    const holder = back?.closest(HOLDERS) ?? back?.closest("p")
    if (!holder || holder.contains(link) || !(link.compareDocumentPosition(holder) & 4)) continue
    back.remove()
    const note = body.ownerDocument.createElement("span")
    note.className = "footnote"
    for (const block of holder.querySelectorAll("p, div")) block.replaceWith(...block.childNodes, " ")
    note.append(...holder.childNodes)
    const mark = link.closest("sup") ?? link
    mark.replaceWith(note)
    tidy(note)
    leave(holder)
  }
}

// The link at the end that leads to where this one stands.
function wayBack(body, link) {
  const near = [link, link.closest("sup"), link.parentElement].filter(Boolean)
  const here = near.flatMap(namesOf)
  if (!here.length) return null
  const wanted = hashOf(link)
  const target = [...body.querySelectorAll("[id], [name]")].find((node) => namesOf(node).includes(wanted))
  if (!target) return null
  const backs = target.matches("a") ? [target] : [...target.querySelectorAll("a[href*='#']")]
  return backs.find((back) => back !== link && here.includes(hashOf(back))) ?? null
}

function tidy(note) {
  for (const end of ["firstChild", "lastChild"]) {
    const trim = end === "firstChild" ? (text) => text.trimStart() : (text) => text.trimEnd()
    while (note[end] && !note[end].textContent.trim()) note[end].remove()
    if (note[end]?.nodeType === 3) note[end].data = trim(note[end].data)
  }
}

// The place it stood in goes, and with the last one the list, its rule and its heading.
function leave(holder) {
  let empty = holder
  while (empty && empty.localName !== "body" && !empty.textContent.trim()) {
    const [above, before] = [empty.parentElement, empty.previousElementSibling]
    const isList = /^(ol|ul|div|section)$/.test(empty.localName)
    if (isList && before?.matches(`hr, ${HEADINGS}`) && /^(|(foot|end)?notes)$/i.test(before.textContent.trim())) before.remove()
    empty.remove()
    empty = above
  }
}
