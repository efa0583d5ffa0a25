// The form of a post: growing lines, a button that says what it will do, and nothing lost by a closed tab.
import { guard } from "editor/keep"

const form = document.getElementById("post_form")

for (const line of form?.querySelectorAll("textarea.post-title, textarea.post-standfirst") ?? []) {
  const grow = () => {
    line.style.height = "auto"
    line.style.height = `${line.scrollHeight}px`
  }
  line.addEventListener("input", grow)
  window.addEventListener("resize", grow)
  if (line.matches(".post-title")) {
    line.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return
      event.preventDefault()
      form.querySelector("textarea.post-standfirst")?.focus()
    })
  }
  grow()
}

const date = form?.querySelector("#id_published_at")
const publish = form?.querySelector("button[value=publish]")
if (date && publish) {
  const label = publish.textContent
  const name = () => (publish.textContent = date.value && new Date(date.value) > new Date() ? label.replace("Publish", "Schedule") : label)
  date.addEventListener("input", name)
  name()
}

form?.addEventListener("click", (event) => {
  const deed = event.target.closest("button[name=_deed][data-confirm]")
  if (deed && !window.confirm(deed.dataset.confirm)) event.preventDefault()
})

for (const wrong of document.querySelectorAll("details:has(.errorlist)")) wrong.open = true

if (form) guard(form)
