// Every page: "/" goes to the search box, the menu shows where the reader is, light or dark is remembered, sign-up
// forms tell their age.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const boxes = [...document.querySelectorAll("[data-search]")];
  const box = boxes.reverse().find((field) => field.checkVisibility?.() ?? field.offsetParent);
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

const menu = document.querySelector("[data-menu]");
const current = menu?.querySelector("[aria-current]");
if (current && menu.scrollWidth > menu.clientWidth) {
  const middle = (box) => box.left + box.width / 2;
  menu.scrollLeft += middle(current.getBoundingClientRect()) - middle(menu.getBoundingClientRect());
}

// Light or dark. theme.js has set it before the page was drawn; the newsroom keeps it by the same name.
const choice = document.querySelector("[data-theme-choice]");

function tick() {
  const now = document.documentElement.dataset.theme;
  for (const radio of choice?.querySelectorAll("input") ?? []) radio.checked = radio.value === now;
}

tick();
choice?.addEventListener("change", (event) => {
  showTheme(event.target.value);
  try {
    localStorage.theme = event.target.value;
  } catch {
    // a browser that keeps nothing shows it on this page
  }
});
addEventListener("storage", (event) => {
  if (event.key !== "theme") return;
  showTheme(["light", "dark"].includes(event.newValue) ? event.newValue : "auto");
  tick();
});

// The time trap of the sign-up forms: notes for how many seconds the page has been open when a form is sent.
// Without scripts the field stays empty and the form works all the same (newsletter/forms.py).
const opened = performance.now();

for (const form of document.querySelectorAll("[data-sign-up]")) {
  form.addEventListener("submit", () => {
    form.elements.age.value = ((performance.now() - opened) / 1000).toFixed(1);
  });
}
