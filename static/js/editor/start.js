// Puts the editor in the place of every textarea that asks for one. The textarea stays the form's field.
import { Editor, Extension, getHTMLFromFragment } from "django-prose-editor/editor"
import { element } from "editor/dialogs"
import { DroppedPictures } from "editor/dropped"
import { listen } from "editor/keys"
import { editLink } from "editor/link_dialog"
import { writeNote } from "editor/note_dialog"
import { spokenText } from "editor/notes"
import { CleanPaste } from "editor/paste"
import { extensionsFor } from "editor/schema"
import { tidyTable } from "editor/tables"
import { toolbar } from "editor/toolbar"
import { Typed } from "editor/typed"
import { aloneWith } from "editor/undistracted"
import { counted, writesInto } from "editor/written"

const WORDS_A_MINUTE = 230

const Shortcuts = Extension.create({
  name: "shortcuts",
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => {
        editLink(this.editor)
        return true
      },
      "Alt-F10": () => {
        const bar = this.editor.options.element.querySelector(".toolbar")
        bar.querySelector("[tabindex='0']").focus()
        return true
      },
      "Mod-Alt-f": () => {
        if (this.editor.options.size === "full") writeNote(this.editor)
        return true
      },
    }
  },
})

const ROOM = { top: 72, bottom: 128, left: 8, right: 8 } // of the bars above and below the text, which stay in sight
const listening = new WeakSet()

// The form's keys, once; the text of a post may stand alone.
function keysFor(form, editor, bar, foot) {
  const button = bar.querySelector("[data-tool=alone]")
  const alone = form && button ? aloneWith(form, editor, foot, button) : null
  if (!alone) button?.remove()
  if (!form || listening.has(form)) return
  listening.add(form)
  listen(form, alone)
}

const isBare = (node) => node?.localName === "p" && node.attributes.length === 0

const known = new WeakMap() // of each block its HTML: a block that changes is another one, so a key costs one block's work

// The text as it is stored: no paragraph where an item or a cell holds a single one, no empty caption, no empty end.
export function htmlOf(editor) {
  const parts = editor.state.doc.children.map((block) => {
    if (!known.has(block)) known.set(block, htmlOfBlock(block, editor.schema))
    return known.get(block)
  })
  while (parts.at(-1) === "<p></p>") parts.pop()
  return parts.join("")
}

function htmlOfBlock(block, schema) {
  const html = getHTMLFromFragment(schema.topNodeType.create(null, block).content, schema)
  const box = new DOMParser().parseFromString(html, "text/html").body
  for (const caption of box.querySelectorAll("figcaption")) if (!caption.childNodes.length) caption.remove()
  for (const table of box.querySelectorAll("table")) tidyTable(table)
  for (const holder of box.querySelectorAll("li, td, th, dd")) {
    const [first, ...rest] = holder.children
    const alone = rest.every((node) => holder.localName === "li" && /^(ul|ol)$/.test(node.localName))
    if (isBare(first) && alone) first.replaceWith(...first.childNodes)
  }
  return box.innerHTML
}

function counter(editor) {
  const line = element("p", { className: "editor__count" })
  const count = () => {
    const words = spokenText(editor.state.doc).split(/\s+/).filter(Boolean).length
    const minutes = Math.max(1, Math.ceil(words / WORDS_A_MINUTE))
    line.textContent = `${words.toLocaleString()} ${words === 1 ? "word" : "words"}${words ? `, ${minutes} min` : ""}`
  }
  counted(editor, count)
  return line
}

function start(textarea) {
  const size = textarea.dataset.editor
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  const name = label?.textContent.replace(/:$/, "").trim() || "Text"
  const status = element("p", { className: "editor__status", role: "status" })
  const say = (sentence, offer) => {
    status.textContent = sentence
    if (!offer) return
    const button = element("button", { type: "button", className: "editor__offer", textContent: offer.label })
    button.addEventListener("click", offer.act)
    status.append(" ", button)
  }
  const written = writesInto(textarea, { say, htmlOf })
  const holder = element("div", { className: `editor editor--${size}` })
  textarea.before(holder)
  const editor = new Editor({
    element: holder,
    content: textarea.value,
    extensions: [
      ...extensionsFor(size, size === "full" ? "Write here…" : ""),
      DroppedPictures.configure({ say }),
      CleanPaste.configure({ say }),
      Typed,
      Shortcuts,
    ],
    injectCSS: false,
    editorProps: {
      scrollThreshold: ROOM,
      scrollMargin: ROOM,
      attributes: { "aria-label": name, "aria-multiline": "true", role: "textbox", class: "prose", spellcheck: "true" },
    },
    size,
    say,
    writeNote,
    links: textarea.dataset.links,
    library: { address: textarea.dataset.library, upload: textarea.dataset.libraryUpload },
    onUpdate: ({ editor }) => written(editor),
  })
  const bar = toolbar(editor, name)
  const foot = element("div", { className: "editor__foot" }, [status, ...(size === "full" ? [counter(editor)] : [])])
  holder.prepend(bar)
  holder.append(foot)
  keysFor(textarea.form, editor, bar, foot)
  label?.addEventListener("click", () => editor.commands.focus())
  textarea.hidden = true
  textarea.editor = editor
  editor.commands.setTextSelection(0)
  textarea.dispatchEvent(new CustomEvent("editor:ready", { bubbles: true, detail: { editor } }))
}

function startAll(within) {
  for (const textarea of within.querySelectorAll("textarea[data-editor]")) {
    if (!textarea.id.includes("__prefix__") && !textarea.editor) start(textarea)
  }
}

startAll(document)
document.addEventListener("formset:added", ({ target }) => startAll(target))
