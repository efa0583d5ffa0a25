// The time trap of the sign-up forms: notes for how many seconds the page has been open when a form is sent.
// Without scripts the field stays empty and the form works all the same (newsletter/forms.py).
const opened = performance.now();

for (const form of document.querySelectorAll("[data-sign-up]")) {
  form.addEventListener("submit", () => {
    form.elements.age.value = ((performance.now() - opened) / 1000).toFixed(1);
  });
}
