// Asks what readers get to know of a picture before it stands in a text. Resolves to {alt, isDecorative, caption, credit},
// or to null when the dialog is left.
import { dialogOf, element } from "editor/dialogs"
import { token } from "editor/uploading"

let number = 0

function line(name, label, value, { help, rows } = {}) {
  const id = `describing-${name}-${++number}`
  const input = element(rows ? "textarea" : "input", { id, name, value, ...(rows ? { rows } : { type: "text" }) })
  const parts = [element("label", { htmlFor: id, textContent: label }), input]
  if (help) {
    input.setAttribute("aria-describedby", `${id}-help`)
    parts.push(element("p", { id: `${id}-help`, className: "dialog__help", textContent: help }))
  }
  return element("div", { className: "dialog__field" }, parts)
}

function box(name, label, checked) {
  const id = `describing-${name}-${++number}`
  return element("div", { className: "dialog__field dialog__field--box" }, [
    element("input", { id, name, type: "checkbox", checked }),
    element("label", { htmlFor: id, textContent: label }),
  ])
}

export function describe(picture, { submit = "Put into the text", title = "About this picture", only = false } = {}) {
  return new Promise((resolve) => {
    const alt = line("alt", "Alternative text", picture.alt ?? "", {
      rows: 2,
      help: "What the picture shows, for readers who cannot see it.",
    })
    const decorative = box("decorative", "Decorative: it says nothing that the text does not say", Boolean(picture.is_decorative))
    const rest = only ? [] : [line("caption", "Caption", picture.caption ?? "", { rows: 2 }), line("credit", "Credit", picture.credit ?? "", { help: "Who made it." })]
    const problem = element("p", { className: "dialog__problem", role: "alert" })
    const cancel = element("button", { type: "button", className: "dialog__cancel", textContent: "Cancel" })
    const buttons = element("div", { className: "dialog__buttons" }, [cancel, element("button", { type: "submit", className: "dialog__submit", textContent: submit })])
    const shown = element("img", { className: "describing__shown", src: picture.thumbnail || picture.src, alt: "" })
    const { dialog, form } = dialogOf(title, [shown, alt, decorative, ...rest, problem, buttons])
    const { elements } = form
    const settle = () => (elements.alt.disabled = elements.decorative.checked)
    elements.decorative.addEventListener("change", settle)
    settle()
    form.noValidate = true
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const isDecorative = elements.decorative.checked
      const said = elements.alt.value.trim()
      if (!said && !isDecorative) {
        problem.textContent = "Say what the picture shows, or tick “Decorative”."
        elements.alt.setAttribute("aria-invalid", "true")
        return elements.alt.focus()
      }
      const answer = { alt: isDecorative ? "" : said, isDecorative, caption: elements.caption?.value.trim() ?? "", credit: elements.credit?.value.trim() ?? "" }
      dialog.close()
      resolve(answer) // now, before the next key: the close event comes late
    })
    cancel.addEventListener("click", () => dialog.close())
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(null)
    })
    document.body.append(dialog)
    dialog.showModal()
    elements.alt.focus()
  })
}

// The library keeps what was said of a picture that it knew nothing of. What it does not take stays in the text alone.
export function remember(picture, { alt, isDecorative, caption, credit }) {
  const isSilent = !picture.alt && !picture.is_decorative
  const isNews = (isSilent && (alt || isDecorative)) || (!picture.caption && caption) || (!picture.credit && credit)
  if (!isNews) return Promise.resolve()
  const form = new FormData()
  for (const [name, value] of Object.entries({ alt, caption, credit })) form.append(name, value)
  if (isDecorative) form.append("is_decorative", "on")
  return fetch(picture.remember, { method: "POST", body: form, headers: { "X-CSRFToken": token() } }).catch(() => {})
}

// Both: asks, remembers, and gives the picture as it shall stand in the text.
export async function described(picture, options) {
  const given = await describe(picture, options)
  if (!given) return null
  remember(picture, given)
  return { ...picture, ...given }
}
