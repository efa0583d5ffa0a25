// Names for what Django's own scripts leave without one: fields that find what they choose from.
const nameOf = (select) =>
  select.getAttribute("aria-label") ||
  document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.replace(/:\s*$/, "").trim()

const nameAll = () => {
  for (const box of document.querySelectorAll("select.admin-autocomplete + .select2-container")) {
    const name = nameOf(box.previousElementSibling)
    if (!name) continue
    const field = box.querySelector(".select2-selection")
    field.removeAttribute("aria-labelledby")
    for (const part of [field, box.querySelector(".select2-selection__rendered[role=textbox]")]) {
      part?.setAttribute("aria-label", name)
    }
  }
}

// They come when jQuery is ready, and with each added row.
const isBox = (node) => node.matches?.(".select2-container")
new MutationObserver((changes) => {
  if (changes.some(({ addedNodes }) => [...addedNodes].some(isBox))) nameAll()
}).observe(document.body, { childList: true, subtree: true })
nameAll()
