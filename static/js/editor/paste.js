// Pasting into a text: cleaned, told of, and formatted as Markdown when that is what it is and the writer wants it.
import { Extension, Plugin, pm } from "django-prose-editor/editor"
import { recognised } from "editor/embeds"
import { htmlFrom, isMarkdown } from "editor/markdown"
import { cleanPaste } from "editor/pasted_html"
import { paragraphsOf } from "editor/pasted_text"

export { cleanPaste }

const { Fragment, Slice } = pm.model
const OFFERED = "This looks like Markdown."

function sliceOf(text, $context) {
  const { schema, parent } = { schema: $context.doc.type.schema, parent: $context.parent }
  if (parent.type.name === "preformatted") return new Slice(Fragment.from(schema.text(text.replace(/\r\n?/g, "\n"))), 0, 0)
  const paragraphs = paragraphsOf(text).map((lines) => schema.nodes.paragraph.create(null, lines.flatMap((line, at) => [...(at ? [schema.nodes.hardBreak.create()] : []), ...(line ? [schema.text(line)] : [])])))
  return paragraphs.length ? new Slice(Fragment.from(paragraphs), 1, 1) : Slice.empty
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  addOptions: () => ({ say: () => {} }),
  addProseMirrorPlugins() {
    const { editor } = this
    const { say } = this.options
    let offered = null
    const offer = (text, from) => {
      const after = editor.state.doc
      const to = editor.state.selection.to
      offered = after
      say(OFFERED, {
        label: "Format as Markdown",
        act: () => {
          if (editor.state.doc !== after) return say("The text has changed since. Undo, paste again, and press the button at once.")
          offered = null
          editor.chain().setTextSelection({ from, to }).run()
          say("")
          editor.view.pasteHTML(htmlFrom(text))
          editor.commands.focus()
        },
      })
    }
    return [
      new Plugin({
        view: () => ({
          update: ({ state }) => {
            if (offered && state.doc !== offered) {
              offered = null
              say("")
            }
          },
        }),
        props: {
          handleDOMEvents: {
            paste() {
              say("")
              return false
            },
          },
          transformPastedHTML(html) {
            const { html: cleaned, report } = cleanPaste(html)
            say(report.sentence)
            return cleaned
          },
          clipboardTextParser: (text, $context) => sliceOf(text, $context),
          handlePaste(view, event) {
            const { empty, from, $from } = view.state.selection
            const data = event.clipboardData
            const text = data?.getData("text/plain") ?? ""
            const alone = empty && $from.parent.type.name === "paragraph" && $from.parent.content.size === 0
            if (alone && recognised(text) && editor.options.size === "full") return editor.commands.insertEmbed(text)
            if (data?.getData("text/html") || !isMarkdown(text) || editor.options.size === "line") return false
            queueMicrotask(() => offer(text, from))
            return false
          },
        },
      }),
    ]
  },
})
