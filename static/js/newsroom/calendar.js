/* Moving what is not out to another day with the mouse. The form behind “Move” does the same for every hand. */

const table = document.querySelector("[data-calendar]")
const form = document.querySelector("[data-move-form]")
let moved = null

if (table && form) {
  for (const entry of table.querySelectorAll("[data-entry]")) {
    entry.draggable = true
    entry.addEventListener("dragstart", (event) => {
      moved = entry
      event.dataTransfer.effectAllowed = "move"
      event.dataTransfer.setData("text/plain", entry.querySelector("a").textContent)
      entry.classList.add("entry--moved")
    })
    entry.addEventListener("dragend", () => {
      moved = null
      entry.classList.remove("entry--moved")
      table.querySelector(".day--aim")?.classList.remove("day--aim")
    })
  }
  table.addEventListener("dragover", (event) => {
    const day = event.target.closest("[data-day]")
    table.querySelector(".day--aim")?.classList.remove("day--aim")
    if (!moved || !day || day.contains(moved) || "past" in day.dataset) return
    event.preventDefault()
    event.dataTransfer.dropEffect = "move"
    day.classList.add("day--aim")
  })
  table.addEventListener("drop", (event) => {
    const day = event.target.closest("[data-day]")
    if (!moved || !day || day.contains(moved) || "past" in day.dataset) return
    event.preventDefault()
    form.action = moved.dataset.entry
    form.elements.day.value = day.dataset.day
    form.elements.version.value = moved.dataset.version
    form.requestSubmit()
  })
}
