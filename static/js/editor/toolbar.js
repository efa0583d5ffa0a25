// The toolbar: one stop for the Tab key, arrows inside, each button says whether it is on.
import { described } from "editor/describing"
import { ask, element } from "editor/dialogs"
import { NAMES, recognised } from "editor/embeds"
import { showKeys } from "editor/keys"
import { languageChooser } from "editor/languages"
import { pickPicture } from "editor/library"
import { editLink } from "editor/link_dialog"
import { offers } from "editor/schema"

const ICONS = {
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zm0 7h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h8M6 19h8M14 5l-4 14",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700L12 17",
  bullets: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  numbers: "M10 6h10M10 12h10M10 18h10M4 4l1.500-.5V9M4 9h3M4 15.500c0-2 3-1.500 3 .2 0 1.300-3 2-3 3.300h3",
  quote: "M5 7h5v5c0 3-2 5-4 5M14 7h5v5c0 3-2 5-4 5",
  pull: "M4 5h16M4 19h16M8 10h3v3c0 1.500-1 2-2 2M14 10h3v3c0 1.500-1 2-2 2",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.500 9h.01",
  embed: "M4 5h16v14H4zM10 9l5 3-5 3z",
  note: "M4 7h9M4 12h9M4 17h12M18 4.500l1.500-.5v6",
  table: "M4 5h16v14H4zM4 10h16M4 14.500h16M10 5v14",
  rule: "M4 12h16",
  undo: "M9 7L4 11l5 4M4 11h10a5 5 0 0 1 0 10h-3",
  alone: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  keys: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500h.01",
  redo: "M15 7l5 4-5 4M20 11H10a5 5 0 0 0 0 10h3",
}
const BLOCK_NAMES = [
  ["paragraph", "Text"],
  ["h2", "Heading"],
  ["h3", "Subheading"],
  ["h4", "Small heading"],
]
const PROVIDERS = new Intl.ListFormat("en", { type: "disjunction" }).format(Object.values(NAMES))

function icon(name) {
  const holder = document.createElement("span")
  holder.innerHTML = `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" stroke-linejoin="round"><path d="${ICONS[name]}"/></svg>`
  return holder.firstChild
}

async function addPicture(editor) {
  const picked = await pickPicture(editor.options.library)
  const picture = picked && (await described(picked))
  if (picture) editor.commands.insertPicture(picture)
  else editor.view.focus()
}

async function addEmbed(editor) {
  const given = await ask({
    title: "Embed",
    fields: [
      { name: "address", label: `Address of a post, video or sound on ${PROVIDERS}`, type: "url", required: true, placeholder: "https://" },
      { name: "title", label: "Title", help: "What readers see before they click. Nothing is loaded from elsewhere until then." },
    ],
    submit: "Embed",
    check: ({ address }) => (recognised(address) ? "" : `This address is not one of ${PROVIDERS}. Make it a link instead.`),
  })
  if (given) editor.commands.insertEmbed(given.address, given.title)
  else editor.view.focus()
}

