// Puts the editor in the place of every textarea that asks for one. The textarea stays the form's field.
import { Editor, Extension, getHTMLFromFragment } from "django-prose-editor/editor"
import { element } from "editor/dialogs"
import { DroppedPictures } from "editor/dropped"
import { writeNote } from "editor/note_dialog"
import { spokenText } from "editor/notes"
import { CleanPaste } from "editor/paste"
import { extensionsFor } from "editor/schema"
import { tidyTable } from "editor/tables"
import { editLink, toolbar } from "editor/toolbar"

const WORDS_A_MINUTE = 230

const Shortcuts = Extension.create({
  name: "shortcuts",
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => {
        editLink(this.editor)
        return true
      },
      "Mod-Alt-f": () => {
        if (this.editor.options.size === "full") writeNote(this.editor)
        return true
      },
    }
  },
})

const isBare = (node) => node?.localName === "p" && node.attributes.length === 0

// The text as it is stored: no paragraph where an item or a cell holds a single one, no empty caption, no empty end.
export function htmlOf(editor) {
  const html = getHTMLFromFragment(editor.state.doc.content, editor.schema)
  const box = new DOMParser().parseFromString(html, "text/html").body
  for (const caption of box.querySelectorAll("figcaption")) if (!caption.childNodes.length) caption.remove()
  for (const table of box.querySelectorAll("table")) tidyTable(table)
  for (const holder of box.querySelectorAll("li, td, th, dd")) {
    const [first, ...rest] = holder.children
    const alone = rest.every((node) => holder.localName === "li" && /^(ul|ol)$/.test(node.localName))
    if (isBare(first) && alone) first.replaceWith(...first.childNodes)
  }
  while (isBare(box.lastElementChild) && !box.lastElementChild.childNodes.length) box.lastElementChild.remove()
  return box.innerHTML
}

function counter(editor) {
  const line = element("p", { className: "editor__count" })
  const count = () => {
    const words = spokenText(editor.state.doc).split(/\s+/).filter(Boolean).length
    const minutes = Math.max(1, Math.ceil(words / WORDS_A_MINUTE))
    line.textContent = `${words.toLocaleString()} ${words === 1 ? "word" : "words"}${words ? `, ${minutes} min` : ""}`
  }
  editor.on("update", count)
  count()
  return line
}

function start(textarea) {
  const size = textarea.dataset.editor
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  const name = label?.textContent.replace(/:$/, "").trim() || "Text"
  const status = element("p", { className: "editor__status", role: "status" })
  const say = (sentence) => (status.textContent = sentence)
  const holder = element("div", { className: `editor editor--${size}` })
  textarea.before(holder)
  const editor = new Editor({
    element: holder,
    content: textarea.value,
    extensions: [...extensionsFor(size, size === "full" ? "Write here…" : ""), DroppedPictures.configure({ say }), CleanPaste.configure({ say }), Shortcuts],
    injectCSS: false,
    editorProps: {
      attributes: { "aria-label": name, "aria-multiline": "true", role: "textbox", class: "prose", spellcheck: "true" },
    },
    size,
    say,
    writeNote,
    library: { address: textarea.dataset.library, upload: textarea.dataset.libraryUpload },
    onUpdate() {
      textarea.value = htmlOf(editor)
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
  })
  holder.prepend(toolbar(editor, name))
  holder.append(element("div", { className: "editor__foot" }, [status, ...(size === "full" ? [counter(editor)] : [])]))
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
