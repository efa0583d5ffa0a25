// Small dialogs: a title, a few fields, two buttons. They hang on the body, outside the form they help to fill.

export function element(tag, attributes = {}, children = []) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (name in made && !name.startsWith("aria") && name !== "list") made[name] = value
    else made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

let number = 0

function field({ name, label, value = "", help, rows, required, type = "text", placeholder }) {
  const id = `dialog-field-${++number}`
  const input = element(rows ? "textarea" : "input", { id, name, value, required, placeholder, ...(rows ? { rows } : { type }) })
  const parts = [element("label", { htmlFor: id, textContent: label }), input]
  if (help) {
    input.setAttribute("aria-describedby", `${id}-help`)
    parts.push(element("p", { id: `${id}-help`, className: "dialog__help", textContent: help }))
  }
  return element("div", { className: "dialog__field" }, parts)
}

// A dialog with a heading and what stands under it, not yet open.
export function dialogOf(title, parts) {
  const id = `dialog-${++number}`
  const form = element("form", { method: "dialog" }, [element("h2", { id, textContent: title }), ...parts])
  return { form, dialog: element("dialog", { className: "dialog", "aria-labelledby": id }, [form]) }
}

// Resolves to {name: value} of the fields, or to null when the dialog is left. `check` returns a sentence or nothing.
export function ask({ title, fields, submit, check = () => "", extra }) {
  return new Promise((resolve) => {
    const problem = element("p", { className: "dialog__problem", role: "alert" })
    const cancel = element("button", { type: "button", className: "dialog__cancel", textContent: "Cancel" })
    const buttons = element("div", { className: "dialog__buttons" }, [
      ...(extra ? [element("button", { type: "button", className: "dialog__extra", textContent: extra.label })] : []),
      cancel,
      element("button", { type: "submit", className: "dialog__submit", textContent: submit }),
    ])
    const { dialog, form } = dialogOf(title, [...fields.map(field), problem, buttons])
    const leave = (answer) => {
      dialog.close()
      resolve(answer) // now, before the next key: the close event comes late
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const given = Object.fromEntries(fields.map(({ name }) => [name, form.elements[name].value.trim()]))
      problem.textContent = check(given) ?? ""
      if (problem.textContent) return
      leave(given)
    })
    cancel.addEventListener("click", () => leave(null))
    dialog.addEventListener("cancel", () => leave(null))
    dialog.querySelector(".dialog__extra")?.addEventListener("click", () => leave(extra.answer))
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(null)
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
