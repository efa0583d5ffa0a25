// Only title, standfirst, text and the count of words: everything else steps back until it is asked for.
import { element } from "editor/dialogs"

const KEPT = "newsroom:alone"
const CLASS = "alone"

const remember = (isOn) => {
  try {
    if (isOn) localStorage.setItem(KEPT, "1")
    else localStorage.removeItem(KEPT)
  } catch {
    // A closed store: the choice lasts as long as the page.
  }
}
const remembered = () => {
  try {
    return localStorage.getItem(KEPT) === "1"
  } catch {
    return false
  }
}

// For the form of a post. Returns the switch: with no argument it turns over.
export function aloneWith(form, editor, foot, button) {
  if (!form.matches("#post_form") || !form.querySelector(".desk__text")) return null
  const root = document.documentElement
  const back = element("button", { type: "button", className: "alone__back", textContent: "Show everything" })
  foot.append(back)
  const set = (isOn = !root.classList.contains(CLASS), isAsked = true) => {
    if (root.classList.contains(CLASS) === isOn) return
    root.classList.toggle(CLASS, isOn)
    button.setAttribute("aria-pressed", String(isOn))
    if (!isAsked) return
    remember(isOn)
    window.dispatchEvent(new Event("resize"))
    if (isOn) editor.commands.focus()
    else if (document.activeElement === document.body) button.focus()
    editor.commands.scrollIntoView()
  }
  button.setAttribute("aria-pressed", "false")
  button.addEventListener("click", () => set())
  back.addEventListener("click", () => {
    set(false)
    button.focus()
  })
  const leave = (event) => {
    const isElsewhere = document.querySelector("dialog[open]") || event.target.closest?.(".toolbar")
    if (event.key !== "Escape" || isElsewhere || !root.classList.contains(CLASS)) return
    event.preventDefault()
    set(false)
  }
  document.addEventListener("keydown", leave, true)
  editor.on("selectionUpdate", () => form.classList.toggle("has-selection", !editor.state.selection.empty))
  if (remembered() && !document.querySelector(".errornote")) set(true, false)
  return set
}
