// What stands in a text until a picture does: its preview, how far it is, what is wrong, and two ways on.
import { element } from "editor/dialogs"

export function waitingPlace(file, { again, leave }) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": "How far the upload is" })
  const state = element("p", { className: "waiting__state", role: "status" })
  const retry = element("button", { type: "button", textContent: "Try again", hidden: true })
  const away = element("button", { type: "button", textContent: "Leave it out" })
  const shown = element("img", { alt: "", hidden: true })
  const name = element("p", { className: "waiting__name", textContent: file.name ?? "Pasted picture" })
  const words = element("div", { className: "waiting__words" }, [name, bar, state, element("div", {}, [retry, away])])
  const dom = element("div", { className: "waiting", contentEditable: "false" }, [shown, words])
  let preview = ""
  const show = (found) => {
    if (!(found instanceof File)) return
    preview = URL.createObjectURL(found)
    shown.src = preview
  }
  shown.addEventListener("load", () => (shown.hidden = false))
  retry.addEventListener("click", again)
  away.addEventListener("click", leave)
  show(file)
  if (!(file instanceof File)) file.then(show, () => {})
  return {
    file,
    dom,
    forget: () => URL.revokeObjectURL(preview),
    begin() {
      state.textContent = "On its way into the library"
      dom.classList.remove("is-refused")
      retry.hidden = true
      Object.assign(bar, { hidden: false, value: 0 })
    },
    progress(share) {
      bar.value = share
      if (share === 1) state.textContent = "Sent; the library looks at it"
    },
    ready(isKnown) {
      bar.hidden = true
      state.textContent = isKnown ? "Was in the library already; waits to be described" : "In the library; waits to be described"
    },
    refuse(sentence) {
      state.textContent = sentence
      dom.classList.add("is-refused")
      retry.hidden = false
      bar.hidden = true
    },
  }
}
