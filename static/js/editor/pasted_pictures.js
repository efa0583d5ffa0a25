// Pictures that pasted HTML brings along as data, and that would otherwise be left out: each becomes one that names a
// place, with the library's number 0, which stands where it stood until dropped.js opens it.
import { element } from "editor/dialogs"

const PLACE = "blob:waiting/"
const DATA = /<img\b[^>]*?\ssrc\s*=\s*(["'])((?:data:image\/|blob:)[^"']*)\1[^>]*>/gi
const pasted = new Map()

export function withWaiting(html, number) {
  return html.replace(DATA, (whole, quote, data) => {
    const place = number()
    pasted.set(place, data)
    return `<img src="${PLACE}${place}" data-image="0">`
  })
}

// {number, data} of a place that was pasted, once; nothing for any other address.
export function sourceOf(address) {
  if (!address?.startsWith(PLACE)) return null
  const number = Number(address.slice(PLACE.length))
  const data = pasted.get(number)
  pasted.delete(number)
  return data ? { number, data } : null
}
sourceOf.waiting = () => pasted.size > 0

// The picture as a file, at once or as a promise; a blob is read by drawing it, since the page's policy forbids fetching it.
export function fileOf(data, sentence) {
  const lost = () => {
    throw new Error(sentence)
  }
  if (!data.startsWith("data:")) return drawn(data).catch(lost)
  try {
    const [, head, body] = /^data:([^,]*),(.*)$/s.exec(data)
    const type = head.split(";")[0]
    const text = /;base64/i.test(head) ? atob(body.replace(/\s/g, "")) : decodeURIComponent(body)
    const name = `pasted.${type.split("/")[1].split("+")[0]}`
    return new File([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], name, { type })
  } catch {
    return Promise.reject(new Error(sentence))
  }
}

async function drawn(address) {
  const image = element("img", { src: address })
  await image.decode()
  const canvas = element("canvas", { width: image.naturalWidth, height: image.naturalHeight })
  canvas.getContext("2d").drawImage(image, 0, 0)
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"))
  return new File([blob], "pasted.png", { type: "image/png" })
}
