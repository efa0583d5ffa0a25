// What is read right now: the panel is shown anew every few seconds while somebody looks at it. It can be held, rests in
// a hidden tab and gives up, with a sentence, when the newsroom does not answer. Without this it stands as it was loaded.
const AGAIN = 10000
const FAILURES = 3
const SIGNED_OUT = "You are signed out. Load the page again to sign in."
const AWAY = "The newsroom does not answer, so this no longer moves. Load the page again."

function follow(panel) {
  const part = panel.querySelector("[data-live-part]")
  const trouble = panel.querySelector("[data-live-trouble]")
  let failures = 0
  let timer = 0
  let isHeld = false

  function stop(sentence) {
    isHeld = true
    button.remove()
    trouble.textContent = sentence
  }

  async function look() {
    try {
      const answer = await fetch(panel.dataset.live, { headers: { Accept: "text/html" }, cache: "no-store" })
      if (answer.redirected || answer.status === 403) return stop(SIGNED_OUT)
      if (!answer.ok) throw new Error(String(answer.status))
      const html = await answer.text()
      failures = 0
      // Whoever is on a link of it, or reads a bar's number, is not disturbed.
      if (!isHeld && !part.matches(":hover") && !part.contains(document.activeElement)) show(html)
    } catch {
      failures += 1
      if (failures >= FAILURES) return stop(AWAY)
    }
    wait()
  }

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html")
    part.replaceChildren(...page.body.childNodes)
  }

  function wait() {
    clearTimeout(timer)
    if (!isHeld && !document.hidden) timer = setTimeout(look, AGAIN)
  }

  const button = document.createElement("button")
  button.type = "button"
  button.className = "live__pause"
  button.textContent = "Hold"
  button.setAttribute("aria-label", "Hold what is read right now")
  button.setAttribute("aria-pressed", "false")
  button.addEventListener("click", () => {
    isHeld = !isHeld
    button.setAttribute("aria-pressed", String(isHeld))
    button.textContent = isHeld ? "Held" : "Hold"
    if (isHeld) clearTimeout(timer)
    else look()
  })
  panel.querySelector(".live__head").append(button)
  document.addEventListener("visibilitychange", () => {
    if (isHeld) return
    if (document.hidden) clearTimeout(timer)
    else look()
  })
  wait()
}

document.querySelectorAll("[data-live]").forEach(follow)
