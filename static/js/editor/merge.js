// Two versions of a text, merged place by place: a choice puts mine, theirs or both into the editor.
const panel = document.querySelector("[data-merge]")
const stored = document.getElementById("merge-parts")
const textarea = document.querySelector("#post_form textarea[name=body]")
const SAID = { mine: "yours stands in the form", theirs: "theirs stands in the form", both: "both stand in the form, yours first" }

if (panel && stored && textarea) start(JSON.parse(stored.textContent))

function start(parts) {
  const status = panel.querySelector("[data-merge-status]")
  const htmlOf = ({ same, mine, theirs, choice }) => same ?? { mine, theirs, both: mine + theirs }[choice]
  let put = textarea.value

  const write = (html) => {
    if (textarea.editor) textarea.editor.commands.setContent(html, { emitUpdate: true })
    else textarea.value = html
    textarea.dispatchEvent(new Event("input", { bubbles: true }))
  }

  // Whatever was typed into the text since stays: then only this one place is exchanged, if it can still be found.
  const choose = (part, choice) => {
    const before = htmlOf(part)
    const isTyped = textarea.value !== put
    const at = before ? textarea.value.indexOf(before) : -1
    if (isTyped && (at < 0 || textarea.value.indexOf(before, at + 1) >= 0)) return false
    const text = textarea.value
    part.choice = choice
    if (isTyped) {
      write(text.slice(0, at) + htmlOf(part) + text.slice(at + before.length))
    } else {
      write(parts.map(htmlOf).join(""))
      put = textarea.value
    }
    return true
  }

  for (const place of panel.querySelectorAll("[data-merge-place]")) {
    const part = parts[Number(place.dataset.mergePlace)]
    const choices = place.querySelector("[data-merge-choices]")
    choices.hidden = false
    choices.addEventListener("click", ({ target }) => {
      const { mergeChoice } = target.closest("[data-merge-choice]")?.dataset ?? {}
      if (!mergeChoice) return
      if (!choose(part, mergeChoice)) {
        status.textContent = "You have changed this place in the text since, so nothing was put there. Copy from here what you need."
        return
      }
      for (const button of choices.children) button.setAttribute("aria-pressed", button.dataset.mergeChoice === mergeChoice)
      place.querySelector("[data-merge-state]").textContent = SAID[mergeChoice]
      place.classList.remove("merge__place--clash")
      const open = panel.querySelectorAll(".merge__place--clash").length
      status.textContent = open ? `${open} ${open === 1 ? "place" : "places"} still to decide.` : "All places are decided. Save when the text is right."
    })
  }
}
