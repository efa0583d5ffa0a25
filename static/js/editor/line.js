// The line at the foot of the form: what is well in grey, what is not in words that stay, with a button for the cure.
import { element } from "editor/dialogs"

export function lineOf(place) {
  const state = place.querySelector("[data-keeping-state]")
  const trouble = place.querySelector("[data-keeping-trouble]")
  place.hidden = false
  const say = (sentence) => (state.textContent = sentence)

  // Said once, not again with every try.
  function warn(sentence, ...deeds) {
    if (trouble.firstChild?.textContent === sentence && trouble.childNodes.length === deeds.length + 1) return
    trouble.replaceChildren(...(sentence ? [element("p", { textContent: sentence })] : []), ...deeds)
    if (sentence) say("")
  }

  function button(textContent, deed) {
    const made = element("button", { type: "button", textContent })
    made.addEventListener("click", deed)
    return made
  }

  return {
    say,
    warn,
    button,
    isSaying: (sentence) => state.textContent === sentence,
    isWarningOf: (beginning) => trouble.textContent.startsWith(beginning),
  }
}
