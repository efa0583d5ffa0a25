// How long a mailing can still be taken back: counted down beside its hour. Once it is over, the page shows other buttons.
const place = document.querySelector("[data-counts-down]")
const end = place && Date.parse(place.dataset.countsDown)

function tick() {
  const left = Math.ceil((end - Date.now()) / 1000)
  if (left <= 0) return setTimeout(() => location.reload(), 1500)
  const seconds = String(left % 60).padStart(2, "0")
  const minutes = Math.floor(left / 60)
  place.textContent = minutes < 60 ? ` (in ${minutes}:${seconds})` : ""
  setTimeout(tick, 1000)
}

if (end) tick()
