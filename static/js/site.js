// Every page: "/" goes to the search box, and the menu shows where the reader is.

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