const run = (act) => (editor) => act(editor.chain().focus()).run()
const ITEMS = [
  ["bold", "Bold (Ctrl B)", run((chain) => chain.toggleBold()), (editor) => editor.isActive("bold")],
  ["italic", "Italic (Ctrl I)", run((chain) => chain.toggleItalic()), (editor) => editor.isActive("italic")],
  ["link", "Link (Ctrl K)", editLink, (editor) => editor.isActive("link")],
  [],
  ["bullets", "List", run((chain) => chain.toggleBulletList()), (editor) => editor.isActive("bulletList")],
  ["numbers", "Numbered list", run((chain) => chain.toggleOrderedList()), (editor) => editor.isActive("orderedList")],
  ["quote", "Quotation", run((chain) => chain.toggleBlockquote()), (editor) => editor.isActive("blockquote")],
  ["pull", "Pull quote", run((chain) => chain.togglePullQuote()), (editor) => editor.isActive("figure", { kind: "pullquote" })],
  [],
  ["picture", "Picture from the library", addPicture],
  ["embed", "Embed a post or video", addEmbed],
  ["note", "Footnote (Ctrl Alt F)", (editor) => editor.options.writeNote(editor)],
  ["table", "Table", run((chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }))],
  ["rule", "Rule", run((chain) => chain.setHorizontalRule())],
  [],
  ["undo", "Undo (Ctrl Z)", run((chain) => chain.undo())],
  ["redo", "Redo (Ctrl Shift Z)", run((chain) => chain.redo())],
  ["alone", "Only the text (Ctrl Shift F)", () => {}],
  ["keys", "Keyboard (Ctrl /)", showKeys],
]
const SMALL = new Set(["bold", "italic", "link", "bullets", "numbers", "undo", "redo"])
const LINE = new Set(["bold", "italic", "link"])
const HAS = { small: SMALL, line: LINE }
const IN_TABLE = [
  ["Row below", (chain) => chain.addRowAfter()],
  ["Column after", (chain) => chain.addColumnAfter()],
  ["Delete row", (chain) => chain.deleteRow()],
  ["Delete column", (chain) => chain.deleteColumn()],
  ["Heading cell", (chain) => chain.toggleHeaderCell()],
  ["Delete table", (chain) => chain.deleteTable()],
]

function blockChooser(editor) {
  const choose = element(
    "select",
    { className: "toolbar__block", "aria-label": "Kind of paragraph" },
    BLOCK_NAMES.map(([value, label]) => element("option", { value, textContent: label })),
  )
  choose.addEventListener("change", () => {
    const chain = editor.chain().focus()
    if (choose.value === "paragraph") chain.setParagraph().run()
    else chain.setHeading({ level: Number(choose.value.slice(1)) }).run()
  })
  editor.on("transaction", () => {
    const { level } = editor.getAttributes("heading")
    choose.value = editor.isActive("heading") ? `h${level}` : "paragraph"
  })
  return choose
}

function tableTools(editor) {
  const tools = element(
    "div",
    { className: "toolbar__table", hidden: true },
    IN_TABLE.map(([label, act]) => {
      const button = element("button", { type: "button", textContent: label })
      button.addEventListener("click", () => run(act)(editor))
      return button
    }),
  )
  editor.on("transaction", () => (tools.hidden = !editor.isActive("table")))
  return tools
}

// Arrow keys move within the bar; the Tab key leaves it, Escape leads back into the text.
function rove(bar, back) {
  const stops = () => [...bar.querySelectorAll("button, select")].filter((stop) => stop.offsetParent)
  const first = bar.querySelector("button, select")
  for (const stop of bar.querySelectorAll("button, select")) stop.tabIndex = stop === first ? 0 : -1
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault()
      return back()
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const all = stops()
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length]
    for (const stop of all) stop.tabIndex = stop === next ? 0 : -1
    next.focus()
  })
}

export function toolbar(editor, label) {
  const { size } = editor.options
  const bar = element("div", { className: "toolbar", role: "toolbar", "aria-label": `Formatting: ${label}` })
  if (size === "full") bar.append(blockChooser(editor))
  for (const [name, title, act, isOn] of ITEMS) {
    if (!name) {
      if (size === "full") bar.append(element("span", { className: "toolbar__gap" }))
      continue
    }
    if (name === "picture" && !editor.options.library?.address) continue
    if (!offers(size, name) || (size !== "full" && !HAS[size].has(name))) continue
    const button = element("button", { type: "button", title, "aria-label": title, "data-tool": name }, [icon(name)])
    button.addEventListener("click", () => act(editor))
    if (isOn) editor.on("transaction", () => button.setAttribute("aria-pressed", isOn(editor)))
    bar.append(button)
  }
  if (size === "full") bar.append(languageChooser(editor), tableTools(editor))
  rove(bar, () => editor.commands.focus())
  return bar
}
