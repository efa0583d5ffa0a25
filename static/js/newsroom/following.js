// An import under way: how far it is, without a new page. When it stands otherwise, its buttons do too: a new page.
const AGAIN = 2000
const LATER = 15000

const section = document.querySelector("[data-following]")

function show(now) {
  for (const part of section.querySelectorAll("[data-now]")) {
    const said = now[part.dataset.now]
    if (part.textContent !== said) part.textContent = said
  }
  section.querySelector("[data-now=trouble]").hidden = !now.trouble
  const bar = section.querySelector("progress")
  if (now.total) {
    bar.max = now.total
    bar.value = now.done
  } else bar.removeAttribute("value")
}

async function look() {
  let wait = document.hidden ? LATER : AGAIN
  try {
    const answer = await fetch(section.dataset.following, { headers: { Accept: "application/json" } })
    if (answer.redirected || answer.status === 403 || answer.status === 404) return
    const now = await answer.json()
    if (now.state !== section.dataset.state) return location.reload()
    show(now)
  } catch {
    wait = LATER // Not answered now.
  }
  setTimeout(look, wait)
}

if (section) setTimeout(look, AGAIN)
