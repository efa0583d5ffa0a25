// The time left until what cannot be undone goes out. Counted from when the page was shown; the server decides.
import { refresh } from "editor/panels"

const SPOKEN = [60, 30, 10]
const A_LITTLE_AFTER = 4000

function count(shown) {
  const ends = performance.now() + Number(shown.dataset.countdown) * 1000
  const spoken = document.createElement("span")
  spoken.className = "visually-hidden"
  spoken.setAttribute("role", "status")
  shown.after(spoken)
  const tick = () => {
    if (!shown.isConnected) return
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000))
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
    if (SPOKEN.includes(left)) spoken.textContent = `${left} seconds until the announcement`
    if (left) setTimeout(tick, 1000 - ((performance.now() - ends) % 1000 + 1000) % 1000 || 1000)
    else setTimeout(() => refresh(shown.closest("[data-panel]")), A_LITTLE_AFTER)
  }
  tick()
}

const begin = (within) => within.querySelectorAll("[data-countdown]").forEach(count)
begin(document)
document.addEventListener("panel:shown", ({ target }) => begin(target))
