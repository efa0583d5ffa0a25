// The numbers of a picture's bars by the keyboard too: ← and → go from bar to bar, what each stands for is written above
// and said. By the mouse each shows it above as well; without this, as its title.
function read(frame) {
  const picture = frame.querySelector("svg")
  const slots = [...picture.querySelectorAll(".graph__slot")]
  const titles = slots.map((slot) => slot.querySelector("title").textContent.trim())
  const said = document.createElement("p")
  said.className = "graph__said"
  said.setAttribute("aria-live", "polite")
  frame.append(said)
  let at = -1

  function choose(place) {
    slots[at]?.classList.remove("is-chosen")
    at = place
    slots[at]?.classList.add("is-chosen")
    said.textContent = titles[at] ?? ""
  }

  picture.tabIndex = 0
  picture.addEventListener("keydown", (event) => {
    const last = slots.length - 1
    const places = { ArrowLeft: at < 0 ? last : at - 1, ArrowRight: at + 1, Home: 0, End: last, Escape: -1 }
    if (!(event.key in places) || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    choose(event.key === "Escape" ? -1 : Math.min(last, Math.max(0, places[event.key])))
  })
  picture.addEventListener("blur", () => choose(-1))
  for (const [place, slot] of slots.entries()) slot.addEventListener("pointerenter", () => choose(place))
  picture.addEventListener("pointerleave", () => choose(-1))
  for (const slot of slots) slot.querySelector("title").remove() // it would cover what is written
}

document.querySelectorAll("[data-graph]").forEach(read)
