// A field that holds the number of a picture: its thumbnail, and buttons instead of the number.
import { described } from "editor/describing"
import { element } from "editor/dialogs"
import { pickPicture } from "editor/library"

for (const field of document.querySelectorAll("[data-picture]")) {
  const input = field.querySelector("input")
  const frame = field.querySelector(".picture__frame")
  const image = field.querySelector("img")
  const choose = element("button", { type: "button", className: "picture__button" })
  const remove = element("button", { type: "button", className: "picture__button", textContent: "Remove" })
  const name = () => {
    choose.textContent = input.value ? "Another picture" : "Choose a picture"
    remove.hidden = !input.value
    frame.hidden = !input.value
  }
  const set = (value) => {
    input.value = value
    input.dispatchEvent(new Event("input", { bubbles: true }))
    name()
  }
  choose.addEventListener("click", async () => {
    const picked = await pickPicture({ address: field.dataset.library, upload: field.dataset.libraryUpload })
    const isSilent = picked && !picked.alt && !picked.is_decorative
    const picture = isSilent ? await described(picked, { submit: "Use it" }) : picked
    if (!picture) return
    image.src = picture.thumbnail
    image.alt = picture.alt || picture.name
    set(picture.id)
  })
  remove.addEventListener("click", () => set(""))
  choose.id = `${input.id}-choose`
  document.querySelector(`label[for="${input.id}"]`)?.setAttribute("for", choose.id)
  input.type = "hidden"
  field.append(choose, remove)
  name()
}
