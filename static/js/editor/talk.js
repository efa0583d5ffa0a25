// Asking the server: whatever happens, an answer with a status comes back, 0 when there was none.
export const AWAY = "The server does not answer. Your text is kept in this browser; it is tried again."
const PATIENCE = 20_000

const addressOf = (url, query) => `${url}?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined))}`

async function asked(url, options, size = 0) {
  try {
    const answer = await fetch(url, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      signal: AbortSignal.timeout(PATIENCE + size / 50),
    })
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json")
    return { status: answer.status, said: isJson ? await answer.json() : null, html: isJson ? "" : await answer.text() }
  } catch {
    return { status: 0, said: null, html: "" }
  }
}

export const isAway = ({ status, said }) => status === 0 || (status >= 500 && status !== 507) || (status === 200 && said === null)
const isStale = ({ status, said }) => status === 403 && said === null

// For one form: its token is renewed when signing in has made it old.
export function talker(form, sessionUrl) {
  const token = form.elements.csrfmiddlewaretoken
  const session = async () => {
    const answer = await asked(sessionUrl, {})
    if (answer.said?.csrf && token) token.value = answer.said.csrf
    return answer
  }
  const post = async (url, query, text = "", options = {}) => {
    const send = () =>
      asked(
        addressOf(url, query),
        { method: "POST", body: text, headers: { "Content-Type": "application/json", "X-CSRFToken": token?.value ?? "" }, ...options },
        text.length,
      )
    const answer = await send()
    if (!isStale(answer)) return answer
    const now = await session()
    return now.status === 200 && !now.said?.signed_in ? { status: 401, said: { problem: "signed_out", sentence: "" } } : send()
  }
  const get = (url, query) => asked(addressOf(url, query), {})
  return { session, post, get }
}
