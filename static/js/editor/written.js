// The textarea stays the form's field: what is typed is written into it at once; in a very long text, where that takes
// longer than a key, after a moment, and before anything reads the form. What is too long to be taken is said here.
const HEAVY = 200_000 // letters
const AFTER = 1000
const MB = 1024 * 1024

export function writesInto(textarea, { say, htmlOf }) {
  let waiting
  const most = Number(textarea.dataset.most) || Infinity
  const write = (editor, isTold = true) => {
    clearTimeout(waiting)
    waiting = undefined
    textarea.value = htmlOf(editor)
    if (isTold) textarea.dispatchEvent(new Event("input", { bubbles: true }))
  }
  const flush = () => waiting && write(textarea.editor, false)
  textarea.form?.addEventListener("submit", (event) => {
    flush()
    const length = textarea.value.length * 4 < most ? 0 : new TextEncoder().encode(textarea.value).length
    if (length <= most) return
    event.preventDefault()
    event.stopImmediatePropagation()
    say(`This text has ${(length / MB).toFixed(1)} MB, and a text may have ${most / MB}. Nothing was sent, and nothing is lost: divide it, or keep what is not prose as a document in the library.`)
    textarea.editor.commands.focus()
  }, true)
  textarea.form?.addEventListener("formdata", ({ formData }) => {
    flush()
    if (formData.has(textarea.name)) formData.set(textarea.name, textarea.value)
  })
  window.addEventListener("pagehide", () => waiting && write(textarea.editor))
  return (editor) => {
    if (editor.state.doc.content.size < HEAVY) write(editor)
    else waiting ??= setTimeout(() => write(editor), AFTER)
  }
}

// Calls back at once, or after a moment where the text is very long.
export function counted(editor, count) {
  let waiting
  editor.on("update", () => {
    if (editor.state.doc.content.size < HEAVY) return count()
    waiting ??= setTimeout(() => {
      waiting = undefined
      count()
    }, AFTER)
  })
  count()
}
