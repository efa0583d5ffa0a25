// The focus of a picture, set by a click into it; the two numbers below stay the form's fields.
const picture = document.querySelector("[data-focus]")
const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))

if (picture && x && y) {
  const spot = document.createElement("span")
  spot.className = "focus__spot"
  picture.append(spot)
  const show = () => {
    spot.style.left = `${x.value * 100}%`
    spot.style.top = `${y.value * 100}%`
  }
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect()
    const share = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size)).toFixed(3)
    x.value = share(event.clientX, box.left, box.width)
    y.value = share(event.clientY, box.top, box.height)
    show()
  })
  for (const input of [x, y]) input.addEventListener("input", show)
  show()
}
