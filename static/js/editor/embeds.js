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
  mastodon: "Mastodon",
  threads: "Threads",
  spotify: "Spotify",
  apple: "Apple Podcasts",
  archive: "the Internet Archive",
}
const TITLES = {
  youtube: "Video on",
  vimeo: "Video on",
  tiktok: "Video on",
  soundcloud: "Sound on",
  spotify: "Sound on",
  apple: "Sound on",
  archive: "From",
}
const YOUTUBE = /^https?:\/\/(?:www\.|m\.|music\.)?(?:youtube(?:-nocookie)?\.com\/(?:watch\/?\?(?:[^#\s]*&)?v=|embed\/|v\/|shorts\/|live\/)|youtu\.be\/)([\w-]{11})(?![\w-])/i
const VIMEO = /^https?:\/\/(?:www\.|player\.)?vimeo\.com\/(?:video\/|channels\/[\w-]+\/)?(\d{5,12})(?:\/(\w{6,20}))?(?=[/?#]|$)/i
const BY_PATH = {
  bluesky: /^https?:\/\/bsky\.app\/profile\/[^/\s]+\/post\/\w+/i,
  x: /^https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/\w+\/status\/\d+/i,
  instagram: /^https?:\/\/(?:www\.)?instagram\.com\/(?:[\w.]+\/)?(?:p|reel|tv)\/[\w-]+/i,
  soundcloud: /^https?:\/\/(?:www\.|m\.)?soundcloud\.com\/[\w-]+\/[\w/-]+/i,
  tiktok: /^https?:\/\/(?:www\.|m\.)?tiktok\.com\/@[\w.-]+\/video\/\d+/i,
  facebook: /^https?:\/\/(?:(?:www\.|m\.)?facebook\.com\/[\w.-]+\/(?:posts|videos)\/[\w.-]+|fb\.watch\/[\w-]+)/i,
  threads: /^https?:\/\/(?:www\.)?threads\.(?:net|com)\/@[\w.]+\/post\/[\w-]+/i,
  spotify: /^https?:\/\/open\.spotify\.com\/(?:intl-\w\w\/)?(?:track|album|playlist|episode|show|artist)\/\w+/i,
  apple: /^https?:\/\/podcasts\.apple\.com\/\w\w\/podcast\/(?:[^/\s]+\/)?id\d+(?:\?i=\d+)?/i,
  archive: /^https?:\/\/(?:www\.)?archive\.org\/details\/[\w.@-]+/i,
  mastodon: /^https?:\/\/[\w.-]+\/@[\w.]+(?:@[\w.-]+)?\/\d{8,25}/i,
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
