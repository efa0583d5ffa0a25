// Addresses that become an embed. The server recognises them again when it shows the post.
export const NAMES = {
  youtube: "YouTube",
  vimeo: "Vimeo",
  bluesky: "Bluesky",
  x: "X",
  instagram: "Instagram",
  soundcloud: "SoundCloud",
  tiktok: "TikTok",
  facebook: "Facebook",
}
const TITLES = { youtube: "Video on", vimeo: "Video on", soundcloud: "Sound on", tiktok: "Video on" }
const YOUTUBE = /^https?:\/\/(?:www\.|m\.|music\.)?(?:youtube(?:-nocookie)?\.com\/(?:watch\/?\?(?:[^#\s]*&)?v=|embed\/|v\/|shorts\/|live\/)|youtu\.be\/)([\w-]{11})(?![\w-])/i
const VIMEO = /^https?:\/\/(?:www\.|player\.)?vimeo\.com\/(?:video\/|channels\/[\w-]+\/)?(\d{5,12})(?:\/(\w{6,20}))?(?=[/?#]|$)/i
const BY_PATH = {
  bluesky: /^https?:\/\/bsky\.app\/profile\/[^/\s]+\/post\/\w+/i,
  x: /^https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/\w+\/status\/\d+/i,
  instagram: /^https?:\/\/(?:www\.)?instagram\.com\/(?:[\w.]+\/)?(?:p|reel|tv)\/[\w-]+/i,
  soundcloud: /^https?:\/\/(?:www\.|m\.)?soundcloud\.com\/[\w-]+\/[\w/-]+/i,
}

export function recognised(text) {
  const address = text.trim()
  if (/\s/.test(address)) return null
  const make = (provider, embed, href) => ({ provider, embed, href, title: `${TITLES[provider] ?? "Post on"} ${NAMES[provider]}` })
  let found = YOUTUBE.exec(address)
  if (found) return make("youtube", found[1], `https://www.youtube.com/watch?v=${found[1]}`)
  found = VIMEO.exec(address)
  if (found) return make("vimeo", found[1], `https://vimeo.com/${found[1]}${found[2] ? `/${found[2]}` : ""}`)
  for (const [provider, pattern] of Object.entries(BY_PATH)) {
    found = pattern.exec(address)
    if (found) return make(provider, found[0], found[0])
  }
  return null
}
