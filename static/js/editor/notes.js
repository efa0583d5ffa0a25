// A footnote: a mark in the line that holds its own text. It is numbered by the style sheet and opened by a click or
// the Enter key.
import { Node } from "django-prose-editor/editor"

export const Footnote = Node.create({
  name: "footnote",
  group: "inline",
  inline: true,
  atom: true,
  content: "(text | hardBreak)*",
  parseHTML: () => [{ tag: "span.footnote", priority: 80 }],
  renderHTML: ({ HTMLAttributes }) => ["span", { ...HTMLAttributes, class: "footnote" }, 0],
  addKeyboardShortcuts() {
    return {
      Enter: () => {
        const { node, from } = this.editor.state.selection
        if (node?.type.name !== this.name) return false
        this.editor.options.writeNote(this.editor, from)
        return true
      },
    }
  },
  addNodeView() {
    return ({ node, editor, getPos }) => new NoteMark(node, editor, getPos)
  },
})

class NoteMark {
  constructor(node, editor, getPos) {
    this.dom = document.createElement("span")
    this.dom.className = "note-mark"
    this.dom.setAttribute("role", "button")
    this.dom.addEventListener("click", () => editor.options.writeNote(editor, getPos()))
    this.update(node)
  }

  update(node) {
    if (this.node && node.type !== this.node.type) return false
    this.node = node
    const text = node.textContent.trim()
    this.dom.dataset.text = text
    this.dom.setAttribute("aria-label", `Footnote: ${text}`)
    return true
  }

  ignoreMutation() {
    return true
  }
}

// What a text says, its notes after it, with a blank wherever a block ends: for counting words.
export function spokenText(doc) {
  const text = []
  const notes = []
  doc.descendants((node) => {
    if (node.type.name === "footnote") {
      notes.push(" ", node.textContent)
      return false
    }
    if (node.isText) text.push(node.text)
    else if (node.isBlock || node.type.name === "hardBreak") text.push(" ")
  })
  return [...text, ...notes].join("")
}
