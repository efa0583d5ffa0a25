// Writing a footnote: a small editor in a dialog, for one line of text with stress and links.
import { Editor, Extension, getHTMLFromFragment } from "django-prose-editor/editor"
import { dialogOf, element } from "editor/dialogs"
import { editLink } from "editor/link_dialog"
import { lineOf } from "editor/schema"
import { toolbar } from "editor/toolbar"
import { Typed } from "editor/typed"

const Keys = Extension.create({
  name: "keys",
  priority: 1000,
  addKeyboardShortcuts() {
    return {
      Enter: () => {
        this.editor.options.send()
        return true
      },
      Escape: () => {
        this.editor.options.leave()
        return true
      },
      "Mod-k": () => {
        editLink(this.editor)
        return true
      },
    }
  },
})

// A note at `at`, or a new one where the cursor stands.
export async function writeNote(editor, at = null) {
  const { state, schema } = editor
  const note = at === null ? null : state.doc.nodeAt(at)
  const content = note ? getHTMLFromFragment(note.content, schema) : ""
  const given = await askNote(content, editor.options.links)
  editor.view.focus() // at once: the command waits for a frame
  if (!given) return
  const chain = editor.chain().focus()
  if (given.remove || !given.text) return (note ? chain.deleteRange({ from: at, to: at + note.nodeSize }) : chain).run()
  const inner = given.content.map((json) => schema.nodeFromJSON(json))
  const written = (attributes) => schema.nodes.footnote.create(attributes, inner)
  if (note) chain.command(({ tr }) => tr.replaceWith(at, at + note.nodeSize, written(note.attrs)))
  else chain.command(({ tr }) => tr.insert(afterWord(state.selection.$to), written(null)))
  chain.run()
}

// A note never parts a word.
function afterWord($at) {
  if (!$at.parent.isTextblock) return $at.pos
  const rest = $at.parent.textBetween($at.parentOffset, $at.parent.content.size, " ", " ")
  const before = $at.parent.textBetween(0, $at.parentOffset, " ", " ")
  return /[\p{L}\p{N}]$/u.test(before) ? $at.pos + /^[\p{L}\p{N}]*/u.exec(rest)[0].length : $at.pos
}

function askNote(html, links) {
  return new Promise((resolve) => {
    const problem = element("p", { className: "dialog__problem", role: "alert" })
    const field = element("div", { className: "editor editor--line" })
    const button = (label, name, type = "button") => element("button", { type, className: `dialog__${name}`, textContent: label })
    const [cancel, remove] = [button("Cancel", "cancel"), button("Remove the note", "extra")]
    const buttons = element("div", { className: "dialog__buttons" }, [
      ...(html ? [remove] : []),
      cancel,
      button(html ? "Keep" : "Add the note", "submit", "submit"),
    ])
    const { dialog, form } = dialogOf(html ? "Change the footnote" : "Footnote", [field, problem, buttons])
    const line = new Editor({
      element: field,
      content: `<p>${html}</p>`,
      extensions: [...lineOf("What the note says"), Typed, Keys],
      injectCSS: false,
      editorProps: { attributes: { "aria-label": "Text of the footnote", role: "textbox", class: "prose", spellcheck: "true" } },
      size: "line",
      links,
      say: (sentence) => (problem.textContent = sentence),
      send: () => form.requestSubmit(),
      leave: () => leave(null),
    })
    field.prepend(toolbar(line, "Footnote"))
    const leave = (given) => {
      dialog.close()
      resolve(given) // now, before the next key: the close event comes late
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      leave({ text: line.getText().trim(), content: line.getJSON().content[0].content ?? [] })
    })
    cancel.addEventListener("click", () => leave(null))
    dialog.addEventListener("cancel", () => leave(null))
    remove.addEventListener("click", () => leave({ remove: true }))
    dialog.addEventListener("close", () => {
      line.destroy()
      dialog.remove()
      resolve(null)
    })
    document.body.append(dialog)
    dialog.showModal()
    line.view.dom.focus() // at once: the command waits for a frame
    line.commands.focus("end")
  })
}
