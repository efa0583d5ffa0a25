// Chips for categories and tags, by the select2 that Django ships. Without it: a list box and a line with commas.
(() => {
  const $ = window.django.jQuery
  const labelled = (select, name) => {
    const box = $(select).data("select2").$container
    box.find(".select2-search__field").attr("aria-label", name)
    box.find(".select2-selection").removeAttr("aria-labelledby").attr("aria-label", name)
    box.find(".select2-selection__rendered[role=textbox]").attr("aria-label", name)
  }
  const nameOf = (field) => document.querySelector(`label[for="${field.id}"]`)?.textContent.replace(/:$/, "").trim() ?? ""
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }))

  for (const select of document.querySelectorAll("select[data-categories]")) {
    $(select).select2({ width: "100%", theme: "admin-autocomplete", placeholder: "Choose categories" })
    // The browser sends options in the order in which they stand: the one chosen last goes last.
    $(select).on("select2:select", ({ params }) => {
      $(select).append(params.data.element).trigger("change.select2")
      labelled(select, nameOf(select))
      changed(select)
    })
    $(select).on("select2:unselect", () => changed(select))
    labelled(select, nameOf(select))
  }

  // Django's own autocomplete names nothing.
  const nameAll = (within) => {
    for (const select of within.querySelectorAll("select.admin-autocomplete")) {
      if ($(select).data("select2")) labelled(select, select.getAttribute("aria-label") || nameOf(select))
    }
  }
  $(() => nameAll(document))
  document.addEventListener("formset:added", ({ target }) => setTimeout(() => nameAll(target)))

  const parsed = (line) => [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map((found) => (found[1] ?? found[2]).trim()).filter(Boolean)
  for (const input of document.querySelectorAll("input[data-tags]")) {
    const name = nameOf(input)
    const select = document.createElement("select")
    select.multiple = true
    for (const tag of parsed(input.value)) select.append(new Option(tag, tag, true, true))
    input.after(select)
    input.type = "hidden"
    $(select).select2({
      width: "100%",
      theme: "admin-autocomplete",
      placeholder: "Add tags",
      tags: true,
      tokenSeparators: [","],
      ajax: { url: input.dataset.tags, delay: 200, cache: true },
      createTag: ({ term }) => {
        const text = term.replaceAll('"', "").trim()
        return text ? { id: text, text } : null
      },
    })
    $(select).on("change", () => {
      input.value = $(select).val().map((tag) => `"${tag}"`).join(", ")
      changed(input)
      labelled(select, name)
    })
    labelled(select, name)
  }
})()
