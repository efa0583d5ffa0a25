// The focus of a picture: set by a click into it, or moved with the arrows; the two numbers beside it stay the form's
// fields. The crops show at once what readers will see (images/renditions.py, box_around).
const picture = document.querySelector("[data-focus]")
const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))
const STEP = 0.01
const LARGE = 0.1
const ARROWS = { ArrowLeft: [x, -1], ArrowRight: [x, 1], ArrowUp: [y, -1], ArrowDown: [y, 1] }
const inside = (share) => Math.min(1, Math.max(0, share))
const percent = (input) => Math.round(input.value * 100)

// Where along one edge a cut of this length begins, as the share of what is left over that CSS asks for.
const placed = (focus, whole, part) => (whole > part ? inside((focus * whole - part / 2) / (whole - part)) * 100 : 50)

function start() {
  const image = picture.querySelector("img")
  const help = document.querySelector("[data-focus-help]")
  const said = document.querySelector("[data-focus-said]")
  const crops = document.querySelector("[data-crops]")
  const spot = document.createElement("button")
  spot.type = "button"
  spot.className = "focus__spot"
  spot.setAttribute("aria-describedby", help.id)
  picture.append(spot)
  help.hidden = crops.hidden = false

  const show = () => {
    spot.style.left = `${inside(x.value) * 100}%`
    spot.style.top = `${inside(y.value) * 100}%`
    spot.setAttribute("aria-label", `Focus: ${percent(x)}% from the left, ${percent(y)}% from the top`)
    const [width, height] = [image.naturalWidth || image.width, image.naturalHeight || image.height]
    for (const crop of crops.querySelectorAll("[data-crop]")) {
      const shape = crop.clientWidth / crop.clientHeight || 1
      const [wide, high] = [Math.min(width, height * shape), Math.min(height, width / shape)]
      crop.style.objectPosition = `${placed(inside(x.value), width, wide)}% ${placed(inside(y.value), height, high)}%`
    }
  }
  const set = (input, share) => {
    input.value = Number(inside(share).toFixed(3))
    input.dispatchEvent(new Event("input", { bubbles: true }))
  }
  const tell = () => (said.textContent = spot.getAttribute("aria-label"))

  picture.addEventListener("click", (event) => {
    if (event.target === spot && event.detail === 0) return
    const box = image.getBoundingClientRect()
    set(x, (event.clientX - box.left) / box.width)
    set(y, (event.clientY - box.top) / box.height)
    spot.focus({ preventScroll: true })
    tell()
  })
  spot.addEventListener("keydown", (event) => {
    const [input, way] = ARROWS[event.key] ?? []
    if (!input) return
    event.preventDefault()
    set(input, Number(input.value) + way * (event.shiftKey ? LARGE : STEP))
    tell()
  })
  for (const input of [x, y]) input.addEventListener("input", show)
  image.addEventListener("load", show)
  window.addEventListener("resize", show)
  show()
}

if (picture && x && y) start()
