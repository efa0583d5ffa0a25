// What is to be mended before publishing: asked of the server with the text as it stands; each sentence leads to its place.
const PLACES = {
  picture: ["picture", "image"],
  heading: ["heading"],
  table: ["table"],
  embed: ["embed"],
}
const OF_TWO_PARTS = { bylines: "#bylines-group, .inline-group", lead_image: "#id_lead_image-choose" }
const AGAIN = 4000
const OFTEN = 5

const panel = document.querySelector("[data-checks]")
const form = document.getElementById("post_form")
if (panel && form) start()

function start() {
  const list = panel.querySelector("[data-checks-list]")
  const now = panel.querySelector("[data-checks-now]")
  let wait

  const check = async (times) => {
    clearTimeout(wait)
    panel.setAttribute("aria-busy", "true")
    try {
      const data = new FormData(form)
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
      const answer = await fetch(panel.dataset.checks, { method: "POST", body: data })
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      list.innerHTML = await answer.text()
    } catch {
      const sentence = document.createElement("p")
      sentence.textContent = "The server did not answer. Check the connection, or sign in again in another window, and press the button once more."
      list.replaceChildren(sentence)
      return
    } finally {
      panel.removeAttribute("aria-busy")
    }
    if (list.querySelector("[data-waiting]") && times < OFTEN) wait = setTimeout(() => check(times + 1), AGAIN)
  }
  now.hidden = false
  now.addEventListener("click", () => check(1))
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-field]")
    if (!link) return
    event.preventDefault()
    lead(link.dataset)
  })
}

function lead({ field, kind, at }) {
  const input = document.getElementById(`id_${field}`)
  if (input?.editor) return showInText(input.editor, kind, Number(at))
  const special = OF_TWO_PARTS[field] && document.querySelector(OF_TWO_PARTS[field])
  const shown = special || (input?.matches("select.select2-hidden-accessible") ? input.nextElementSibling : input)
  if (!shown) return
  for (let details = shown.closest("details"); details; details = details.parentElement.closest("details")) details.open = true
  const target = shown.matches("input, textarea, select, button")
    ? shown
    : shown.querySelector("input:not([type=hidden]), select:not(.select2-hidden-accessible), .select2-selection, button, a[href]")
  shown.scrollIntoView({ block: "center" })
  target?.focus({ preventScroll: true })
}

function showInText(editor, kind, at) {
  const place = kind === "link" ? linkAt(editor, at) : kind && nodeAt(editor, PLACES[kind] ?? [], at)
  if (!place) return editor.commands.focus("start")
  const chain = editor.chain().focus()
  if (place.isNode) chain.setNodeSelection(place.from)
  else chain.setTextSelection(place)
  chain.run()
  const { node } = editor.view.domAtPos(place.from + (place.isNode ? 0 : 1))
  const element = place.isNode ? editor.view.nodeDOM(place.from) : node.nodeType === 1 ? node : node.parentElement
  element?.scrollIntoView?.({ block: "center" })
}

function nodeAt(editor, names, wanted) {
  let number = -1
  let found = null
  editor.state.doc.descendants((node, pos) => {
    if (!found && names.includes(node.type.name) && ++number === wanted) {
      found = node.isTextblock && node.type.name === "heading" ? { from: pos + 1, to: pos + node.nodeSize - 1 } : { from: pos, isNode: true }
    }
    return !found
  })
  return found
}

// Links in the order in which they stand in the stored text: a picture's own among them, an embed's not.
function linkAt(editor, wanted) {
  const links = []
  editor.state.doc.descendants((node, pos) => {
    if (node.type.name === "picture" && node.attrs.href) links.push({ from: pos, isNode: true })
    const mark = node.isInline && node.marks.find(({ type }) => type.name === "link")
    if (!mark) return
    const last = links.at(-1)
    if (last?.mark?.eq(mark) && last.to === pos) last.to += node.nodeSize
    else links.push({ from: pos, to: pos + node.nodeSize, mark })
  })
  return links[wanted] ?? null
}
