// The form of a guest author: growing lines, and nothing lost by a closed tab.
import { guard } from "editor/keep"

const form = document.querySelector("[data-guest]")

for (const line of form?.querySelectorAll("textarea.guest__title, textarea.guest__standfirst") ?? []) {
  const grow = () => {
    line.style.height = "auto"
    line.style.height = `${line.scrollHeight}px`
  }
  line.addEventListener("input", grow)
  window.addEventListener("resize", grow)
  if (line.matches("[data-line]")) {
    line.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return
      event.preventDefault()
      form.elements.standfirst?.focus()
    })
  }
  grow()
}

if (form) guard(form)
