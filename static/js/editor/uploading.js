// Sends pictures to the library, three at a time. Each upload tells how far it is and ends with the picture as
// images/picking.py describes it, or with a sentence to show.
const AT_ONCE = 3
const SIGNED_OUT = "You are no longer signed in. Sign in in another window, then try again."
const UNREACHED = "The server did not answer. Check the connection, then try again."
const FORBIDDEN = "Your account may not add pictures, or this page is too old. Load it again; if that does not help, ask an editor."

let running = 0
const waiting = []

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1
    waiting.shift()().finally(() => {
      running -= 1
      next()
    })
  }
}

// The token stands in the cookie, which signing in again renews, and in the page.
export const token = () =>
  /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? ""

function refusalOf(request) {
  if (request.status === 413) return "The file is larger than the server takes. Save it smaller; 2400 pixels on the longer side are enough."
  if (request.status === 403) return FORBIDDEN
  if (request.responseURL.includes("/login/")) return SIGNED_OUT
  return request.status ? `The server could not take the picture (${request.status}). Try again; if that does not help, tell whoever runs the site.` : UNREACHED
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText)
  } catch {
    return null
  }
}

async function send(given, address, onProgress) {
  const file = await given
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append("file", file, file.name || "picture")
    request.open("POST", address)
    request.setRequestHeader("X-CSRFToken", token())
    request.setRequestHeader("Accept", "application/json")
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0))
    request.addEventListener("load", () => {
      const answer = answerOf(request)
      if (answer?.image) resolve({ picture: answer.image, isKnown: answer.is_known })
      else reject(new Error(answer?.refusal ?? refusalOf(request)))
    })
    for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, () => reject(new Error(UNREACHED)))
    request.send(form)
  })
}

// Takes a file or the promise of one. Resolves to {picture, isKnown}; rejects with an Error whose message is the sentence of refusal.
export function upload(file, address, onProgress = () => {}) {
  return new Promise((resolve, reject) => {
    waiting.push(() => send(file, address, onProgress).then(resolve, reject))
    next()
  })
}

export const isPicture = (file) => /^image\//.test(file.type) || /\.(jpe?g|png|webp|avif|gif|heic|svg)$/i.test(file.name)
export const picturesOf = (transfer) => [...(transfer?.files ?? [])].filter(isPicture)

// Whether pasted HTML says anything; a browser that copies a picture gives its file and HTML that holds only the picture.
export function saysSomething(html) {
  const { body } = new DOMParser().parseFromString(html || "", "text/html")
  for (const node of body.querySelectorAll("style, script, title, meta")) node.remove()
  return Boolean(body.textContent.trim())
}
