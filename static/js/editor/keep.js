// What is typed is also kept in this browser until the server has taken it: against a closed tab, a dead line, an
// expired session. Offered again, never forced, when the same version of the same form is opened.
import { element } from "editor/dialogs"

const AFTER = 800
const FIELDS = "input[type=text], input[type=url], input[type=datetime-local], textarea"
const SKIPPED = /csrf|seen_version|_FORMS$|-position$/

const values = (form) =>
  Object.fromEntries([...form.querySelectorAll(FIELDS)].filter(({ name }) => name && !SKIPPED.test(name)).map(({ name, value }) => [name, value]))
const differs = (kept, now) => Object.entries(kept).some(([name, value]) => name in now && now[name] !== value)

export function guard(form) {
  const key = `text:${location.pathname}`
  const version = form.elements.seen_version?.value ?? ""
  const opened = values(form)
  let dirty = false
  let sending = false
  let wait

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key))
    } catch {
      return null
    }
  }
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ version, at: Date.now(), values: values(form) }))
    } catch {
      // A full or closed store: the form itself still holds everything.
    }
  }
  const forget = () => localStorage.removeItem(key)

  const kept = read()
  const isError = Boolean(document.querySelector(".errornote"))
  if (kept && (kept.version !== version || !differs(kept.values, opened))) forget()
  else if (kept && !isError) offer(kept)
  if (document.querySelector(".messagelist .success")) localStorage.removeItem("text:/admin/posts/post/add/")

  function offer({ at, values: old }) {
    const when = new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
    const back = element("button", { type: "button", textContent: "Bring it back" })
    const away = element("button", { type: "button", textContent: "Throw it away" })
    const note = element("div", { className: "kept", role: "status" }, [
      element("p", { textContent: `This browser holds text of ${when} that was never saved.` }),
      back,
      away,
    ])
    back.addEventListener("click", () => {
      for (const [name, value] of Object.entries(old)) {
        const field = form.elements[name]
        if (!field || field.value === value) continue
        if (field.editor) field.editor.commands.setContent(value, { emitUpdate: true })
        else field.value = value
        field.dispatchEvent(new Event("input", { bubbles: true }))
      }
      note.remove()
    })
    away.addEventListener("click", () => {
      forget()
      note.remove()
    })
    form.prepend(note)
  }

  form.addEventListener("input", () => {
    dirty = true
    clearTimeout(wait)
    wait = setTimeout(keep, AFTER)
  })
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return
    if (sending) return event.preventDefault()
    if (dirty) keep()
    sending = true
  })
  window.addEventListener("pageshow", () => (sending = false))
  window.addEventListener("pagehide", () => dirty && !sending && keep())
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !sending) event.preventDefault()
  })
}
