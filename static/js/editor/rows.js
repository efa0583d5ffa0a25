// Rows with a position: two arrows instead of the number. Without this script the number is typed.
const rowsOf = (table) =>
  [...table.querySelectorAll("tbody > tr")].filter((row) => row.querySelector("input[name$='-position']") && !row.matches(".empty-form"))

function renumber(table) {
  rowsOf(table).forEach((row, place) => {
    const input = row.querySelector("input[name$='-position']")
    if (input.value === String(place)) return
    input.value = place
    input.dispatchEvent(new Event("input", { bubbles: true }))
  })
}

function move(row, step) {
  const table = row.closest("table")
  const rows = rowsOf(table)
  const other = rows[rows.indexOf(row) + step]
  if (!other) return
  if (step < 0) other.before(row)
  else other.after(row)
  renumber(table)
}

function arrows(row) {
  const input = row.querySelector("input[name$='-position']")
  if (!input || row.querySelector(".arrows")) return
  const holder = document.createElement("span")
  holder.className = "arrows"
  for (const [sign, label, step] of [["↑", "Move up", -1], ["↓", "Move down", 1]]) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = sign
    button.setAttribute("aria-label", label)
    button.addEventListener("click", () => {
      move(row, step)
      button.focus()
    })
    holder.append(button)
  }
  input.type = "hidden"
  input.after(holder)
}

for (const table of document.querySelectorAll(".sortable table, #result_list")) {
  for (const row of rowsOf(table)) arrows(row)
}
document.addEventListener("formset:added", ({ target }) => {
  const table = target.closest(".sortable table")
  if (!table) return
  arrows(target)
  renumber(table)
})
