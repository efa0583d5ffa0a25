function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  for (const meta of document.querySelectorAll("meta[data-scheme]")) {
    const scheme = meta.dataset.scheme;
    meta.media = theme === "auto" ? `(prefers-color-scheme: ${scheme})` : theme === scheme ? "all" : "not all";
  }
}
if (navigator.share) document.documentElement.dataset.shares = "";
try {
  showTheme(["light", "dark"].find((theme) => theme === localStorage.theme) ?? "auto");
} catch {
  showTheme("auto");
}
