// Adding many pictures: chosen or dropped, sent one by one, three at a time; what was refused can be sent again.
import { element } from "editor/dialogs"
import { isPicture, upload } from "editor/uploading"

const form = document.querySelector("[data-adding]")
const [zone, results, total, all, list, next, link] = ["zone", "results", "total", "all", "list", "next", "describe"].map((name) =>
  form.querySelector(`[data-${name}]`),
)
const input = form.querySelector("input[type=file]")
const STATES = { refused: "Refused", known: "Already in the library", added: "Added" }
const rows = []

const progress = () => {
  all.value = rows.reduce((sum, { share }) => sum + share, 0) / rows.length
  all.hidden = rows.every(({ state }) => state !== "waiting")
}
const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`

function tell() {
  const of = (state) => rows.filter((row) => row.state === state).length
  const settled = of("added") + of("known") + of("refused")
  const parts = [`${settled} of ${counted(rows.length, "file", "files")}`, `${of("added")} added`]
  if (of("known")) parts.push(`${of("known")} already in the library`)
  if (of("refused")) parts.push(`${of("refused")} refused`)
  total.textContent = `${parts.join(", ")}.`
  progress()
  const ids = [...new Set(rows.filter(({ id }) => id).map(({ id }) => id))]
  link.href = `${form.dataset.describing}?ids=${ids.join()}`
  link.textContent = `Describe ${counted(ids.length, "picture", "pictures")}`
  next.hidden = !ids.length || settled < rows.length
}

// A small drawing of the file: the library has none until its worker has made one, and the files themselves are large.
async function drawn(file) {
  const picture = await createImageBitmap(file, { resizeHeight: 128 })
  const canvas = element("canvas", { className: "thumbnail", width: 192, height: 128 })
  canvas.getContext("2d").drawImage(picture, (192 - picture.width) / 2, 0)
  picture.close()
  return canvas
}

function rowOf(file) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": file.name })
  const state = element("span", { className: "adding__state" })
  const again = element("button", { type: "button", className: "adding__again", textContent: "Try again", hidden: true, "aria-label": `Try ${file.name} again` })
  const frame = element("span", { className: "adding__frame" })
  const item = element("li", { className: "adding__row" }, [frame, element("span", { className: "adding__name", textContent: file.name }), bar, state, again])
  const row = { state: "waiting", share: 0, id: null }
  const settle = (name, words) => {
    Object.assign(row, { state: name, share: 1 })
    item.classList.toggle("adding__row--refused", name === "refused")
    bar.hidden = true
    state.textContent = words
    again.hidden = name !== "refused"
    tell()
  }
  const send = async () => {
    Object.assign(bar, { hidden: false, value: 0 })
    Object.assign(row, { state: "waiting", share: 0 })
    state.textContent = ""
    again.hidden = true
    item.classList.remove("adding__row--refused")
    try {
      const { picture, isKnown } = await upload(file, form.dataset.adding, (share) => {
        row.share = bar.value = share
        progress()
      })
      row.id = picture.id
      drawn(file).then((canvas) => frame.replaceChildren(canvas), () => {})
      settle(isKnown ? "known" : "added", STATES[isKnown ? "known" : "added"])
    } catch (refusal) {
      settle("refused", refusal.message)
    }
  }
  again.addEventListener("click", () => {
    send()
    tell()
  })
  list.append(item)
  rows.push(row)
  return send
}

function take(files) {
  if (!files.length) return
  results.hidden = false
  const sends = [...files].map(rowOf)
  tell()
  for (const send of sends) send()
}

for (const node of form.querySelectorAll("[data-only-with-script]")) node.hidden = false
for (const node of form.querySelectorAll("[data-only-without-script]")) node.hidden = true
input.addEventListener("change", () => {
  take(input.files)
  input.value = ""
})
form.addEventListener("submit", (event) => event.preventDefault())
for (const name of ["dragover", "dragenter"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    zone.classList.add("is-over")
  })
}
document.addEventListener("dragleave", (event) => event.relatedTarget || zone.classList.remove("is-over"))
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return
  event.preventDefault()
  zone.classList.remove("is-over")
  take([...event.dataTransfer.files].filter((file) => file.size || isPicture(file)))
})
window.addEventListener("beforeunload", (event) => rows.some(({ state }) => state === "waiting") && event.preventDefault())
