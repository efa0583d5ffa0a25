// Asks the browser to make or to show a passkey, and sends its answer with the form.
const OVER = "The browser did not give a passkey: it was called off, took too long, or knows none for this site."
const UNREACHED = "The server does not answer. Check the connection, then try again."

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")

const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }))

function given(options) {
  const key = { ...options, challenge: bytes(options.challenge) }
  if (options.user) key.user = { ...options.user, id: bytes(options.user.id) }
  if (options.excludeCredentials) key.excludeCredentials = named(options.excludeCredentials)
  if (options.allowCredentials) key.allowCredentials = named(options.allowCredentials)
  return key
}

function answered(credential) {
  const response = {}
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name])
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} })
}

async function asked(form, use) {
  const body = new URLSearchParams({ use, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value })
  let answer
  try {
    answer = await fetch(form.dataset.passkeyOptions, { method: "POST", body, headers: { Accept: "application/json" } })
  } catch {
    throw new Error(UNREACHED)
  }
  const said = await answer.json().catch(() => ({ sentence: UNREACHED }))
  if (!answer.ok) throw new Error(said.sentence)
  const publicKey = given(said.publicKey)
  try {
    return use === "make" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey })
  } catch {
    throw new Error(OVER)
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue
  form.hidden = false
  const says = form.querySelector(".passkey__says")
  form.querySelector("[data-passkey-button]")?.addEventListener("click", () => form.requestSubmit())
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    says.textContent = ""
    try {
      form.elements.passkey.value = answered(await asked(form, form.dataset.passkey))
      form.submit()
    } catch (error) {
      says.textContent = error.message
    }
  })
}
