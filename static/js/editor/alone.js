// A form whose server keeps nothing before it is sent, such as a guest author's: every key is kept in this browser, and
// what was not sent is offered when the form is opened again.
import { element } from "editor/dialogs"
import { drafts, textOf } from "editor/drafts"

const FULL = "This browser cannot keep your text: its store is full or closed to this page. Save often, and leave the page open."
const OF_THE_FORM = /^seen_/

export async function keepHere(form) {
  const scope = `form:${location.pathname}`
  const now = { text: textOf(form), isDirty: false, isSent: false, isKept: true }
  const state = element("p", { className: "keeping__alone", role: "status" })
  form.append(state)
  let store = null
  const record = () => ({ scope, user: "", text: now.text, typed_at: Date.now(), isSent: now.isSent })

  function typed() {
    const text = textOf(form)
    if (text === now.text) return
    now.text = text
    now.isDirty = true
    store?.keep(record)
  }
  form.addEventListener("input", ({ target }) => target.isContentEditable || typed())
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return
    now.isSent = true
    if (now.isDirty) store?.keep(record)
  })
  window.addEventListener("pageshow", () => (now.isSent = false))
  window.addEventListener("beforeunload", (event) => {
    if (now.isDirty && !now.isSent && !(now.isKept && store?.isIdle())) event.preventDefault()
  })

  store = await drafts((isKept) => {
    now.isKept = isKept
    state.textContent = isKept ? "" : FULL
  })
  if (now.isDirty) store.keep(record)
  const { gone } = await store.left().catch(() => ({ gone: [] }))
  for (const one of gone) if (one.scope === scope) await offer(one)

  async function offer({ window: from, text, typed_at, isSent }) {
    const kept = JSON.parse(text)
    const shown = JSON.parse(now.text)
    const differs = (name) => !OF_THE_FORM.test(name) && !(isSent && name === "note") && kept[name].join("\n") !== (shown[name] ?? []).join("\n")
    const names = Object.keys(kept).filter(differs)
    const isStillWrong = document.querySelector("[aria-invalid=true], .theirs")
    if (!names.length || isStillWrong) return store.forget(from)
    const when = new Date(typed_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
    const back = element("button", { type: "button", className: "button", textContent: "Bring it back" })
    const away = element("button", { type: "button", className: "button button--quiet", textContent: "Throw it away" })
    const texts = names.map((name) => element("p", { className: "keeping__text", textContent: plain(kept[name].join("\n")) || "(empty)" }))
    const note = element("section", { className: "keeping__offer", "aria-label": "Text that was not sent" }, [
      element("p", { textContent: `This browser holds text of ${when} that was never saved:` }),
      ...texts,
      back,
      " ",
      away,
    ])
    back.addEventListener("click", () => {
      for (const name of names) fill(form.elements[name], kept[name].join("\n"))
      typed()
      end()
    })
    away.addEventListener("click", end)
    function end() {
      note.remove()
      store.forget(from)
    }
    form.prepend(note)
  }
}

const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim()

function fill(field, value) {
  if (!field || field.value === value) return
  if (field.editor) field.editor.commands.setContent(value, { emitUpdate: true })
  else field.value = value
  field.dispatchEvent(new Event("input", { bubbles: true }))
}
