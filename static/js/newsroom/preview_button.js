// "Preview" first sends what is typed, then opens it beside the form. Without this script it opens what is saved.
const UNNAMED = "00000000-0000-0000-0000-000000000000"
const button = document.querySelector("[data-preview]")
const form = button?.closest("form")

// A post never saved goes by the key under which its typed text is kept.
const addressOf = () => button.href.replace(UNNAMED, form.elements.kept_key?.value ?? UNNAMED)

async function open() {
  const view = window.open("", button.target)
  const word = await form.keepNow()
  const address = addressOf()
  if (word === "nothing" && button.href.includes(UNNAMED)) {
    view?.close()
    return form.querySelector("textarea")?.focus()
  }
  view?.location.assign(word === "kept" ? `${address}?text=typed` : address)
}

if (form?.keepNow) {
  button.hidden = false
  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    open()
  })
}
